"""Our tools offered to other programs, and other programs' tools allowed in."""
