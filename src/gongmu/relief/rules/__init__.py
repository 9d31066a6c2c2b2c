"""The rules of vehicle acquisition-tax relief, one file per article."""
