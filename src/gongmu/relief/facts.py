"""What is known of one acquisition; None means not known."""
