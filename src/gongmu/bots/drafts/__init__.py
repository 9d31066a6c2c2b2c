"""Papers a desk fills in: forms, style rules, export with the AI mark."""
