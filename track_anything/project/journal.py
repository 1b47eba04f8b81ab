"""An append-only file of records, one checked line each."""

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from track_anything.errors import ProjectError

Record: TypeAlias = Mapping[str, Any]


class Journal:
    """Records on disk, each on a line ``crc32 json``; what was acknowledged survives a crash.

    A torn last line (the process was killed while writing it) was never acknowledged and is cut off when the
    journal is opened for writing. A damaged line *before* good ones means that the disk lied: that is an
    error, because cutting there would drop acknowledged records.

    Attributes:
        path: the file; made with the first record.
        records: everything acknowledged so far, in order.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.records, self._good_bytes = _read(path)
        self._read_only = read_only
        if not read_only and path.exists() and path.stat().st_size > self._good_bytes:
            self._cut_back()

    def append(self, record: Record) -> None:
        """Write one record and wait until it is on disk.

        Raises:
            ProjectError: opened for reading only, or the disk is full; the file is then as it was before.
        """
        if self._read_only:
            raise ProjectError(
                f"{self.path.parent} was opened for reading only: open it without read_only to edit"
            )
        line = _encode(record)
        try:
            with self.path.open("ab") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self._cut_back()
            raise ProjectError(
                f"cannot write {self.path} ({error.strerror}): free some disk space; nothing was lost"
            ) from error
        self._good_bytes += len(line)
        self.records.append(json.loads(json.dumps(record)))

    def _cut_back(self) -> None:
        if self.path.exists():
            os.truncate(self.path, self._good_bytes)


def _encode(record: Record) -> bytes:
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _decode(line: bytes) -> Record | None:
    checksum, _, text = line.rstrip(b"\n").partition(b" ")
    if not line.endswith(b"\n") or checksum != b"%08x" % zlib.crc32(text):
        return None
    record: Record = json.loads(text)
    return record


def _read(path: Path) -> tuple[list[Record], int]:
    """All good records, and the number of bytes they take."""
    if not path.exists():
        return [], 0
    records: list[Record] = []
    good_bytes = 0
    lines = path.read_bytes().splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        record = _decode(line)
        if record is None:
            if any(_decode(later) is not None for later in lines[number:]):
                raise ProjectError(
                    f"{path} is damaged in line {number}, before good lines: restore it from a backup"
                )
            break
        records.append(record)
        good_bytes += len(line)
    return records, good_bytes
