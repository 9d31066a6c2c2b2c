"""Departments' own desks: drafted, tested, approved, versioned, rolled back."""
