"""Masks as pictures: in one folder, in a folder for each object, in a data set, in a zip file, in a stack."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError, VideoError
from track_anything.importing.foreign_masks import ForeignMasks, HowToRead
from track_anything.importing.own_export import OwnExport
from track_anything.masks import DAVIS_PALETTE
from track_anything.masks.pixels import Colour, PixelRule, Pixels, Reading, rule_for
from track_anything.types import Mask
from track_anything.video.stills import (
    UNREADABLE,
    Still,
    find_stills,
    is_many_files,
    pages_of,
)

_LOOKED_AT = 48  # pictures by which it is told what pixels mean
_OBJECT_FOLDER = re.compile(r"(\d{1,3})-(.+)")
_VOID = 255  # in the palette of PASCAL VOC
_OPEN_EXR = frozenset({".exr"})  # pictures that Pillow does not read
_DEEPEST = 6  # folders within each other that are looked through


class MaskImages(ForeignMasks):
    """One picture per frame; what its pixels mean is told by all of them together.

    Args:
        path: a folder, a pattern, a zip file or one picture; see ``find_stills``.
        how: what a person says about it.
        own: what our manifest says, if it is an export of ours.
    """

    kind = "pictures"

    def __init__(self, path: Path, how: HowToRead, own: OwnExport | None = None) -> None:
        self.path = path
        self._stills = list(_pages(path))
        if len({still.name for still in self._stills}) < len(self._stills):
            self.kind, self.starts_at = "a stack of pages", own.first_frame if own else 0
        self.names = tuple(own.frame_name(still.name) if own else still.name for still in self._stills)
        self.is_indexed = own is not None
        reading = how.reading or (own.reading if own else None)
        self.rule = self._rule(reading, has_void=own is None)
        self.meaning = self.rule.meaning
        self._names = dict(own.objects) if own else {}
        if own and self.rule.reading in ("binary", "soft", "alpha"):
            number, name = own.whole
            self.rule, self._names = replace(self.rule, object_id=number), {number: name}

    def read(self, place: int) -> dict[int, Mask]:
        """See ``ForeignMasks``."""
        try:
            return self.rule.masks(_pixels(self._stills[place]))
        except InputError as error:
            raise InputError(f"{self._stills[place]} cannot be read with the others: {error}") from error

    def name(self, foreign: int) -> str:
        """See ``ForeignMasks``."""
        return self._names.get(foreign) or self.rule.name(foreign) or super().name(foreign)

    def _rule(self, reading: Reading | None, *, has_void: bool) -> PixelRule:
        count = len(self._stills)
        places = sorted({round(at * (count - 1) / max(_LOOKED_AT - 1, 1)) for at in range(_LOOKED_AT)})
        chosen = [self._stills[place] for place in places if place < count]
        rule = self._told(chosen, reading, has_void=has_void)
        if rule.reading == "colours" and len(chosen) < count:  # one may show up on a single frame
            rule = self._told(self._stills, "colours", has_void=has_void)
        return _with_ids_of_voc(rule)

    def _told(self, stills: Sequence[Still], reading: Reading | None, *, has_void: bool) -> PixelRule:
        try:
            samples = [_pixels(still) for still in stills]
            return rule_for(samples, reading, has_void=has_void)
        except InputError as error:
            raise InputError(f"{self.path}: {error}") from error


class ObjectFolders(ForeignMasks):
    """A folder of pictures for every object, named after it; ``001-ball`` also tells the id.

    Args:
        path: the folder of these folders.
        folders: those inside.
        how: what a person says about it.
        own: what our manifest says, if it is an export of ours.
    """

    kind = "a folder of masks for each object"

    def __init__(self, path: Path, folders: Sequence[Path], how: HowToRead, own: OwnExport | None) -> None:
        self.path = path
        self.is_indexed = own is not None
        self._objects: dict[int, MaskImages] = {}
        self._names: dict[int, str] = {}
        self._at: dict[int, dict[str, int]] = {}
        have_ids = all(_OBJECT_FOLDER.fullmatch(folder.name) for folder in folders)
        for number, folder in enumerate(folders, start=1):
            told = _OBJECT_FOLDER.fullmatch(folder.name) if have_ids else None
            foreign, name = (int(told[1]), told[2]) if told else (number, folder.name)
            masks = MaskImages(folder, how)
            self._objects[foreign] = masks
            self._names[foreign] = own.objects.get(foreign, name) if own else name
            self._at[foreign] = {still_name: place for place, still_name in enumerate(masks.names)}
        names = {name for masks in self._objects.values() for name in masks.names}
        self._files = tuple(sorted(names, key=_natural))
        self.names = tuple(own.frame_name(name) if own else name for name in self._files)
        self.meaning = next(iter(self._objects.values())).meaning

    def read(self, place: int) -> dict[int, Mask]:
        """See ``ForeignMasks``; whatever a picture in an object's folder shows is that object."""
        found: dict[int, Mask] = {}
        for foreign, masks in self._objects.items():
            at = self._at[foreign].get(self._files[place])
            parts = list(masks.read(at).values()) if at is not None else []
            if parts:
                found[foreign] = parts[0]
                for part in parts[1:]:
                    found[foreign] = found[foreign] | part
        return found

    def name(self, foreign: int) -> str:
        """See ``ForeignMasks``."""
        return self._names[foreign]


def masks_in(path: Path, how: HowToRead, own: OwnExport | None, video_name: str) -> ForeignMasks:
    """The masks in a folder, whatever lies how deep in it.

    Args:
        path: the folder; data sets have ``Annotations`` in it.
        how: what a person says about it.
        own: what our manifest says.
        video_name: by which a data set of several videos is searched.

    Raises:
        InputError: there are none, or those of several videos.
    """
    place = path / "Annotations" if (path / "Annotations").is_dir() else path
    is_data_set = place != path
    for _ in range(_DEEPEST):
        if _has_pictures(place):
            return MaskImages(place, how, own)
        inside = [one for one in place.iterdir() if one.is_dir() and not one.name.startswith(".")]
        folders = sorted(inside, key=_natural)
        named = [one for one in folders if one.name in ("Full-Resolution", video_name)]
        with_pictures = [one for one in folders if _has_pictures(one)]
        if len(folders) == 1 and not _OBJECT_FOLDER.fullmatch(folders[0].name):
            place = folders[0]
        elif is_data_set and named:
            place = named[0]
        elif with_pictures and not is_data_set:
            return ObjectFolders(place, with_pictures, how, own)
        elif folders and is_data_set:
            names = ", ".join(one.name for one in folders[:5])
            raise InputError(f"{place} holds masks of several videos ({names}): give the folder of one")
        else:
            break
    raise InputError(f"{path} holds no masks: give pictures, as PNG, named by frame")


def _pages(path: Path) -> Iterator[Still]:
    try:
        for still in find_stills(path):
            if _is_exr(still):
                yield still
                continue
            with still.open() as image:
                yield from (page for page, _ in pages_of(still, image))
    except VideoError as error:
        raise InputError(f"{error}".replace("images", "masks")) from error
    except UNREADABLE as error:
        raise InputError(f"{path} holds a picture that cannot be read ({error}): take it out") from error


def _pixels(still: Still) -> Pixels:
    try:
        if _is_exr(still):
            return Pixels(_alpha_of_exr(still))
        with still.open() as image:
            return Pixels.of(image)
    except UNREADABLE as error:
        raise InputError(f"{still} cannot be read ({error}): replace it or take it out") from error


def _is_exr(still: Still) -> bool:
    return Path(still.name).suffix.lower() in _OPEN_EXR


def _alpha_of_exr(still: Still) -> NDArray[np.float32]:
    """(H, W): the transparency of an OpenEXR file, or how bright it is where it has none."""
    with av.open(io.BytesIO(still.data()), "r", format="exr_pipe") as container:
        frame = next(container.decode(video=0))
        has_alpha = any(component.is_alpha for component in frame.format.components)
        pixels = frame.reformat(format="gbrapf32le" if has_alpha else "gbrpf32le").to_ndarray()
    return np.asarray(pixels[..., 3] if has_alpha else pixels.max(axis=2), np.float32)


def _with_ids_of_voc(rule: PixelRule) -> PixelRule:
    """Label maps saved in the colours of PASCAL VOC and DAVIS get the ids back that these stand for."""
    ids: dict[Colour, int] = {tuple(colour): place for place, colour in enumerate(DAVIS_PALETTE.tolist())}
    if not rule.colours or not all(colour in ids for colour in rule.colours.values()):
        return rule
    colours = {ids[colour]: colour for colour in rule.colours.values()}
    is_void = _VOID in colours and len(colours) > 1
    return PixelRule(
        "colours",
        colours=colours,
        background=rule.background,
        void=frozenset({_VOID}) if is_void else frozenset(),
    )


def _has_pictures(folder: Path) -> bool:
    try:
        return is_many_files(folder) and bool(find_stills(folder))
    except VideoError:
        return False


def _natural(name: object) -> list[tuple[int, int, str]]:
    parts = re.findall(r"\d+|\D+", str(name))
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts]
