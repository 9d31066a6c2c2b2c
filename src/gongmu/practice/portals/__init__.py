"""Working copies of the outside sites, served on loopback for practice, demo and tests."""
