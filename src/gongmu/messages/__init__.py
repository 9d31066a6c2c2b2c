"""Texts to citizens: what may be said, when it may go out, and a ledger that sends it once."""
