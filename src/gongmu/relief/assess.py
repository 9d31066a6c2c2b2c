"""Judges one case by every rule in force on its day."""
