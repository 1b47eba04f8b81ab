"""Texts for visitors: files are named without saying where they lie on the server's machine."""

import os
import re
from pathlib import Path

_FOLDERS = re.compile(r"(?<![\w:/.])/(?:[^/\s'\"()]+/)+(?=[^/\s])")


def placeless(text: str, *places: Path) -> str:
    """A text in which files are named without the folders of the server's machine that they lie in.

    Args:
        text: for a visitor.
        places: folders that occur in it, spaces and all; others are found by their look.
    """
    for place in sorted(map(str, places), key=len, reverse=True):
        if len(place) > 1:
            text = text.replace(f"{place}{os.sep}", "")
    return _FOLDERS.sub("", text)
