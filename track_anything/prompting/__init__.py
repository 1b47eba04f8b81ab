"""What a person says about an object on a frame: click, box, candidates, painted mask."""

from track_anything.prompting.finding import Finding, Found, without_doubles
from track_anything.prompting.prompting import EVERYTHING, Prompted, Prompting
from track_anything.prompting.prompts import likeliest, prompt_of

__all__ = [
    "EVERYTHING",
    "Finding",
    "Found",
    "Prompted",
    "Prompting",
    "likeliest",
    "prompt_of",
    "without_doubles",
]
