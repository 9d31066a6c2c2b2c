"""The sealed rows of the relief room."""
