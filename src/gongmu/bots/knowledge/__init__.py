"""What the city has learnt: documents read into passages, kept with rights, class and dates."""
