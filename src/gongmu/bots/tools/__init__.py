"""Typed functions a desk may call, one file each."""
