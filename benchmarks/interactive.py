"""What a correction is worth: J&F after each round of a simulated person who fixes one frame per round.

    python benchmarks/interactive.py --data FOLDER --plot interactive.png
    python benchmarks/interactive.py --data FOLDER --engine openvino --precision int8 --picks ranking,evenly

One click on the first frame, then tracking. In every round a frame is picked, its mask mended with at most
three clicks (those that made it worse are undone; a mask that no click made better is locked as it is), and
what that concerns tracked again. The frame is picked by the product's own ranking, evenly (the frame farthest
from those already given), and by looking at the truth (the frame that is really the worst). The last is what
no ranking without the truth can beat by much.
"""

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import fmean

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np
from rich.console import Console
from rich.progress import Progress

from benchmarks.clicks import next_click
from benchmarks.davis_sequence import DavisSequence, sequence_names
from benchmarks.embeddings import keep_embeddings
from benchmarks.metrics import boundary_accuracy, region_similarity
from benchmarks.plot import Panel, save_plot
from benchmarks.sizes import at_internal_size
from track_anything.errors import InputError, TrackAnythingError
from track_anything.models import ENGINES, PRECISIONS, PRESETS, Models, load_models
from track_anything.project import Description, Project
from track_anything.project.edits import Lock
from track_anything.session import Session
from track_anything.types import FrameIndex

_OBJECT_ID = 1
_CLICKS = 3  # at most, per corrected frame

Scores = dict[FrameIndex, float]
Pick = Callable[[Session, Scores], FrameIndex | None]


def main(arguments: Sequence[str] | None = None, models: Models | None = None) -> int:
    """Run the benchmark; returns the exit code, 2 for what a user can mend."""
    options = _parse(arguments)
    try:
        if models is None:
            models = load_models(
                engine=options.engine,
                preset=options.preset,
                precision=options.precision,
                wrap=keep_embeddings(options.embeddings, precision=options.precision),
            )
            models = at_internal_size(models, options.internal_size)
        names = options.sequences or sequence_names(options.data)
        curves = {pick: _curves(pick, names, models, options) for pick in options.picks}
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    means = {
        pick: [fmean(scores) for scores in zip(*own.values(), strict=True)] for pick, own in curves.items()
    }
    for pick, mean in means.items():
        print(_line(f"mean, {pick}", mean))
    if options.json is not None:
        options.json.write_text(json.dumps({"sequences": curves, "mean": means}, indent=1) + "\n", "utf-8")
    if options.plot is not None:
        title = f"J&F after each corrected frame, mean of {len(names)} sequences"
        lowest = math.floor(10 * min(min(mean) for mean in means.values())) / 10
        rounds = list(range(options.rounds + 1))
        save_plot(options.plot, [Panel(title, means, places=rounds, lowest=lowest)])
    return 0


def by_ranking(session: Session, scores: Scores) -> FrameIndex | None:
    """The frame that the product proposes."""
    del scores  # the product does not know the truth
    proposed = session.frames_in_doubt() or session.frames_to_fix()
    return next((frame for frame, _ in proposed), None)


def evenly(session: Session, scores: Scores) -> FrameIndex | None:
    """The frame farthest from those already given."""
    given = np.array(sorted(session.project.state.frames_known(_OBJECT_ID)))
    distance = {frame: int(np.abs(given - frame).min()) for frame in scores}
    farthest = max(distance, key=lambda frame: distance[frame])
    return farthest if distance[farthest] else None


def by_truth(session: Session, scores: Scores) -> FrameIndex | None:
    """The frame that is really the worst of those not given yet."""
    given = session.project.state.frames_known(_OBJECT_ID)
    return min(
        (frame for frame in scores if frame not in given), key=lambda frame: scores[frame], default=None
    )


PICKS: dict[str, Pick] = {"ranking": by_ranking, "evenly": evenly, "truth": by_truth}


def correct_rounds(sequence: DavisSequence, session: Session, pick: Pick, rounds: int) -> list[float]:
    """J&F before any correction and after each round, (rounds + 1,)."""
    session.add_object()
    _click(session, sequence, 0, clicks=1)
    session.track().run()
    scores = _scores(sequence, session)
    curve = [fmean(scores.values())]
    for _ in range(rounds):
        frame = pick(session, scores)
        if frame is not None and _click(session, sequence, frame, clicks=_CLICKS):
            with suppress(InputError):  # every frame around it is given: nothing is left to track
                session.track().run()
            scores = _scores(sequence, session)
        curve.append(fmean(scores.values()))
    return curve


def _click(session: Session, sequence: DavisSequence, frame: FrameIndex, *, clicks: int) -> int:
    """Click where the mask shown is most wrong; returns how many clicks were kept.

    A person sees when a click has made the mask worse, and undoes it; one whom no click helps locks the mask.
    """
    truth = sequence.truth(frame)
    overlaps = [region_similarity(session.project.mask(frame, _OBJECT_ID), truth)]
    while len(overlaps) <= clicks and (click := next_click(session.project.mask(frame, _OBJECT_ID), truth)):
        try:
            session.click(frame=frame, object_id=_OBJECT_ID, x=click.x, y=click.y, positive=click.is_positive)
        except InputError:  # nothing was found: who clicks in vain leaves it
            break
        overlaps.append(region_similarity(session.project.mask(frame, _OBJECT_ID), truth))
    kept = overlaps.index(max(overlaps))
    for _ in range(len(overlaps) - 1 - kept):
        session.undo()
    if not kept:
        session.edit(Lock(_OBJECT_ID, frame, frame + 1))
    return kept


def _scores(sequence: DavisSequence, session: Session) -> Scores:
    """J&F of every scored frame."""
    scores: Scores = {}
    for frame in sequence.scored:
        mask, truth = session.project.mask(frame, _OBJECT_ID), sequence.truth(frame)
        scores[frame] = (region_similarity(mask, truth) + boundary_accuracy(mask, truth)) / 2
    return scores


def _curves(
    pick: str, names: Sequence[str], models: Models, options: argparse.Namespace
) -> dict[str, list[float]]:
    """One curve per sequence, printed as it comes."""
    curves: dict[str, list[float]] = {}
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        for name in progress.track(names, description=pick):
            sequence = DavisSequence.open(options.data, name)
            with tempfile.TemporaryDirectory() as folder, _session(sequence, Path(folder), models) as session:
                curves[name] = correct_rounds(sequence, session, PICKS[pick], options.rounds)
            print(_line(f"{name}, {pick}", curves[name]), flush=True)
    return curves


def _session(sequence: DavisSequence, folder: Path, models: Models) -> Session:
    description = Description(Path(sequence.name), "", sequence.video.info)
    project = Project.create(folder / "project", description)
    return Session(project, sequence.video, lambda: models)


def _line(name: str, curve: Sequence[float]) -> str:
    return f"{name:<26}" + "".join(f"{score:7.3f}" for score in curve)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="interactive.py", description="J&F after each corrected frame.")
    parser.add_argument("--data", type=Path, required=True, help="folder with JPEGImages/ and Annotations/")
    parser.add_argument("--sequences", type=partial(str.split, sep=","), help="a,b,...; all when left out")
    parser.add_argument("--picks", type=partial(str.split, sep=","), default=list(PICKS), help="default: all")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--preset", choices=tuple(PRESETS), default="fast")
    parser.add_argument("--engine", choices=ENGINES, default="torch")
    parser.add_argument("--precision", choices=PRECISIONS, default=PRECISIONS[0])
    parser.add_argument(
        "--internal-size", type=int, metavar="PIXELS", help="short side that xmem-light sees (default: 480)"
    )
    parser.add_argument("--embeddings", type=Path, help="folder that keeps embeddings for runs to come")
    parser.add_argument("--json", type=Path, help="file for the curves")
    parser.add_argument("--plot", type=Path, help="PNG file for the mean curves")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
