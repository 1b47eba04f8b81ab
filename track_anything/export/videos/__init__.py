"""Forms that are one video file."""
