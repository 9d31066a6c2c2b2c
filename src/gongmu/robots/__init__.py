"""Hands that use other people's screens; one file per site."""
