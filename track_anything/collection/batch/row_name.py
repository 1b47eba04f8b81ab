"""By what a row and its result are told from others."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from track_anything.collection.batch.finished import SCHEMA
from track_anything.collection.batch.settings import BatchSettings
from track_anything.collection.place import stamp_of
from track_anything.collection.row import Row
from track_anything.system.files import fitting, portable_name
from track_anything.video import fingerprint

_DIGITS = 24  # of a hash: 96 bits


def row_key(row: Row, settings: Mapping[str, Any]) -> str:
    """What tells a row from others without reading its video: what the table says, and dates of the files.

    Args:
        row: the row.
        settings: ``BatchSettings.identity``, which is the same for all.
    """
    told = asdict(row)
    del told["number"], told["id"]
    files = [row.video, row.annotation, *(each.mask for each in row.objects)]
    stamps = [stamp_of(file) if file else "" for file in files]
    return _digest({"row": told, "stamps": stamps, "settings": settings, "version": _version()})


def row_identity(row: Row, video: Path, files: Mapping[str, Path], settings: BatchSettings) -> dict[str, Any]:
    """What a result is made of, as JSON values that hold no place and no date.

    Args:
        row: the row.
        video: its video on this machine.
        files: the other files that the row names, on this machine, by what it calls them.
        settings: of the batch.

    Raises:
        VideoError: the video or another file cannot be read.
    """
    objects = [
        asdict(each) | {"mask": fingerprint(files[each.mask]) if each.mask else ""} for each in row.objects
    ]
    return {
        "schema": SCHEMA,
        "track-anything": _version(),
        "source": {"name": video.name, "fingerprint": fingerprint(video)},
        "prompts": {
            "objects": objects,
            "annotation": fingerprint(files[row.annotation]) if row.annotation else "",
            "frames": list(row.frames) if row.frames else None,
            "direction": row.direction,
        },
        "settings": settings.identity(),
    }


def result_name(identity: Mapping[str, Any]) -> str:
    """The name of a result: that of its video for people, and the hash of all that it is made of."""
    digest = _digest(identity)
    stem = portable_name(Path(identity["source"]["name"]).stem).strip(" .") or "video"
    return f"{fitting(stem, '-' + digest)}-{digest}"


def _digest(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_DIGITS]


def _version() -> str:
    return version("track-anything")
