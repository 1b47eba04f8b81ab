"""``track``, ``resume`` and ``correct``: from clicks to masks, and on from there."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from track_anything.cli.arguments import ObjectRequest, parse_range
from track_anything.cli.finding import (
    FindInVideoOptions,
    FindOptions,
    add_find_in_video_options,
    add_find_options,
    find_on,
)
from track_anything.cli.options import (
    CleanUpOptions,
    Command,
    ModelOptions,
    Parser,
    add_at_cut,
    add_clean_up_options,
    add_model_options,
    add_object_options,
    add_out,
    add_project,
    add_prompt_options,
    typed,
)
from track_anything.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from track_anything.models.detector import Detection
    from track_anything.session import Session
    from track_anything.types import Image

    Look = Callable[[Image], list[Detection]]


@dataclass(frozen=True)
class TrackOptions:
    """What ``track`` is told."""

    source: Path
    requests: list[ObjectRequest]
    out: Path | None
    direction: Literal["both", "forward", "backward"]
    frames: range | None
    at_cut: Literal["go-on", "stop"]
    find: FindOptions
    where: FindInVideoOptions
    clean_up: CleanUpOptions
    models: ModelOptions


@dataclass(frozen=True)
class ResumeOptions:
    """What ``resume`` is told."""

    folder: Path
    source: Path | None
    at_cut: Literal["go-on", "stop"]
    models: ModelOptions


@dataclass(frozen=True)
class CorrectOptions:
    """What ``correct`` is told."""

    folder: Path
    object_id: int
    source: Path | None
    requests: list[ObjectRequest]
    models: ModelOptions


def _add_track(parser: Parser) -> None:
    parser.add_argument(
        "source", type=Path, help="video file, or images: a folder, shot/%%04d.png, shot/*.png, a .zip"
    )
    add_object_options(parser)
    add_find_options(parser)
    add_find_in_video_options(parser)
    add_out(parser, "folder for the project, the masks and the overlay (default: NAME-tracked)")
    parser.add_argument("--direction", choices=("both", "forward", "backward"), default="both")
    parser.add_argument(
        "--frames", type=parse_range, metavar="FIRST-LAST", help="in and out points: track these only"
    )
    add_at_cut(parser)
    add_clean_up_options(parser)
    add_model_options(parser)


def _track(namespace: argparse.Namespace) -> None:
    """Follow objects through a video, then write the masks and the overlay."""
    from track_anything.cli import steps

    options = typed(TrackOptions, namespace)
    out = options.out or steps.default_out(options.source, "-tracked")
    look = options.find.look(options.models.device) if options.find.is_wanted else None
    if look is None or not options.requests[0].is_untouched:
        steps.checked(options.requests)
    if options.where.find_every is not None and options.at_cut == "stop":
        raise InputError("--find-every looks on beyond cuts: leave it out, or --at-cut stop")
    with steps.new_folder(out) as hold:
        session = _begin(options, look, out / steps.PROJECT, hold)
    with session:
        if look is not None and options.where.find_every is not None:
            _find_more(session, look, options, out)
        steps.track_and_export(session, out, options.at_cut)


def _find_more(session: "Session", look: "Look", options: TrackOptions, out: Path) -> None:
    """Look again as the video goes on, and track who has come in, until there is no frame left to look on."""
    from track_anything.cli import steps

    step, frames = options.where.find_every or 1, session.project.state.chosen_range
    stop = session.project.frame_count if frames is None else frames.stop
    for frame in range(options.where.find_on + step, stop, step):
        steps.run_track(session, out)
        if new := find_on(session, look, frame):
            session.track(new, direction=options.direction)


def _begin(options: TrackOptions, look: "Look | None", folder: Path, hold: "Callable[[], None]") -> "Session":
    """A new session in which everything that was asked for is known and planned, but not yet tracked."""
    from functools import partial

    from track_anything.cli import steps
    from track_anything.cli.clean_up import clean_up_objects
    from track_anything.cli.console import frame_progress
    from track_anything.project.edits import SetRange
    from track_anything.session import Session
    from track_anything.tracking.plan import has_open_frames

    with frame_progress("reading") as progress:
        load = partial(steps.load_shown, options.models)
        session = Session.create(options.source, folder, load, progress=progress)
    hold()
    try:
        _report_losses(session)
        for request in options.requests:
            if look is None or not request.is_untouched:
                steps.give(session, session.add_object(request.name), request)
        if look is not None and not find_on(session, look, options.where.find_on):
            raise InputError(
                f"no {options.find.phrase} was found on frame {options.where.find_on}: look on another frame "
                "by --find-on N, or believe less by --least-score 0.1"
            )
        _report_cuts(session)
        if options.frames is not None:
            session.edit(SetRange(options.frames.start, options.frames.stop))
        clean_up_objects(session.project, session.project.state.objects, options.clean_up)
        if has_open_frames(session.project):
            session.track(session.project.state.objects, direction=options.direction)
    except BaseException:
        session.close()
        raise
    return session


def _report_losses(session: "Session") -> None:
    from track_anything.cli.console import errors

    facts = session.project.description.video
    if facts.losses.is_damage:
        errors.print(f"note: the video is damaged: {facts.losses}; the {facts.frame_count} others are used")
    elif facts.losses:
        errors.print(f"note: {facts.losses}")
    for note in facts.notes:
        errors.print(f"note: {note}")


def _report_cuts(session: "Session") -> None:
    from track_anything.cli.console import errors, frame_progress

    with frame_progress("looking for cuts") as progress:
        cuts = session.find_cuts(progress)
    if cuts:
        errors.print(f"note: another shot begins at frame {', '.join(map(str, cuts))}")


def _add_resume(parser: Parser) -> None:
    add_project(parser, "folder")
    add_at_cut(parser)
    add_model_options(parser)


def _resume(namespace: argparse.Namespace) -> None:
    """Go on with an interrupted track; in the folder of a ``track``, write its outputs as well."""
    from track_anything.cli import steps
    from track_anything.cli.console import output

    options = typed(ResumeOptions, namespace)
    with steps.open_session(options.folder, options.models, source=options.source) as session:
        told = {*session.project.notes}
        session.project.look_through()
        steps.tell_notes(session.project, told)
        if session.project.folder != options.folder:
            steps.track_and_export(session, options.folder, options.at_cut)
        elif steps.run_track(session, options.folder, options.at_cut):
            output.print(f"all frames of {options.folder} have their masks")


def _add_correct(parser: Parser) -> None:
    add_project(parser, "folder")
    parser.add_argument("--object-id", type=int, default=1, metavar="ID", help="which object (default: 1)")
    add_prompt_options(parser)
    add_model_options(parser)


def _correct(namespace: argparse.Namespace) -> None:
    """Say what an object is on one frame, and track again what that concerns."""
    from track_anything.cli import steps
    from track_anything.tracking.plan import has_open_frames

    options = typed(CorrectOptions, namespace)
    (request,) = steps.checked(options.requests, may_take_away=True)
    with steps.open_session(options.folder, options.models, source=options.source) as session:
        steps.give(session, options.object_id, request)
        if has_open_frames(session.project):
            session.track([options.object_id])
        if session.project.folder != options.folder:
            steps.track_and_export(session, options.folder)
        else:
            steps.run_track(session, options.folder)


COMMANDS = (
    Command("track", "follow objects through a video, from clicks to masks", _add_track, _track),
    Command("resume", "go on with an interrupted track, and mend what was damaged", _add_resume, _resume),
    Command(
        "correct",
        "say what an object is on one frame; the span around it is tracked again",
        _add_correct,
        _correct,
    ),
)
