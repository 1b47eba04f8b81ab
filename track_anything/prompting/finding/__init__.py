"""Finding objects that nobody clicked: by name, in given boxes, and like one that is there."""

from track_anything.prompting.finding.finding import Finding
from track_anything.prompting.finding.found import Found, without_doubles

__all__ = ["Finding", "Found", "without_doubles"]
