"""What one click does to a tracked mask: IoU with the truth before and after the first, second and third.

    python benchmarks/correction.py --data FOLDER --presets fast,balanced,accurate --tracked FOLDER

The true mask of the first frame is tracked through each sequence. On every tenth frame a simulated person
then clicks the pixel deepest inside the largest wrong region, positive where object is missing and negative
where there is too much, looks at what comes of it, and clicks twice more. Corrections of one frame are undone
before the next, so each is about a mask that tracking made.

In the JSON file ``worse_share`` is about the first clicks of all presets, ``mean_gain`` about those of the
first preset.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np

from benchmarks.clicks import wrong_region
from benchmarks.davis_sequence import DavisSequence, sequence_names
from benchmarks.embeddings import keep_embeddings
from benchmarks.metrics import region_similarity
from benchmarks.report import shown
from track_anything.errors import InputError, TrackAnythingError
from track_anything.models import PRESETS, Models, load_models
from track_anything.project import Description, Project
from track_anything.session import Session
from track_anything.types import FrameIndex

WORSE = 0.005
"""IoU by which a mask must fall for a click to count as harmful."""

_OBJECT_ID = 1
_HEADER = (
    f"{'preset':<16}{'click':>6}{'clicks':>8}{'before':>8}{'after':>8}{'gain':>8}{'worse':>8}{'mended':>8}"
)


@dataclass(frozen=True)
class ClickScore:
    """What one click did.

    Attributes:
        sequence: where.
        frame: where.
        number: 1 for the first click on the frame.
        is_positive: whether it said "this belongs to the object".
        x: of the pixel.
        y: likewise.
        before: IoU of the mask with the truth, 0 to 1.
        after: likewise, after the click.
        mended: share of the region clicked that is right now, 0 to 1.
        answer: what was said instead of a mask; empty = there was one.
    """

    sequence: str
    frame: FrameIndex
    number: int
    is_positive: bool
    x: int
    y: int
    before: float
    after: float
    mended: float
    answer: str = ""

    @property
    def gain(self) -> float:
        """IoU won by the click."""
        return self.after - self.before

    @property
    def is_worse(self) -> bool:
        """Whether the click harmed the mask."""
        return self.gain < -WORSE


def main(arguments: Sequence[str] | None = None, models: Models | None = None) -> int:
    """Run the benchmark; returns the exit code, 2 for what a user can mend."""
    options = _parse(arguments)
    try:
        names = options.sequences or sequence_names(options.data)
        sequences = [DavisSequence.open(options.data, name) for name in names]
        print(_HEADER, flush=True)
        found = {preset: _preset(preset, sequences, models, options) for preset in options.presets}
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.json is not None:
        first = {preset: summary(scores, 1) for preset, scores in found.items()}
        content = {
            "worse_share": summary([score for scores in found.values() for score in scores], 1)[
                "worse_share"
            ],
            "mean_gain": first[options.presets[0]]["mean_gain"],
            "presets": {
                preset: {str(number): summary(scores, number) for number in range(1, options.clicks + 1)}
                for preset, scores in found.items()
            },
            "clicks": {preset: [asdict(score) for score in scores] for preset, scores in found.items()},
        }
        options.json.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    return 0


def correct(
    session: Session, sequence: DavisSequence, frame: FrameIndex, clicks: int
) -> Iterator[ClickScore]:
    """Click a tracked mask where it is most wrong, several times; the project is left as it was."""
    truth, project = sequence.truth(frame), session.project
    steps = 0
    for number in range(1, clicks + 1):
        mask = project.mask(frame, _OBJECT_ID)
        wrong = wrong_region(mask, truth)
        if wrong is None:
            break
        click, before, answer = wrong.click, region_similarity(mask, truth), ""
        try:
            session.click(frame=frame, object_id=_OBJECT_ID, x=click.x, y=click.y, positive=click.is_positive)
            steps += 1
        except InputError as error:
            answer = str(error)
        mask = project.mask(frame, _OBJECT_ID)
        mended = float(np.mean((mask == truth)[wrong.region]))
        yield ClickScore(
            sequence.name,
            frame,
            number,
            click.is_positive,
            click.x,
            click.y,
            before,
            region_similarity(mask, truth),
            mended,
            answer,
        )
    for _ in range(steps):
        session.undo()


def summary(scores: Iterable[ClickScore], number: int) -> dict[str, Any]:
    """The clicks of one number in figures; all 0 when there is none."""
    chosen = [score for score in scores if score.number == number]
    return {
        "clicks": len(chosen),
        "before": _mean(score.before for score in chosen),
        "after": _mean(score.after for score in chosen),
        "mean_gain": _mean(score.gain for score in chosen),
        "worse_share": _mean(float(score.is_worse) for score in chosen),
        "mended": _mean(score.mended for score in chosen),
    }


def _preset(
    preset: str, sequences: Sequence[DavisSequence], models: Models | None, options: argparse.Namespace
) -> list[ClickScore]:
    """All clicks on masks that one preset tracked; prints a line per click number."""
    models = models or load_models(engine="torch", preset=preset, wrap=keep_embeddings(options.embeddings))
    scores: list[ClickScore] = []
    for sequence in shown(sequences, preset, len(sequences)):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "project"
            _tracked(sequence, preset, models, options.tracked, place)
            with Session(Project(place), sequence.video, partial(_same, models)) as session:
                for frame in range(options.every, len(sequence), options.every):
                    scores += correct(session, sequence, frame, options.clicks)
    for number in range(1, options.clicks + 1):
        print(_line(preset, number, summary(scores, number)), flush=True)
    return scores


def _tracked(sequence: DavisSequence, preset: str, models: Models, kept: Path | None, place: Path) -> None:
    """Put a project with a tracked sequence at a place, from the kept ones if it is there."""
    finished = kept / preset / sequence.name if kept is not None else None
    if finished is None or not finished.is_dir():
        working = place if finished is None else finished.with_suffix(".part")
        shutil.rmtree(working, ignore_errors=True)
        project = Project.create(working, Description(Path(sequence.name), "", sequence.video.info))
        with Session(project, sequence.video, partial(_same, models)) as session:
            session.give_mask(frame=0, object_id=session.add_object(), mask=sequence.truth(0))
            session.track().run()
        if finished is not None:
            working.rename(finished)
    if finished is not None:
        shutil.copytree(finished, place)


def _same(models: Models) -> Models:
    return models


def _mean(values: Iterable[float]) -> float:
    return fmean(found) if (found := list(values)) else 0.0


def _line(preset: str, number: int, row: dict[str, Any]) -> str:
    return (
        f"{preset:<16}{number:>6}{row['clicks']:>8}{row['before']:>8.3f}{row['after']:>8.3f}"
        f"{row['mean_gain']:>+8.3f}{row['worse_share']:>8.1%}{row['mended']:>8.1%}"
    )


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="correction.py", description="What a click does to a tracked mask.")
    parser.add_argument("--data", type=Path, required=True, help="folder with JPEGImages/ and Annotations/")
    parser.add_argument("--sequences", type=partial(str.split, sep=","), help="a,b,...; all when left out")
    parser.add_argument(
        "--presets",
        type=_presets,
        default=["fast"],
        help="a,b,... (default: fast)",
    )
    parser.add_argument("--every", type=int, default=10, help="frames from one corrected to the next")
    parser.add_argument("--clicks", type=int, default=3, help="clicks per corrected frame")
    parser.add_argument("--tracked", type=Path, help="folder that keeps tracked masks for runs to come")
    parser.add_argument("--embeddings", type=Path, help="folder that keeps embeddings for runs to come")
    parser.add_argument("--json", type=Path, help="file for the figures and every click")
    return parser.parse_args(arguments)


def _presets(text: str) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in PRESETS]
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown preset {unknown[0]!r}; choose one of {', '.join(PRESETS)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
