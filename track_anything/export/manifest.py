"""What an export is made of, written beside it: files with their hashes, settings, source and version."""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from track_anything.export.staging import Staging, unwritable

MANIFEST_SUFFIX = ".manifest.json"
_SCHEMA = 1
_CHUNK = 1 << 20


def manifest_path(export: Path) -> Path:
    """Where the manifest of an export is: beside it, named after it."""
    return export.with_name(export.name + MANIFEST_SUFFIX)


def write_manifest(export: Path, settings: Mapping[str, Any]) -> None:
    """Write the manifest of a finished export, in the place of an earlier one.

    It has no date: the same export has the same manifest.

    Args:
        export: the file or folder.
        settings: how it was made, as JSON values.

    Raises:
        OutputError: the disk is full or gone.
    """
    files = [export] if export.is_file() else sorted(path for path in export.rglob("*") if path.is_file())
    listed = {_name(path, export): {"sha256": _hash_of(path), "bytes": path.stat().st_size} for path in files}
    manifest = {"schema": _SCHEMA, "track-anything": version("track-anything"), **settings, "files": listed}
    place = manifest_path(export)
    staging = Staging(place, overwrite=True)
    try:
        text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
        staging.path.write_text(text, "utf-8", "replace")  # file names may be in another encoding
        staging.commit()
    except OSError as error:
        raise unwritable(place, error) from error
    finally:
        staging.discard()


def _name(path: Path, export: Path) -> str:
    return path.name if path == export else path.relative_to(export).as_posix()


def _hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
