"""Which text for which relief, and until when."""
