"""One file per vendor; each declares PROVIDER (see `messages.provider`)."""
