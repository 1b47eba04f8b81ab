"""Two things that look alike, of which one is given: does its mask stay on it?

Each scene is a DAVIS sequence with a second copy of its object pasted beside the first, in every frame or on
a still one that is repeated; the mask of the first frame is given, and what counts is the IoU with the
original alone.

    python benchmarks/twins.py --data FOLDER [--preset fast] [--sequence car-shadow] [--json twins.json]

With --told, the copy is given on the first frame, too, as an object of its own.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np

from benchmarks.davis_sequence import DavisSequence
from track_anything.errors import TrackAnythingError
from track_anything.masks import box_of, iou
from track_anything.models import Models, load_models
from track_anything.models.presets import PRESETS
from track_anything.tracking import propagate
from track_anything.types import Image, Mask

_STILL_FRAMES = 20
_GAP = 12  # pixels between the two


@dataclass(frozen=True)
class TwinScore:
    """What came of one scene.

    Attributes:
        scene: ``still`` or ``moving``.
        least: lowest IoU with the original on any frame, 0 to 1.
        last: that of the last frame.
    """

    scene: str
    least: float
    last: float


def shift_of(mask: Mask) -> tuple[int, int]:
    """By how many (rows, columns) a copy moves to lie beside its (H, W) original, where there is room."""
    left, top, right, bottom = box_of(mask) or (0, 0, 0, 0)
    height, width = mask.shape
    by_room = {
        (0, right - left + _GAP): width - right,
        (0, left - right - _GAP): left,
        (bottom - top + _GAP, 0): height - bottom,
        (top - bottom - _GAP, 0): top,
    }
    return max(by_room, key=lambda shift: by_room[shift])


def moved(mask: Mask, shift: tuple[int, int]) -> Mask:
    """An (H, W) mask moved by (rows, columns), without what leaves the frame."""
    height, width = mask.shape
    rows, columns = np.nonzero(mask)
    rows, columns = rows + shift[0], columns + shift[1]
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    there = np.zeros_like(mask)
    there[rows[inside], columns[inside]] = True
    return there


def with_twin(image: Image, mask: Mask, shift: tuple[int, int]) -> Image:
    """The (H, W, 3) image with what the mask shows a second time, moved; what leaves the frame is cut off."""
    rows, columns = np.nonzero(moved(mask, shift) & ~mask)
    pasted = image.copy()
    pasted[rows, columns] = image[rows - shift[0], columns - shift[1]]
    return pasted


def scenes(sequence: DavisSequence) -> dict[str, list[int]]:
    """Which frames of a sequence each scene shows."""
    return {"still": [0] * _STILL_FRAMES, "moving": list(sequence.scored)}


def score(
    sequence: DavisSequence, scene: str, frames: Sequence[int], models: Models, *, is_told: bool = False
) -> TwinScore:
    """Track the original through one scene; the copy is given, too, where the tracker is told of it."""
    original = sequence.truth(frames[0])
    shift = shift_of(original)

    def pictures() -> Iterator[tuple[int, Image]]:
        for place, frame in enumerate(frames):
            yield place, with_twin(sequence.video.frame(frame), sequence.truth(frame), shift)

    known = {0: {1: original} | ({2: moved(original, shift) & ~original} if is_told else {})}
    results = propagate(
        pictures(), known, models.new_propagator(), models.new_refiner(), monitor=models.new_monitor()
    )
    found = [iou(result.label_map == 1, sequence.truth(frames[result.index])) for result in results]
    return TwinScore(scene, min(found), found[-1])


def main(arguments: Sequence[str] | None = None, load: Callable[[str], Models] | None = None) -> int:
    """Score both scenes and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="has JPEGImages/NAME and Annotations/NAME")
    parser.add_argument("--sequence", default="car-shadow")
    parser.add_argument("--preset", choices=tuple(PRESETS), default="fast")
    parser.add_argument("--told", action="store_true", help="the copy is given, too, as another object")
    parser.add_argument("--json", type=Path, help="write the scores here, too")
    options = parser.parse_args(arguments)
    try:
        models = (load or (lambda preset: load_models(preset=preset)))(options.preset)
        sequence = DavisSequence.open(options.data, options.sequence)
        found = [
            score(sequence, scene, frames, models, is_told=options.told)
            for scene, frames in scenes(sequence).items()
        ]
    except TrackAnythingError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    for each in found:
        sys.stdout.write(f"{each.scene}: IoU at least {each.least:.3f}, {each.last:.3f} on the last frame\n")
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(each) for each in found], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
