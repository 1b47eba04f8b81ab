"""Masks of strangers, which a child process reads."""

import base64
import zlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from track_anything.importing.foreign_masks import ForeignMasks, HowToRead, MeantFor, too_many_objects
from track_anything.importing.open_masks import open_masks
from track_anything.types import MAX_OBJECT_ID, Mask
from track_anything.video import Reader
from track_anything.video.child import Worker

DUTY = "track_anything.importing.reading_masks:ReadingMasks"
_REMEDY = "export the masks as PNG, one per frame"
_LOOKING = 5  # times the patience of one answer: to tell what pixels mean takes many pictures
_MOST_PIXELS = 1 << 28  # of a mask; no video has as many

_Side = Annotated[int, Field(ge=1, le=1 << 16)]


class _Opened(BaseModel):
    kind: str
    meaning: str
    names: tuple[str, ...]
    starts_at: int | None
    is_indexed: bool
    notes: tuple[str, ...]


class _Told(BaseModel):
    object: int
    name: str
    size: tuple[_Side, _Side]
    bits: str

    def mask(self) -> Mask:
        """The (H, W) mask; ValueError when it is none."""
        height, width = self.size
        count = height * width
        if count > _MOST_PIXELS:
            raise ValueError(f"{count} pixels are too many")
        unpacked = zlib.decompressobj().decompress(base64.b64decode(self.bits), (count + 7) // 8)
        return np.unpackbits(np.frombuffer(unpacked, np.uint8), count=count).reshape(self.size) > 0


class ChildMasks(ForeignMasks):
    """Masks that a child process opens and reads; it lives until they are closed, or until it fails.

    Args:
        path: what ``open_masks`` reads.
        video: what they are for.
        how: what a person says about them.
        begin: begins a child for it.

    Raises:
        InputError: there is nothing of the kind, or its decoder crashed or hangs.
    """

    def __init__(
        self,
        path: Path,
        video: MeantFor,
        how: HowToRead,
        begin: Callable[[Path], Worker],
    ) -> None:
        self.path = path
        self._begin = begin
        self._size = video.size
        self._request = {"video": asdict(video), "how": asdict(how)}
        self._worker: Worker | None = None
        self._names: dict[int, str] = {}
        opened = self._open()
        self.kind, self.meaning, self.notes = opened.kind, opened.meaning, opened.notes
        self.names, self.starts_at, self.is_indexed = opened.names, opened.starts_at, opened.is_indexed

    def read(self, place: int) -> dict[int, Mask]:
        """See ``ForeignMasks``; after ``close`` another child is begun."""
        if self._worker is None:
            self._open()
        worker = self._alive()
        worker.send(do="read", place=place)
        masks: dict[int, Mask] = {}
        while "end" not in (told := worker.answer()):
            try:
                one = _Told.model_validate(told)
                mask = one.mask()
            except (ValueError, zlib.error) as error:
                raise worker.nonsense() from error
            if one.object in masks:
                raise worker.nonsense()
            if one.size != self._size:  # all that anybody has to know; so many of any size are too much
                self.close()
                return {one.object: mask}
            masks[one.object], self._names[one.object] = mask, one.name
            if len(masks) > MAX_OBJECT_ID:
                self.close()
                raise too_many_objects(len(masks))
            worker.send(go=True)
        return masks

    def name(self, foreign: int) -> str:
        """See ``ForeignMasks``; only what was read has a name."""
        return self._names.get(foreign) or super().name(foreign)

    def close(self) -> None:
        """End the child."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def _open(self) -> _Opened:
        self._worker = self._begin(self.path)
        try:
            told = self._worker.ask(
                patience=_LOOKING * self._worker.patience, do="open", source=str(self.path), **self._request
            )
            return _Opened.model_validate(told)
        except ValidationError as error:
            raise self._alive().nonsense() from error
        except BaseException:
            self.close()
            raise

    def _alive(self) -> Worker:
        assert self._worker is not None  # noqa: S101 - it was begun
        return self._worker


def open_with(reader: Reader, path: Path, video: MeantFor, how: HowToRead) -> ForeignMasks:
    """``open_masks``, in a child process where the reader wants that."""
    begin = reader.child(DUTY, _REMEDY)
    if begin is None:
        return open_masks(path, video, how)
    return ChildMasks(path, video, how, begin)
