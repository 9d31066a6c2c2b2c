"""When texts may go out."""
