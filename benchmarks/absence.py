"""Objects that leave and come back, and cuts: what the drift monitor withholds, and whether returns are seen.

    python benchmarks/absence.py --data FOLDER --sheets FOLDER

Every sequence is shown in two ways: through a window that pans away from the object and back again, and with
frames of another sequence put in between. The true mask of the first frame is given; masks are not mended.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from statistics import fmean

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np

from benchmarks.davis_sequence import DavisSequence, sequence_names
from benchmarks.drift_rows import spliced, strided
from benchmarks.metrics import region_similarity
from benchmarks.report import shown
from track_anything.drift import Presence
from track_anything.errors import TrackAnythingError
from track_anything.export import ContactSheet
from track_anything.masks import box_of
from track_anything.models import PRESETS, Models, load_models
from track_anything.tracking import FrameResult, propagate
from track_anything.types import Image, Mask
from track_anything.video import VideoInfo
from track_anything.video.shots import find_cuts

_OBJECT_ID = 1
_FOREIGN_FRAMES = 12
_LEAST_SEEN = 0.002  # share of the frame under which the truth counts as absent
_LEAST_TAKEN = 0.001  # share of the frame from which on a mask counts as one

Clip = list[tuple[Image, Mask]]


@dataclass(frozen=True)
class Absence:
    """What came of one clip.

    Attributes:
        name: of the clip.
        absent: frames on which the object is not to be seen.
        stolen: those on which a mask was found all the same.
        known_absent: those on which the object was said to be absent.
        returned: J on the frames after its return, 0 to 1.
    """

    name: str
    absent: int
    stolen: int
    known_absent: int
    returned: float

    def __str__(self) -> str:
        return f"{self.name:<28}{self.absent:8d}{self.stolen:8d}{self.known_absent:14d}{self.returned:14.3f}"


def main(arguments: Sequence[str] | None = None, models: Models | None = None) -> int:
    """Run the benchmark; returns the exit code, 2 for what a user can mend."""
    options = _parse(arguments)
    print(f"{'clip':<28}{'absent':>8}{'stolen':>8}{'said absent':>14}{'J after':>14}", flush=True)
    try:
        models = models or load_models(engine="torch", preset=options.preset, refine=False)
        names = options.sequences or sequence_names(options.data)
        tables = {
            watched: [
                run(f"{name}, {kind}", clip, models, options, is_watched=is_watched)
                for number, name in enumerate(names)
                for kind, clip in clips(options.data, name, names[(number + 1) % len(names)]).items()
            ]
            for watched, is_watched in (("watched", True), ("not watched", False))
        }
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.json is not None:
        content = {watched: [asdict(row) for row in rows] for watched, rows in tables.items()}
        options.json.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    for watched, rows in tables.items():
        print(_mean(f"all, {watched}", rows))
    return 0


def clips(data: Path, name: str, other: str) -> dict[str, Clip]:
    """The two clips made of a sequence; frames of the other one are put in between."""
    whole = strided(DavisSequence.open(data, name), 1)
    foreign = strided(DavisSequence.open(data, other), 1)
    return {"pan": panned(whole), "cut": spliced(whole, foreign, len(whole) // 2, _FOREIGN_FRAMES)}


def panned(clip: Clip) -> Clip:
    """A window half as wide as the picture that moves from the object to the side farther off, and back."""
    width = clip[0][0].shape[1]
    window, last = width // 2, len(clip) - 1
    x0, _, x1, _ = box_of(clip[0][1]) or (0, 0, width, 0)
    start = int(np.clip((x0 + x1) / 2 - window / 2, 0, width - window))
    away = 0 if start > (width - window) / 2 else width - window
    shares = np.clip(1.5 * np.sin(np.pi * np.arange(len(clip)) / last), 0, 1)  # away for the middle half
    lefts = np.round(start + (away - start) * shares).astype(int)
    return [(i[:, x : x + window], m[:, x : x + window]) for (i, m), x in zip(clip, lefts, strict=True)]


def run(name: str, clip: Clip, models: Models, options: argparse.Namespace, *, is_watched: bool) -> Absence:
    """Track one clip; prints its row, and draws its sheet when it is watched."""
    images, truths = [np.ascontiguousarray(image) for image, _ in clip], [truth for _, truth in clip]
    monitor = models.new_monitor() if is_watched else None
    results = propagate(
        enumerate(images),
        {0: {_OBJECT_ID: truths[0]}},
        models.new_propagator(),
        monitor=monitor,
        cuts=find_cuts(images) if is_watched else (),
    )
    found = list(shown(results, name, len(clip)))
    row = score(name, truths, found)
    print(row, flush=True)
    if options.sheets is not None and is_watched:
        _draw(options.sheets / f"{name.replace(', ', '-')}.png", images, found)
    return row


def score(name: str, truths: Sequence[Mask], found: Sequence[FrameResult]) -> Absence:
    """Hold what was found against the truth."""
    is_seen = [truth.mean() >= _LEAST_SEEN for truth in truths]
    absent = [frame for frame, seen in enumerate(is_seen) if not seen]
    after = [frame for frame in range(max(absent, default=len(truths)) + 1, len(truths)) if is_seen[frame]]
    masks = [result.label_map == _OBJECT_ID for result in found]
    said = [result.assessments.get(_OBJECT_ID) for result in found]
    return Absence(
        name=name,
        absent=len(absent),
        stolen=sum(bool(masks[frame].mean() >= _LEAST_TAKEN) for frame in absent),
        known_absent=sum(a is not None and a.presence is Presence.ABSENT for a in (said[f] for f in absent)),
        returned=fmean([region_similarity(masks[frame], truths[frame]) for frame in after] or [1.0]),
    )


def _draw(path: Path, images: Sequence[Image], found: Sequence[FrameResult]) -> None:
    height, width = images[0].shape[:2]
    info = VideoInfo.of_constant_rate(len(images), height, width, Fraction(25))
    with ContactSheet(path, info, columns=6, rows=3, overwrite=True) as sheet:
        for result, image in zip(found, images, strict=True):
            sheet.write(result.index, image, result.label_map)


def _mean(name: str, rows: Sequence[Absence]) -> Absence:
    """Frames as sums, J as a mean."""
    return Absence(
        name,
        sum(row.absent for row in rows),
        sum(row.stolen for row in rows),
        sum(row.known_absent for row in rows),
        fmean(row.returned for row in rows),
    )


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="absence.py", description="Objects that leave and return; cuts.")
    parser.add_argument("--data", type=Path, required=True, help="folder with JPEGImages/ and Annotations/")
    parser.add_argument("--sequences", type=partial(str.split, sep=","), help="a,b,...; all when left out")
    parser.add_argument("--preset", choices=tuple(PRESETS), default="fast")
    parser.add_argument("--sheets", type=Path, help="folder for a contact sheet of each clip")
    parser.add_argument("--json", type=Path, help="file for the numbers")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
