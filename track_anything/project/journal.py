"""An append-only file of records, one checked line each."""

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from track_anything.errors import ProjectError
from track_anything.project.damage import mended
from track_anything.system.files import (
    check_still_there,
    free_name,
    make_folder,
    sync_folder,
    unreadable,
    unwritable,
    write_durably,
)

Record: TypeAlias = Mapping[str, Any]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # editors put one before a text


class Journal:
    """Records on disk, each on a line ``crc32 json``; what was acknowledged survives.

    A torn last line (the process was killed while writing it) was never acknowledged and is cut off when the
    journal is opened for writing; so is a single flipped bit put right. Either way a copy of the file as it
    was is kept beside it, and ``notes`` names it. Line ends and marks that other programs put in do no harm.
    Any other damage is an error and nothing is changed, since acknowledged records would be lost.

    Attributes:
        path: the file; made with the first record.
        records: everything acknowledged so far, in order.
        notes: what was not as it should be, one line each.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Read what is there.

        Raises:
            ProjectError: it is damaged or cannot be read.
        """
        self.path = path
        self.notes: list[str] = []
        self._read_only = read_only
        self._is_torn = False  # a failed write could not be taken back
        content = whole_content(path)
        self._has_last_end = content.endswith(b"\n") or not content
        self.records: list[Record] = self._understood(content)

    def append(self, record: Record) -> None:
        """Write one record and wait until it is on disk.

        Raises:
            ProjectError: opened for reading only, the disk is full, or the project is no longer there; the
                file is then as it was before.
        """
        if self._read_only:
            raise ProjectError(
                f"{self.path.parent} was opened for reading only: open it without read_only to edit"
            )
        if self._is_torn:
            raise ProjectError(f"{self.path} ends in a torn line: close the project and open it again")
        check_still_there(self.path.parent)
        line = (b"" if self._has_last_end else b"\n") + encode(record)
        is_new = not self.path.exists()
        before = 0 if is_new else self.path.stat().st_size
        try:
            with self.path.open("ab") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            if is_new:
                sync_folder(self.path.parent)
        except OSError as error:
            self._take_back(before)
            raise unwritable(self.path, error) from error
        self._has_last_end = True
        self.records.append(json.loads(json.dumps(record)))

    def _take_back(self, size: int) -> None:
        """Cut a failed write off; where even that fails, nothing may be written behind it."""
        try:
            if self.path.exists():
                os.truncate(self.path, size)
        except OSError:
            self._is_torn = True

    def _understood(self, content: bytes) -> list[Record]:
        """The records in the file, which is put right where that loses nothing."""
        lines = content.removeprefix(_BYTE_ORDER_MARK).split(b"\n")
        if any(line.endswith(b"\r") for line in lines):
            self.notes.append(f"{self.path} has Windows line ends; it was read all the same")
        lines = [line.removesuffix(b"\r") for line in lines]
        found = [decode(line) for line in lines]
        bad = [place for place, line in enumerate(lines) if line and found[place] is None]
        if not bad:
            return [record for record in found if record is not None]
        first, stop = bad[0], bad[-1] + 1
        region = b"\n".join(lines[first:stop])
        before, after = found[:first], found[stop:]
        told = [record for record in before if record is not None]
        if stop - first <= 2 and (repaired := mended(region, decode)) is not None:
            told += [*repaired, *(record for record in after if record is not None)]
            self._repair(content, told, f"a damaged place in line {first + 1} of {self.path} was put right")
        elif _is_torn(lines, bad):
            self._repair(content, told, f"the last line of {self.path} was torn and is left out")
        else:
            raise ProjectError(
                f"{self.path} is damaged in line {first + 1} of {len([line for line in lines if line])}: "
                "restore it from a backup, or keep what is before that by `track-anything recover FOLDER`"
            )
        return told

    def _repair(self, content: bytes, records: list[Record], what: str) -> None:
        """Write the file anew; what it was is kept under a name of its own."""
        if self._read_only:
            self.notes.append(what)
            return
        copy = replace_kept(self.path, content, records)
        self._has_last_end = True
        self.notes.append(f"{what}; the file as it was is kept as {copy.name}")


class Log:
    """A journal of records each of which can be lost without harm to the others: damaged lines are left out.

    Attributes:
        path: the file; made with the first record.
        records: those that are intact, in order.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        content = b"" if path.is_dir() else whole_content(path)
        self.records: list[Record] = [
            record for line in content.splitlines() if (record := decode(line)) is not None
        ]

    def append(self, record: Record) -> None:
        """Write one record behind whatever is there; ProjectError when it cannot be written."""
        try:
            if self.path.is_dir():
                self.path.rename(free_name(self.path))
            if not self.path.exists():
                check_still_there(self.path.parent.parent)
                make_folder(self.path.parent)
            with self.path.open("ab+") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - 1))
                is_open = file.read(1) not in (b"", b"\n")  # a torn line: the next one begins after it
                file.write((b"\n" if is_open else b"") + encode(record))
                file.flush()
                os.fsync(file.fileno())
            if not size:
                sync_folder(self.path.parent)
        except OSError as error:
            raise unwritable(self.path, error) from error
        self.records.append(json.loads(json.dumps(record)))


def intact_records(content: bytes) -> tuple[list[Record], int]:
    """The records of a journal before the first damaged line, and how many lines it has in all."""
    lines = [line.removesuffix(b"\r") for line in content.removeprefix(_BYTE_ORDER_MARK).split(b"\n")]
    lines = [line for line in lines if line]
    records: list[Record] = []
    for line in lines:
        record = decode(line)
        if record is None:
            break
        records.append(record)
    return records, len(lines)


def replace_kept(path: Path, content: bytes, records: list[Record]) -> Path:
    """Write a journal anew after a copy of its content was kept beside it; returns where the copy is."""
    copy = free_name(path)
    try:
        write_durably(copy, content)
        write_durably(path, b"".join(encode(record) for record in records))
    except OSError as error:
        raise unwritable(path, error) from error
    return copy


def encode(record: Record) -> bytes:
    """The line of a record."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")
    return b"%08x %s\n" % (zlib.crc32(text), text)


def decode(line: bytes) -> Record | None:
    """The record of a line without its end, or None when it is not one, or damaged."""
    checksum, _, text = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(text):
        return None
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _is_torn(lines: list[bytes], bad: list[int]) -> bool:
    """Whether the damage is what a killed process leaves: one line, the last, without its end.

    Zeros and other control characters are none of it: they come from a disk that lost acknowledged lines.
    """
    last = len(lines) - 1
    return bad == [last] and all(byte >= ord(" ") for byte in lines[last])


def whole_content(path: Path) -> bytes:
    """All bytes of a journal, none where there is none; ProjectError when it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise unreadable(path, error) from error
