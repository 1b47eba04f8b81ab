"""MOTS: a text file for each video, a line for each mask.

Voigtlaender et al., "MOTS: Multi-Object Tracking and Segmentation", CVPR 2019. An id is that of the class
times 1000 plus that of the instance; class 10 is what is to be ignored.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from track_anything.masks.data_sets.data_set import AnnotatedVideo, Annotations, DataSet

SEQUENCES = "seqmap.txt"
_PER_CLASS = 1000
_IGNORED = 10
_NAMES = {1: "car", 2: "pedestrian"}


def read_mots(path: Path) -> DataSet:
    """One file, or a folder of them; ``seqmap.txt`` beside them tells how many frames there are."""
    files = sorted(path.glob("*.txt")) if path.is_dir() else [path]
    counts = _counts_in(next((each for each in files if each.name == SEQUENCES), path.parent / SEQUENCES))
    annotations = Annotations()
    for file in files:
        if file.name == SEQUENCES:
            continue
        lines = [line.split() for line in file.read_text("utf-8").splitlines() if line.strip()]
        count = max([counts.get(file.stem, 0), *(int(line[0]) + 1 for line in lines)])
        size = (int(lines[0][3]), int(lines[0][4])) if lines else (1, 1)
        annotations.add_video(file.stem, size, [f"{place:05d}" for place in range(count)])
        for frame, identity, number, _, _, rle in lines:
            if int(number) == _IGNORED:
                continue
            category = _NAMES.get(int(number), f"class {number}")
            annotations.add_track(file.stem, int(identity), category=category)
            annotations.add_counts(file.stem, int(identity), int(frame), rle)
    return annotations.data_set()


def write_mots(data: DataSet, path: Path) -> list[str]:
    """Ids of 1000 and more tell the class already; others become 1000 times the class plus the id."""
    path.mkdir()
    notes = []
    sequences = []
    for name, video in data:
        numbers = _class_numbers(video)
        renumbered = {
            own: own if own // _PER_CLASS == numbers[own] else numbers[own] * _PER_CLASS + own % _PER_CLASS
            for own in video.tracks
        }
        if len(set(renumbered.values())) < len(renumbered):
            notes.append(f"{name}: some objects of one class have one id, since ids are kept modulo 1000")
        strange = {track.category for track in video.tracks.values()} - set(_NAMES.values())
        notes += [
            f"{name}: {each or 'no category'} is class {_number_of(video, numbers, each)}"
            for each in sorted(strange)
        ]
        changed = sum(own != new for own, new in renumbered.items())
        if changed:
            notes.append(f"{name}: {changed} ids become 1000 times the class plus the id")
        height, width = video.size
        lines = [
            f"{frame} {renumbered[own]} {numbers[own]} {height} {width} {segment.counts}\n"
            for frame in range(len(video.frames))
            for own, _, segment, _ in video.masks(frame)
        ]
        (path / f"{name}.txt").write_text("".join(lines), "utf-8")
        sequences.append(f"{name} empty 000000 {max(0, len(video.frames) - 1):06d}\n")
    (path / SEQUENCES).write_text("".join(sequences), "utf-8")
    return notes


def _class_numbers(video: AnnotatedVideo) -> dict[int, int]:
    """The number of the class of every object: those of the data set, then from 3 on but for 10."""
    known = {name: number for number, name in _NAMES.items()}
    others = sorted({track.category for track in video.tracks.values()} - known.keys())
    free = (number for number in range(3, 10_000) if number != _IGNORED)
    told = {name: int(name.removeprefix("class ")) for name in others if _is_numbered(name)}
    given = dict(zip([name for name in others if name not in told], free, strict=False))
    numbers = known | told | given
    return {own: numbers[track.category] for own, track in video.tracks.items()}


def _number_of(video: AnnotatedVideo, numbers: Mapping[int, int], category: str) -> int:
    return next(numbers[own] for own, track in video.tracks.items() if track.category == category)


def _is_numbered(name: str) -> bool:
    return name.startswith("class ") and name.removeprefix("class ").isdecimal()


def _counts_in(path: Path) -> dict[str, int]:
    """Frames of every video, by its name."""
    lines: Iterable[str] = path.read_text("utf-8").splitlines() if path.is_file() else ()
    fields = [line.rsplit(maxsplit=3) for line in lines]
    return {each[0]: int(each[-1]) + 1 for each in fields if len(each) == 4}


def is_mots(path: Path) -> bool:
    """Whether a file, or the first one in a folder, looks like it."""
    file = path if path.is_file() else next(iter(sorted(path.glob("*.txt"))), None)
    if file is None or file.suffix != ".txt":
        return False
    if path.is_dir() and (path / SEQUENCES).is_file():
        return True
    fields = file.read_text("utf-8", "replace").partition("\n")[0].split()
    return len(fields) == 6 and all(field.isdecimal() for field in fields[:5])
