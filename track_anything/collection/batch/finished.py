"""What a batch has made: a folder per row, of which the manifest is written last."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from track_anything.collection.place import Place
from track_anything.errors import InputError

MANIFEST = "manifest.json"
SCHEMA = 1
_ROWS, _INDEX, _FAILED = "rows", "index", "failed"
_BETWEEN = "--"  # between key and name in the index


class Finished:
    """The results of a batch at a place.

    A row is done exactly when its manifest is there and the hashes in it fit, whoever made it and however
    often it was begun. Besides, there is an index from what a table says to the names of results, which saves
    reading a source to learn that its row is done, and a record of every failed row. Losing these two costs
    time alone.

    Args:
        place: where results go.
        trusts_sizes: a result whose files have the right sizes is whole; its content is not read.
    """

    def __init__(self, place: Place, *, trusts_sizes: bool = False) -> None:
        self.place = place
        self._trusts_sizes = trusts_sizes
        self._names: dict[str, str] = {}
        self._failed: set[str] = set()

    def look(self) -> None:
        """Take in the index and which rows failed, by one listing of each."""
        self._names = dict(name.split(_BETWEEN, 1) for name in self.place.sizes(_INDEX) if _BETWEEN in name)
        self._failed = {name.removesuffix(".json") for name in self.place.sizes(_FAILED)}

    def name_of(self, key: str) -> str | None:
        """The name of the result for what a table says, if the index knows it."""
        return self._names.get(key)

    def failure(self, key: str) -> str | None:
        """Why what a table says failed before; None when it did not."""
        if key not in self._failed:
            return None
        try:
            return str(json.loads(self.place.read(f"{_FAILED}/{key}.json"))["reason"])
        except (FileNotFoundError, InputError, ValueError, KeyError, TypeError):
            return None

    def manifest(self, name: str) -> dict[str, Any] | None:
        """What the manifest of a result says; None where there is none, or a part of one."""
        try:
            told = json.loads(self.place.read(f"{_ROWS}/{name}/{MANIFEST}"))
        except (FileNotFoundError, ValueError):
            return None
        is_manifest = isinstance(told, dict) and isinstance(told.get("files"), dict)
        return told if is_manifest else None

    def is_whole(self, name: str) -> bool:
        """Whether a result is done: its manifest is there and its hashes fit."""
        manifest = self.manifest(name)
        if manifest is None:
            return False
        sizes = self.place.sizes(f"{_ROWS}/{name}")
        if any(sizes.get(file) != facts["bytes"] for file, facts in manifest["files"].items()):
            return False
        return self._trusts_sizes or all(
            self.place.sha256(f"{_ROWS}/{name}/{file}") == facts["sha256"]
            for file, facts in manifest["files"].items()
        )

    def publish(self, name: str, folder: Path, manifest: Mapping[str, Any]) -> None:
        """Put the files of a folder in place as a result, and the manifest last.

        Args:
            name: of the result; what an interrupted attempt left there is taken away.
            folder: on this machine.
            manifest: with the hashes of the folder's files.
        """
        root = f"{_ROWS}/{name}"
        self.place.remove(root)
        for file in manifest["files"]:
            self.place.put(folder / file, f"{root}/{file}")
        text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        self.place.write(f"{root}/{MANIFEST}", text.encode("utf-8", "replace"))

    def remember(self, key: str, name: str) -> None:
        """Note in the index which result belongs to what a table says; a failure of it is forgotten."""
        self.place.write(f"{_INDEX}/{key}{_BETWEEN}{name}", b"")
        self.place.remove(f"{_FAILED}/{key}.json")

    def fail(self, key: str, row: Mapping[str, Any]) -> None:
        """Record why a row failed."""
        text = json.dumps(row, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        self.place.write(f"{_FAILED}/{key}.json", text.encode("utf-8", "replace"))

    def read(self, name: str, file: str) -> bytes:
        """A file of a result."""
        return self.place.read(f"{_ROWS}/{name}/{file}")
