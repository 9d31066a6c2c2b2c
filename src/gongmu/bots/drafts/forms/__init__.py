"""One file per official form."""
