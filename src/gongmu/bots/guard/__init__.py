"""What may leave: masking, forbidden content, classes, quotas, and the one outlet to models."""
