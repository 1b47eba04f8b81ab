"""The command line."""

from track_anything.cli.parser import main

__all__ = ["main"]
