"""Putting a flipped bit right, by the checksum of the line that it is in."""

from collections.abc import Callable, Mapping
from typing import Any

_LONGEST = 1 << 12  # bytes; what is longer would take too long to try
_MOST_BEHIND = 16  # bytes that may follow an intact line in place of its end


def mended(
    damaged: bytes, decode: Callable[[bytes], Mapping[str, Any] | None]
) -> list[Mapping[str, Any]] | None:
    """The records of lines that are intact again when one bit is flipped back, or None.

    A CRC-32 tells lines of this length apart that differ in up to three bits: one wrong bit has one remedy.

    Args:
        damaged: a line, or two that were one, or one that was two.
        decode: the record of an intact line, or None.
    """
    if len(damaged) > _LONGEST:
        return None
    for behind in range(1, min(_MOST_BEHIND, len(damaged))):
        record = decode(damaged[:-behind])
        if record is not None:
            return [record]
    tried = bytearray(damaged)
    for place in range(len(tried)):
        for bit in range(8):
            tried[place] ^= 1 << bit
            records = _all(bytes(tried), decode)
            if records is not None:
                return records
            tried[place] ^= 1 << bit
    return None


def _all(text: bytes, decode: Callable[[bytes], Mapping[str, Any] | None]) -> list[Mapping[str, Any]] | None:
    records = []
    for line in text.split(b"\n"):
        record = decode(line.removesuffix(b"\r"))
        if record is None:
            return None
        records.append(record)
    return records
