"""The forms by name, how they are told apart, and the one way in and out."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from track_anything.errors import InputError, OutputError, unknown
from track_anything.masks.data_sets import (
    burst,
    coco,
    cvat,
    label_studio,
    labelme,
    mots,
    pascal_voc,
    png_folders,
    sa_v,
    yolo,
    ytvis,
)
from track_anything.masks.data_sets.data_set import DataSet
from track_anything.masks.data_sets.losses import ALL, Aspect, as_kept
from track_anything.system.files import put_in_place, remedy

_UNREADABLE = (
    OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, StopIteration, SyntaxError,
    RecursionError,
)  # fmt: skip
_BAD_IN_NAMES = re.compile(r"[/\\\0]|^\.{0,2}$")


@dataclass(frozen=True)
class Format:
    """A form of data sets.

    Attributes:
        meaning: what it is, in a few words.
        read: makes a data set of what is at a path.
        write: puts one at a path; returns what it could not keep.
        keeps: what it holds.
        most_id: the highest id of an object; None = any.
        suffix: of its file; empty = a folder.
        has_files_by_name: videos and frames are files, so that their names have to be names of files.
    """

    meaning: str
    read: Callable[[Path], DataSet]
    write: Callable[[DataSet, Path], list[str]]
    keeps: frozenset[Aspect] = ALL
    most_id: int | None = None
    suffix: str = ""
    has_files_by_name: bool = True


_PLAIN = ALL - {Aspect.ATTRIBUTES, Aspect.COLOURS}
_NO_SCORES = _PLAIN - {Aspect.SCORES}
_LABEL_MAPS = frozenset({Aspect.IDS, Aspect.FRAMES, Aspect.SHAPES})

FORMATS: dict[str, Format] = {
    "coco": Format(
        "COCO with tracks", coco.read_coco, coco.write_coco, suffix=".json", has_files_by_name=False
    ),
    "ytvis": Format(
        "YouTube-VIS",
        ytvis.read_ytvis,
        ytvis.write_ytvis,
        _NO_SCORES,
        suffix=".json",
        has_files_by_name=False,
    ),
    "youtube-vos": Format(
        "YouTube-VOS",
        png_folders.read_youtube_vos,
        png_folders.write_youtube_vos,
        _LABEL_MAPS | {Aspect.CATEGORIES},
        255,
    ),
    "davis": Format(
        "DAVIS, or folders of label maps", png_folders.read_davis, png_folders.write_davis, _LABEL_MAPS, 255
    ),
    "mots": Format(
        "MOTS text files",
        mots.read_mots,
        mots.write_mots,
        frozenset({Aspect.IDS, Aspect.CATEGORIES, Aspect.SHAPES}),
    ),
    "burst": Format(
        "BURST", burst.read_burst, burst.write_burst, _PLAIN, suffix=".json", has_files_by_name=False
    ),
    "sa-v": Format("SA-V JSON files", sa_v.read_sa_v, sa_v.write_sa_v, _NO_SCORES),
    "yolo": Format(
        "YOLO polygons",
        yolo.read_yolo,
        yolo.write_yolo,
        frozenset({Aspect.CATEGORIES, Aspect.FRAMES, Aspect.OVERLAPS}),
    ),
    "labelme": Format("LabelMe JSON files", labelme.read_labelme, labelme.write_labelme, _NO_SCORES),
    "cvat": Format("CVAT for video, XML", cvat.read_cvat, cvat.write_cvat, ALL - {Aspect.SCORES}),
    "label-studio": Format(
        "Label Studio brush masks",
        label_studio.read_label_studio,
        label_studio.write_label_studio,
        _PLAIN,
        suffix=".json",
        has_files_by_name=False,
    ),
    "pascal-voc": Format(
        "Pascal VOC",
        pascal_voc.read_pascal_voc,
        pascal_voc.write_pascal_voc,
        _LABEL_MAPS | {Aspect.CATEGORIES},
    ),
}
"""The forms by name; a new one is one line."""


def read_data_set(path: Path, form: str | None = None) -> DataSet:
    """What is at a path, in a form that is told or seen.

    Raises:
        InputError: there is nothing, no such form, or it is damaged.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist: check the path")
    name = form or form_of(path)
    if name not in FORMATS:
        raise unknown("form of data set", name, FORMATS)
    try:
        return FORMATS[name].read(path)
    except InputError:
        raise
    except _UNREADABLE as error:
        raise InputError(
            f"{path} cannot be read as {name} ({error!r:.200}): say its form, or mend it"
        ) from error


def write_data_set(data: DataSet, path: Path, form: str, *, overwrite: bool = False) -> list[str]:
    """Write a data set in a form, whole or not at all; returns what the form cannot hold, one line each.

    Raises:
        InputError: there is no such form, or names of videos or frames are no names of files in it.
        OutputError: something is there already, or it cannot be written.
    """
    if form not in FORMATS:
        raise unknown("form of data set", form, FORMATS)
    chosen = FORMATS[form]
    if path.suffix != chosen.suffix and chosen.suffix:
        raise OutputError(f"{path} is not a file named {chosen.suffix}: name it so")
    if path.exists() and not overwrite:
        raise OutputError(f"{path} exists already: choose another path or allow overwriting")
    if chosen.has_files_by_name:
        _check_names(data)
    kept, notes = as_kept(data, chosen.keeps, chosen.most_id)
    staged = path.with_name(f".{path.stem}.{uuid4().hex[:8]}.part{chosen.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        notes += chosen.write(kept, staged)
        _remove(path)
        put_in_place(staged, path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}): {remedy(error)}") from error
    finally:
        _remove(staged)
    return notes


def form_of(path: Path) -> str:
    """The form of what is at a path, by what it looks like; InputError when it looks like none."""
    if path.is_dir():
        if (found := _form_of_folder(path)) is not None:
            return found
    elif path.suffix == ".json" and (found := _form_of_json(path)) is not None:
        return found
    elif path.is_file():
        for name, looks in (("mots", mots.is_mots), ("cvat", cvat.is_cvat)):
            if looks(path):
                return name
    raise InputError(f"{path} looks like no form of data set: say which it is, one of {', '.join(FORMATS)}")


def _form_of_folder(path: Path) -> str | None:
    looks = {
        "yolo": yolo.is_yolo,
        "pascal-voc": pascal_voc.is_pascal_voc,
        "youtube-vos": png_folders.is_youtube_vos,
        "mots": mots.is_mots,
        "cvat": cvat.is_cvat,
        "davis": png_folders.is_davis,
    }
    for name, is_it in looks.items():
        if is_it(path):
            return name
    first = next(iter(sorted([*path.glob("*.json"), *path.glob("*/*.json")])), None)
    return _form_of_json(first) if first is not None else None


def _form_of_json(path: Path) -> str | None:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read as JSON ({error}): mend it") from error
    if label_studio.is_label_studio(content):
        return "label-studio"
    looks = {
        "coco": coco.is_coco,
        "ytvis": ytvis.is_ytvis,
        "burst": burst.is_burst,
        "sa-v": sa_v.is_sa_v,
        "labelme": labelme.is_labelme,
    }
    is_object = isinstance(content, dict)
    return next((name for name, is_it in looks.items() if is_object and is_it(content)), None)


def _check_names(data: DataSet) -> None:
    """Raise InputError where names of videos or frames are no names of files."""
    for name, video in data:
        bad = next((each for each in (name, *video.frames) if _BAD_IN_NAMES.search(each)), None)
        if bad is not None:
            raise InputError(
                f"{bad!r} cannot be the name of a file: rename it, or choose coco, ytvis or burst"
            )


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
