"""Files that outside systems hand over: told apart by their bytes and read as text cells."""
