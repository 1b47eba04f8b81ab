"""``desk``: a collection of videos to label, and which frame of all needs a person next."""

import argparse
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from track_anything.cli.arguments import parse_range
from track_anything.cli.label_classes import add_object_options
from track_anything.cli.options import Command, ModelOptions, Parser, add_model_options, typed

if TYPE_CHECKING:
    from track_anything.collection.desk import Collection, NextFrame
    from track_anything.models import Models


@dataclass(frozen=True)
class DeskOptions:
    """What ``desk`` is told."""

    source: Path
    action: str
    videos: list[str]
    projects: Path | None
    detect: str | None
    like: str | None
    object_id: int
    frame: int
    frames: range | None
    to: str
    output: Path | None
    val: float
    all: bool
    other: Path | None
    class_name: str | None
    colour: str | None
    rename: str | None
    attributes: list[str] | None
    values: list[str] | None
    models: ModelOptions


def _add_desk(parser: Parser) -> None:
    from track_anything.masks.data_sets import FORMATS

    add = parser.add_argument
    add("source", type=Path, help="a folder of videos, or a table as for batch")
    add(
        "action",
        nargs="?",
        default="status",
        choices=tuple(_ACTIONS),
        help="status (default): how far each video is; next: the frame that needs a person most; propose: "
        "objects that --detect names, or that look --like one; track: what is left; review: lock what is "
        "right; done, reopen: a mark; export: all as a data set; log: every edit as CSV; agree: with another "
        "labeller (--other); classes: those that objects may be of, or another one (--class); label: what an "
        "object is (--class, --set)",
    )
    add("videos", nargs="*", metavar="VIDEO", help="these alone (default: all; review and done need names)")
    add("--projects", type=Path, metavar="FOLDER", help="where projects go (default: SOURCE-desk)")
    add("--detect", metavar="NAMES", help="for propose: classes of the detector, as person,dog")
    add_object_options(parser)
    add("--frame", type=int, default=0, metavar="N", help="for propose: the frame to look at (default: 0)")
    add("--frames", type=parse_range, metavar="FIRST-LAST", help="for review: these frames alone")
    add("--to", choices=tuple(FORMATS), default="ytvis", metavar="FORM", help="for export (default: ytvis)")
    add("--output", type=Path, metavar="PATH", help="for export and log: what is made")
    add("--val", type=float, default=0.0, metavar="SHARE", help="for export: videos for validation, as 0.2")
    add("--all", action="store_true", help="for export: videos too that nobody has reviewed")
    add("--other", type=Path, metavar="FOLDER", help="for agree and log: the projects of the other labeller")
    add_model_options(parser)


def _desk(namespace: argparse.Namespace) -> None:
    """Show how far a collection is, or do something with it."""
    from track_anything.collection.desk import Collection

    options = typed(DeskOptions, namespace)
    collection = Collection(options.source, options.projects)
    for name in options.videos:
        collection.video(name)
    _ACTIONS[options.action](collection, options)


def _status(collection: "Collection", options: DeskOptions) -> None:
    from collections import Counter

    from track_anything.cli.console import output

    counts: Counter[str] = Counter()
    objects = known = masks = 0
    seconds = reviewed = 0.0
    output.print(f"{'video':<32}{'state':<12}{'objects':>8}{'frames':>8}{'known':>12}{'in doubt':>10}")
    for video, standing in collection.standings():
        if options.videos and video.name not in options.videos:
            continue
        counts[standing.state.value] += 1
        objects, known, masks = objects + standing.objects, known + standing.known, masks + standing.masks
        seconds += standing.seconds
        reviewed += standing.seconds if standing.state.value in ("reviewed", "done") else 0
        share = f"{standing.known} of {standing.masks}"
        doubts = len(standing.next_frames)
        output.print(
            f"{video.name:<32.31}{standing.state.value:<12}{standing.objects:>8}{standing.frames:>8}{share:>12}"
            f"{doubts:>10}"
        )
    told = ", ".join(f"{count} {state}" for state, count in counts.items())
    output.print(f"{sum(counts.values())} videos: {told}")
    output.print(
        f"{objects} objects, {known} of {masks} masks known, {reviewed:.0f} of {seconds:.0f} s reviewed"
    )
    _print_next(collection.next_frames()[:1], collection)


def _next(collection: "Collection", options: DeskOptions) -> None:
    found = [each for each in collection.next_frames() if not options.videos or each.video in options.videos]
    _print_next(found[:10], collection)


def _print_next(frames: "list[NextFrame]", collection: "Collection") -> None:
    from track_anything.cli.console import output

    if not frames:
        output.print("next: no frame is in doubt")
    for each in frames:
        folder = shlex.quote(str(collection.video(each.video).project))
        place = f"--frame {each.frame} --object-id {each.object_id}"
        output.print(
            f"next: frame {each.frame} of {each.video}, object {each.object_id}; see it by "
            f"`track-anything ui {folder}`, or mend it by `track-anything correct {folder} {place}`"
        )


def _propose(collection: "Collection", options: DeskOptions) -> None:
    from track_anything.cli.console import output
    from track_anything.errors import InputError
    from track_anything.models import resolve_device
    from track_anything.models.locators import LOCATORS

    if options.like is not None and options.detect is not None:
        raise InputError("--like and --detect each say what to look for: give one of them")
    if options.like is not None:
        _propose_like(collection, options, options.like)
        return
    if options.detect is None:
        raise InputError("nothing is named to look for: say it by --detect, as person, or by --like VIDEO")
    locator = LOCATORS.build(
        "names", LOCATORS["names"].checkpoint(None, "--weights", None), resolve_device(options.models.device)
    )
    locator.check(options.detect)
    models = _models(options)
    for name in _chosen(collection, options):
        with collection.session(name, models) as session:
            found = session.finding.named(options.frame, options.detect, locator)
            session.finding.take(found)
        output.print(f"{name}: {len(found)} objects proposed on frame {options.frame}")


def _propose_like(collection: "Collection", options: DeskOptions, video: str) -> None:
    from track_anything.cli.console import output
    from track_anything.collection.desk.proposing import example_in, propose_like

    models = _models(options)
    example = example_in(collection, video, options.object_id, models)
    names = options.videos or [name for name in collection.videos if name != video]
    for name, ids in propose_like(collection, example, names, models, frame=options.frame):
        output.print(f"{name}: {len(ids)} objects proposed on frame {options.frame}, like {example.name}")


def _track(collection: "Collection", options: DeskOptions) -> None:
    from track_anything.cli.console import output

    models = _models(options)
    for name in _chosen(collection, options):
        frames = collection.track(name, models)
        output.print(f"{name}: {frames} frames tracked")


def _review(collection: "Collection", options: DeskOptions) -> None:
    from track_anything.cli.console import output

    frames = options.frames
    for name in _named(options):
        collection.review(name, (frames.start, frames.stop) if frames is not None else None)
        output.print(f"{name}: reviewed; its masks are locked, which can be undone")


def _done(collection: "Collection", options: DeskOptions) -> None:
    for name in _named(options):
        collection.mark_done(name)


def _reopen(collection: "Collection", options: DeskOptions) -> None:
    for name in _named(options):
        collection.mark_done(name, is_done=False)


def _export(collection: "Collection", options: DeskOptions) -> None:
    from track_anything.cli.console import errors, output
    from track_anything.collection.desk.handing_out import data_set_of, split
    from track_anything.masks.data_sets import FORMATS, write_data_set

    target = _output(options)
    data = data_set_of(collection, only_finished=not options.all)
    training, validation = split(data, options.val)
    suffix = FORMATS[options.to].suffix
    parts = {target / f"train{suffix}": training, target / f"val{suffix}": validation}
    if not options.val:
        parts = {target: data}
    for path, part in parts.items():
        for note in write_data_set(part, path, options.to):
            errors.print(f"note: {note}")
        output.print(f"wrote {path}: {len(part.videos)} videos")


def _log(collection: "Collection", options: DeskOptions) -> None:
    from track_anything.cli.console import output
    from track_anything.collection.desk import Collection
    from track_anything.collection.desk.edit_log import write_edit_log

    both = [collection] + ([Collection(options.source, options.other)] if options.other else [])
    target, names = _output(options), _chosen(collection, options)
    count = write_edit_log((each.video(name) for each in both for name in names), target)
    output.print(f"wrote {target}: {count} edits")


def _agree(collection: "Collection", options: DeskOptions) -> None:
    from track_anything.cli.evaluate import print_scores
    from track_anything.collection.desk import Collection
    from track_anything.collection.desk.handing_out import agreement
    from track_anything.errors import InputError

    if options.other is None:
        raise InputError("with whom? name the projects of the other labeller by --other")
    print_scores(agreement(collection, Collection(options.source, options.other)))


def _classes(collection: "Collection", options: DeskOptions) -> None:
    from track_anything.cli.label_classes import name_class, show_classes

    if options.class_name is not None:
        name_class(collection, options.class_name, options.colour, options.attributes, options.rename)
    show_classes(collection)


def _label(collection: "Collection", options: DeskOptions) -> None:
    from track_anything.cli.label_classes import label

    for name in _named(options):
        label(collection, name, options.object_id, options.class_name, options.values or ())


def _output(options: DeskOptions) -> Path:
    from track_anything.errors import InputError

    if options.output is None:
        raise InputError("where to? say it by --output")
    return options.output


def _chosen(collection: "Collection", options: DeskOptions) -> list[str]:
    return options.videos or list(collection.videos)


def _named(options: DeskOptions) -> list[str]:
    """What is said of videos is said of named ones."""
    from track_anything.errors import InputError

    if not options.videos:
        raise InputError(f"of which video? name it behind {options.action}")
    return options.videos


def _models(options: DeskOptions) -> "Callable[[], Models]":
    """Loads the networks when they are asked for first, for all videos."""
    from functools import cache, partial

    from track_anything.cli import steps

    return cache(partial(steps.load_shown, options.models))


_ACTIONS: dict[str, Callable[["Collection", DeskOptions], None]] = {
    "status": _status,
    "next": _next,
    "propose": _propose,
    "track": _track,
    "review": _review,
    "done": _done,
    "reopen": _reopen,
    "export": _export,
    "log": _log,
    "agree": _agree,
    "classes": _classes,
    "label": _label,
}

COMMANDS = (Command("desk", "videos to label, and the frame of all that comes next", _add_desk, _desk),)
