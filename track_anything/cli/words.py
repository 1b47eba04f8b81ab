"""Text of any origin on any terminal: one line stays one line, and what cannot be shown is spelled out."""

import os
import sys
import unicodedata
from pathlib import Path
from typing import TextIO

_TURNING = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"}


def shown(text: str) -> str:
    """The text with control characters, and those that turn the line round, spelled out by code."""
    return "".join(
        character.encode("unicode_escape").decode()
        if unicodedata.category(character) in ("Cc", "Cs") or character in _TURNING
        else character
        for character in text
    )


def open_streams() -> None:
    """Give a process that was started with its output closed (``>&-``) one that goes nowhere."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as we run
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


def write_anything(*streams: TextIO) -> None:
    """Let streams spell out characters that their encoding does not have, a code page's, say."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
