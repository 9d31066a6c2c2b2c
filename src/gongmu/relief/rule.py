"""What a dated rule is, and the checks it leaves behind."""
