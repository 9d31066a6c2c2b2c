"""One file per kind of document, each giving blocks of text and tables."""
