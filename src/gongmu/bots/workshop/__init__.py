"""Where departments make desks of their own: drafted, tested, approved, published, taken back."""
