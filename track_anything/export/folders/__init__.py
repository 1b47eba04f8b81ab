"""Forms that are folders of pictures."""
