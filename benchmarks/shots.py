"""How well shot boundaries are found: excerpts of a DAVIS-shaped folder, spliced in ways that are known.

    python benchmarks/shots.py --data FOLDER

For random pairs of sequences, an excerpt of the one is joined to an excerpt of the other by a hard cut, by a
fade through black and by a dissolve; the sequences as they are must have no boundary at all. What is found
matches a true boundary within 1 frame of a hard cut, or within 2 of any frame of a gradual transition, one to
one. Where the package scenedetect is installed, its detectors are scored on the same videos.
"""

import argparse
import importlib
import importlib.util
import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any, TypeAlias

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track as show_progress

from track_anything.errors import InputError, OutputError, TrackAnythingError
from track_anything.types import FrameIndex, Image
from track_anything.video import Video, open_video
from track_anything.video.shots import find_cuts

HARD, FADE, DISSOLVE, NONE = "hard cut", "fade", "dissolve", "unspliced"
LENGTHS = (8, 24)
"""Frames of a gradual transition, least and most."""
EXCERPT = (20, 40)
"""Frames of an excerpt beside its transition, least and most; fewer where the sequence has fewer."""

Finder: TypeAlias = Callable[[Sequence[Image]], Sequence[FrameIndex]]


@dataclass(frozen=True)
class Transition:
    """A true boundary: its first and its last frame, which for a hard cut are the same."""

    first: FrameIndex
    last: FrameIndex

    def is_near(self, index: FrameIndex) -> bool:
        """Whether a boundary found at a frame may be this one."""
        slack = 1 if self.first == self.last else 2
        return self.first - slack <= index <= self.last + slack


@dataclass(frozen=True)
class Clip:
    """A video of known boundaries and of one kind of them."""

    kind: str
    frames: Sequence[Image]
    transitions: Sequence[Transition]


@dataclass(frozen=True)
class Score:
    """Boundaries that were found, that were missed, and that are none."""

    videos: int = 0
    found: int = 0
    missed: int = 0
    false: int = 0

    def __add__(self, other: "Score") -> "Score":
        pairs = zip(asdict(self).values(), asdict(other).values(), strict=True)
        return Score(*(ours + theirs for ours, theirs in pairs))

    @property
    def precision(self) -> float:
        """The share of what was found that is true, 0 to 1; NaN where nothing was found."""
        return _ratio(self.found, self.found + self.false)

    @property
    def recall(self) -> float:
        """The share of what is true that was found, 0 to 1; NaN where there is nothing to find."""
        return _ratio(self.found, self.found + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of both, 0 to 1."""
        return _ratio(2 * self.found, 2 * self.found + self.missed + self.false)


def score(found: Sequence[FrameIndex], transitions: Sequence[Transition]) -> Score:
    """Match what was found in one video with what is true, one to one."""
    left = sorted(found)
    hits = 0
    for transition in sorted(transitions, key=lambda each: each.last):
        near = [index for index in left if transition.is_near(index)]
        if near:
            left.remove(near[0])  # the earliest: the later ones may still serve the next transition
            hits += 1
    return Score(1, hits, len(transitions) - hits, len(left))


def splice(kind: str, before: Sequence[Image], after: Sequence[Image], length: int) -> Clip:
    """Join two excerpts of (H, W, 3) frames; in a gradual transition of ``length`` frames both play on."""
    if kind == HARD:
        return Clip(kind, [*before, *after], [Transition(len(before), len(before))])
    start = len(before) - length
    steps = np.arange(1, length + 1)
    half = (length + 1) // 2
    if kind == FADE:
        shares = np.maximum(1 - steps / half, 0), np.maximum((steps - half - 1) / (length - half), 0)
    else:
        shares = 1 - steps / (length + 1), steps / (length + 1)
    blends = [
        cv2.addWeighted(ours, float(our_share), theirs, float(their_share), 0).astype(np.uint8)
        for ours, theirs, our_share, their_share in zip(before[start:], after, *shares, strict=False)
    ]
    frames = [*before[:start], *blends, *after[length:]]
    return Clip(kind, frames, [Transition(start, start + length - 1)])


def clips(videos: Mapping[str, Video], pairs: int, seed: int) -> Iterator[Clip]:
    """Three spliced clips for each of so many random pairs of sequences, and every sequence as it is."""
    generator = np.random.default_rng(seed)
    ordered = list(permutations(videos.values(), 2))
    for chosen in generator.permutation(len(ordered))[:pairs]:
        first, second = ordered[chosen]
        for kind in (HARD, FADE, DISSOLVE):
            length = int(generator.integers(LENGTHS[0], LENGTHS[1] + 1))
            length = min(length, len(first) // 2, len(second) // 2)
            extra = 0 if kind == HARD else length
            before, after = (_excerpt(video, extra, generator) for video in (first, second))
            height, width = before[0].shape[:2]
            fitting = [np.asarray(cv2.resize(frame, (width, height)), np.uint8) for frame in after]
            yield splice(kind, before, fitting, length)
    for video in videos.values():
        yield Clip(NONE, list(video.frames()), [])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code: 0, or 2 for what a user can mend."""
    options = _parse(arguments)
    try:
        _run(options)
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _run(options: argparse.Namespace) -> None:
    videos = _open(options.data)
    if options.json is not None:
        _make_folder(options.json.parent)
    finders: dict[str, Finder] = {"ours": find_cuts} | _peers()
    scores = {name: dict.fromkeys((HARD, FADE, DISSOLVE, NONE), Score()) for name in finders}
    count = 3 * min(options.pairs, len(videos) * (len(videos) - 1)) + len(videos)
    spliced = clips(videos, options.pairs, options.seed)
    console = Console(stderr=True)
    for clip in show_progress(spliced, "splicing", count, console=console, transient=True):
        for name, find in finders.items():
            scores[name][clip.kind] += score(find(clip.frames), clip.transitions)
    for name, by_kind in scores.items():
        by_kind["all"] = sum(by_kind.values(), Score())
        print(f"{name:<26}{'videos':>7}{'found':>7}{'missed':>7}{'false':>7}{'P':>7}{'R':>7}{'F1':>7}")
        for kind, each in by_kind.items():
            counts = "".join(f"{count:7d}" for count in asdict(each).values())
            print(f"{kind:<26}{counts}{each.precision:7.3f}{each.recall:7.3f}{each.f1:7.3f}")
    if options.json is not None:
        content = {name: _to_json(by_kind) for name, by_kind in scores.items()}
        options.json.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def _peers() -> dict[str, Finder]:
    if importlib.util.find_spec("scenedetect") is None:
        return {}
    peer = importlib.import_module("scenedetect")

    def find(detector: str, frames: Sequence[Image]) -> list[FrameIndex]:
        detectors = (getattr(peer, detector)(), peer.ThresholdDetector())
        cuts: set[FrameIndex] = set()
        for index, frame in enumerate(frames):
            factor = max(1.0, frame.shape[1] / 256)  # the package's own command shrinks frames alike
            size = (round(frame.shape[1] / factor), round(frame.shape[0] / factor))
            small = cv2.cvtColor(cv2.resize(frame, size), cv2.COLOR_RGB2BGR)
            for each in detectors:
                cuts.update(
                    cut.frame_num for cut in each.process_frame(peer.FrameTimecode(index, 25.0), small)
                )
        for each in detectors:
            cuts.update(cut.frame_num for cut in each.post_process(peer.FrameTimecode(len(frames) - 1, 25.0)))
        return sorted(cuts)

    return {
        f"scenedetect {name[:-8]}": partial(find, name) for name in ("AdaptiveDetector", "ContentDetector")
    }


def _excerpt(video: Video, extra: int, generator: np.random.Generator) -> list[Image]:
    length = min(len(video), int(generator.integers(EXCERPT[0], EXCERPT[1] + 1)) + extra)
    start = int(generator.integers(len(video) - length + 1))
    return list(video.frames(start, start + length))


def _open(data: Path) -> dict[str, Video]:
    folder = data / "JPEGImages"
    paths = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if len(paths) < 2:
        raise InputError(f"{folder} holds {len(paths)} sequences: give --data a folder with two or more")
    return {path.name: open_video(path) for path in paths}


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def _to_json(scores: Mapping[str, Score]) -> dict[str, Any]:
    figures = ("precision", "recall", "f1")
    return {
        kind: asdict(each)
        | {name: None if math.isnan(getattr(each, name)) else getattr(each, name) for name in figures}
        for kind, each in scores.items()
    }


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be made ({error.strerror}): choose another place") from error


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="shots.py", description="Shot boundaries of spliced sequences.")
    parser.add_argument("--data", type=Path, required=True, help="folder with JPEGImages/NAME/")
    parser.add_argument("--pairs", type=_positive, default=40, help="pairs of sequences (default: 40)")
    parser.add_argument("--seed", type=int, default=0, help="of the random choices (default: 0)")
    parser.add_argument("--json", type=Path, help="file for the scores")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
