"""One file per form, each declaring FORM."""
