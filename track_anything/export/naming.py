"""What the files of frames are called: from which number on, how long, and with which words."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from track_anything.errors import InputError
from track_anything.system.files import portable_name
from track_anything.types import FrameIndex

_TOKEN = re.compile(r"{(\w*)}")
TOKENS = ("project", "object", "form", "frame")
_MOST_PADDING = 12
_LONGEST = 150  # bytes of a token; file systems take 255 for a whole name


@dataclass(frozen=True)
class Naming:
    """How files of frames are named.

    Attributes:
        start: number of the first exported frame, handles included; None = that of the video, from 0.
        padding: digits of a number, at least.
        template: of the path below the folder, without suffix, with ``{project}``, ``{object}``, ``{form}``
            and ``{frame}``; empty = the form's own.
    """

    start: int | None = None
    padding: int = 5
    template: str = ""

    def __post_init__(self) -> None:
        """Raise InputError for what cannot name files."""
        if self.start is not None and self.start < 0:
            raise InputError(f"frames cannot be numbered from {self.start} on: give 0 or more")
        if not 1 <= self.padding <= _MOST_PADDING:
            raise InputError(f"a number cannot have {self.padding} digits: give 1 to {_MOST_PADDING}")
        if not self.template:
            return
        unknown = [token for token in _TOKEN.findall(self.template) if token not in TOKENS]
        if unknown or "{frame}" not in self.template:
            raise InputError(
                f"{self.template!r} cannot name frames: it needs {{frame}}, and may have "
                + ", ".join(f"{{{token}}}" for token in TOKENS[:-1])
            )
        parts, plain = PurePosixPath(self.template).parts, _TOKEN.sub("-", self.template).split("/")
        is_inside = ".." not in parts and parts[0] != "/"
        if not is_inside or any(portable_name(part) != part for part in plain):
            raise InputError(
                f"{self.template!r} cannot name files: use letters, digits, `._-`, blanks and / for folders"
            )


@dataclass(frozen=True)
class FrameNames:
    """The names of one export.

    Attributes:
        naming: as somebody wants them.
        first: frame index of the first exported frame.
        project: what ``{project}`` stands for.
        form: what ``{form}`` stands for.
    """

    naming: Naming = Naming()
    first: FrameIndex = 0
    project: str = ""
    form: str = ""

    def number(self, frame: FrameIndex) -> int:
        """The number of a frame."""
        return frame if self.naming.start is None else self.naming.start + frame - self.first

    def path(self, frame: FrameIndex, usual: str, suffix: str, of: str = "all") -> str:
        """The path of a frame's file below the folder.

        Args:
            frame: its index.
            usual: the template of the form.
            suffix: with its dot.
            of: what ``{object}`` stands for.
        """
        template = self.naming.template or usual
        words = {
            "project": _word(self.project or "project"),
            "object": _word(of),
            "form": _word(self.form or "export"),
            "frame": f"{self.number(frame):0{self.naming.padding}d}",
        }
        return _TOKEN.sub(lambda token: words[token[1]], template) + suffix

    def check(self, usual: str) -> None:
        """Raise InputError when the template leaves out what tells the files of a form apart."""
        template = self.naming.template
        if template and "{object}" in usual and "{object}" not in template:
            raise InputError(f"{template!r} cannot name files of single objects: it needs {{object}}")

    def pattern(self, usual: str, suffix: str, objects: str) -> str:
        """The regular expression of all paths that ``path`` makes.

        Args:
            usual: the template of the form.
            suffix: with its dot.
            objects: the regular expression of what ``{object}`` stands for.
        """
        pieces = _TOKEN.split(self.naming.template or usual)
        words = {
            "project": re.escape(_word(self.project or "project")),
            "object": f"(?:{objects}|all)",
            "form": re.escape(_word(self.form or "export")),
            "frame": rf"\d{{{self.naming.padding},}}",
        }
        return "".join(
            words[piece] if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)
        ) + re.escape(suffix)


def _word(text: str) -> str:
    kept = portable_name(text).encode()[:_LONGEST].decode(errors="ignore")
    return kept.strip(" .") or "_"
