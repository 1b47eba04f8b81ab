"""Forms that are one text file."""
