"""What may stand in a text, and how long it is."""
