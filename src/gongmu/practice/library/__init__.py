"""The practice city's shelves: invented guides, manuals, cases and reports as real files."""
