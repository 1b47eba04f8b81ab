"""Which mask belongs to which frame: by name first, then by order, and the choice is said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from track_anything.errors import InputError
from track_anything.types import FrameIndex

_NUMBER = re.compile(r"(\d+)\D*$")


@dataclass(frozen=True)
class FrameMatch:
    """Frames for masks.

    Attributes:
        frames: one for each mask, in the order of the masks; all differ.
        how: in words, for people.
    """

    frames: tuple[FrameIndex, ...]
    how: str


@dataclass(frozen=True)
class SourceFrames:
    """The frames that masks are sought for.

    Attributes:
        count: how many.
        names: of the image files that they are, in order; empty for a video file.
    """

    count: int
    names: tuple[str, ...] = ()


def match_frames(
    names: Sequence[str], source: SourceFrames, *, first_number: int | None = None, is_indexed: bool = False
) -> FrameMatch:
    """The frames that masks are about.

    The first of these that fits:

    1. ``first_number`` was given: numbers in names count from it.
    2. They were exported by us: numbers in names are frames.
    3. Names are those of the source's images, apart from suffixes and what all masks have in common.
    4. There is one for each frame: by order.
    5. Numbers in names are those in the names of the source's images.
    6. Numbers in names are frames, counted from 0, or from 1 where they begin so.
    7. Numbers beyond the frames: by order, the lowest for frame 0, gaps kept.
    8. Without numbers, a single mask is for frame 0.

    Args:
        names: of the masks, in natural order, with or without suffix.
        source: the frames.
        first_number: the number that frame 0 has in the names.
        is_indexed: whether numbers are known to be frames.

    Raises:
        InputError: nothing fits, or two masks would be for one frame.
    """
    stems = [PurePosixPath(name).stem if "." in name else name for name in names]
    numbers = [_number(stem) for stem in stems]
    if first_number is not None or is_indexed:
        return _counted(names, numbers, source, first_number or 0, "by the number in the name")
    by_name = _by_name(stems, source)
    if by_name is not None:
        return _checked(FrameMatch(by_name, "by the names of the source's images"), names, source)
    if len(names) == source.count:
        return FrameMatch(tuple(range(source.count)), "by order, one for each frame")
    by_number = _by_number_of_image(numbers, source)
    if by_number is not None:
        how = "by the numbers in the names of the source's images"
        return _checked(FrameMatch(by_number, how), names, source)
    return _by_number(names, numbers, source)


def _by_number(names: Sequence[str], numbers: list[int | None], source: SourceFrames) -> FrameMatch:
    known = [number for number in numbers if number is not None]
    if len(names) == 1 and not known:
        return FrameMatch((0,), "a single mask without a number, for frame 0")
    if len(known) == len(names) and len(set(known)) == len(known):
        lowest, highest = min(known), max(known)
        if lowest == 1 and highest <= source.count:
            return _counted(names, numbers, source, 1, "by the number in the name, counted from 1")
        if lowest >= source.count and highest - lowest < source.count:
            how = f"by order: number {lowest} is frame 0"
            return _counted(names, numbers, source, lowest, how)
    return _counted(names, numbers, source, 0, "by the number in the name, counted from 0")


def _counted(
    names: Sequence[str], numbers: list[int | None], source: SourceFrames, first: int, how: str
) -> FrameMatch:
    frames = []
    for name, number in zip(names, numbers, strict=True):
        if number is None:
            raise InputError(
                f"{name} has no frame number: name masks by frame, as in 00012.png, or give one for each"
            )
        frames.append(number - first)
    return _checked(FrameMatch(tuple(frames), how), names, source)


def _checked(match: FrameMatch, names: Sequence[str], source: SourceFrames) -> FrameMatch:
    seen: dict[FrameIndex, str] = {}
    for name, frame in zip(names, match.frames, strict=True):
        if not 0 <= frame < source.count:
            raise InputError(
                f"{name} would be for frame {frame}, but the video has frames 0 to {source.count - 1}: say "
                "which number in the names is frame 0 (--first-number)"
            )
        if frame in seen:
            raise InputError(
                f"{name} has the frame number of another file, {seen[frame]}: keep one mask file for a frame"
            )
        seen[frame] = name
    return match


def _by_name(stems: Sequence[str], source: SourceFrames) -> tuple[FrameIndex, ...] | None:
    """By the stems of the source's images, which may stand within those of the masks; None otherwise."""
    places = {PurePosixPath(name).stem: index for index, name in enumerate(source.names)}
    if not places or not stems:
        return None
    for before, after in _affixes(stems, places):
        end = -len(after) or None
        bare = [stem[len(before) : end] if stem.startswith(before) else stem for stem in stems]
        found = [places.get(stem) for stem in bare]
        if all(frame is not None for frame in found):
            return tuple(frame for frame in found if frame is not None)
    return None


def _affixes(stems: Sequence[str], places: dict[str, int]) -> list[tuple[str, str]]:
    """What may stand before and after the names of the images in those of the masks; told from one."""
    first = min(stems, key=len)
    whole = sorted((stem for stem in places if stem in first), key=len, reverse=True)
    cut = [(first[: first.index(stem)], first[first.index(stem) + len(stem) :]) for stem in whole]
    return [(before, after) for before, after in cut if all(stem.endswith(after) for stem in stems)]


def _by_number_of_image(numbers: list[int | None], source: SourceFrames) -> tuple[FrameIndex, ...] | None:
    places: dict[int, FrameIndex] = {}
    for index, name in enumerate(source.names):
        number = _number(PurePosixPath(name).stem)
        if number is None or number in places:
            return None
        places[number] = index
    found = [places.get(number) for number in numbers if number is not None]
    is_whole = bool(places) and len(found) == len(numbers) and None not in found
    return tuple(frame for frame in found if frame is not None) if is_whole else None


def _number(stem: str) -> int | None:
    """The last number in a name; one that could not be a frame of any video is none."""
    found = _NUMBER.search(stem)
    return int(found[1]) if found and len(found[1]) < 12 else None
