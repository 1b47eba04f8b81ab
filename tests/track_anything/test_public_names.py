"""Names that others use stay: nobody takes one of ``public_names.txt`` away unseen."""

import importlib
from pathlib import Path
from typing import Any

import track_anything

NAMES = Path(__file__).with_name("public_names.txt").read_text("utf-8").split()


def looked_up(name: str) -> Any:
    """What a dotted name stands for; AttributeError or ModuleNotFoundError when it is gone."""
    parts = name.split(".")
    count = next(at for at, part in enumerate([*parts, "X"]) if part[0].isupper() or at == len(parts) - 1)
    found: Any = importlib.import_module(".".join(parts[:count]))
    for part in parts[count:]:
        found = getattr(found, part)
    return found


def test_no_public_name_is_gone() -> None:
    gone = []
    for name in NAMES:
        try:
            looked_up(name)
        except (AttributeError, ModuleNotFoundError):
            gone.append(name)
    assert gone == [], "tell it in CHANGELOG.md, and take it out of public_names.txt"


def test_the_face_of_the_package_is_what_is_written_down() -> None:
    told = {name.rpartition(".")[2] for name in NAMES if name.rpartition(".")[0] == "track_anything"}
    assert told == set(track_anything.__all__)
