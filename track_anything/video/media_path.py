"""Paths as FFmpeg takes them."""

import os
from pathlib import Path

FILES_ONLY = {"protocol_whitelist": "file"}
"""An option of whatever FFmpeg opens: what a file names, in turn, is no address either."""


def media_path(path: Path) -> str:
    """The text by which FFmpeg takes ``path`` for a file, to be read or written, whatever its name is.

    ``http:x.mp4``, ``concat:a|b`` and ``pipe:`` would be addresses; nothing that begins at the root is.
    """
    return os.path.abspath(path)  # noqa: PTH100 - links are not followed: a file may be written over one
