"""``find-like``: what looks like an object of a project, and becomes objects of its own."""

import argparse
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from track_anything.cli.arguments import parse_share
from track_anything.cli.finding import FindInVideoOptions, add_find_in_video_options
from track_anything.cli.options import Command, ModelOptions, Parser, add_model_options, add_project, typed

if TYPE_CHECKING:
    from track_anything.prompting import Found
    from track_anything.session import Session


@dataclass(frozen=True)
class FindLikeOptions:
    """What ``find-like`` is told."""

    folder: Path
    source: Path | None
    object_id: list[int] | None
    unlike: list[int] | None
    example_frame: int | None
    where: FindInVideoOptions
    least_score: float | None
    take: list[int] | None
    picture: Path | None
    models: ModelOptions


def parse_places(text: str) -> list[int]:
    """``"1,3"`` as places of a list; ``"all"`` is an empty list; an argparse type."""
    if text.strip().lower() == "all":
        return []
    if not re.fullmatch(r"[1-9]\d{0,3}(,[1-9]\d{0,3})*", text):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be used: give all, or numbers like 1,3")
    return [int(part) for part in text.split(",")]


def _add_find_like(parser: Parser) -> None:
    add_project(parser, "folder")
    add = parser.add_argument
    add("--object-id", type=int, action="append", metavar="ID", help="the example (default: 1); repeatable")
    add("--unlike", type=int, action="append", metavar="ID", help="an object that is not meant; repeatable")
    add(
        "--example-frame",
        type=int,
        metavar="N",
        help="where examples have a mask (default: the first frame on which they are known)",
    )
    add_find_in_video_options(parser)
    add("--least-score", type=parse_share, metavar="SHARE", help="leave out what is less like it")
    add(
        "--take",
        type=parse_places,
        metavar="NUMBERS",
        help="make objects of these of the list and track them: 1,3, or all (default: show the list)",
    )
    add("--picture", type=Path, metavar="FILE", help="write the frame with what was found, as an image")
    add_model_options(parser)


def _find_like(namespace: argparse.Namespace) -> None:
    """List what looks like an object on a frame; make objects of what is taken, and track them."""
    from track_anything.cli import steps
    from track_anything.cli.console import output
    from track_anything.errors import InputError

    options = typed(FindLikeOptions, namespace)
    step = options.where.find_every
    if step is not None and options.take != []:
        raise InputError("--find-every looks on many frames: it needs --take all")
    with steps.open_session(options.folder, options.models, source=options.source) as session:
        found = _found(session, options, options.where.find_on)
        for place, one in enumerate(found, start=1):
            rows, columns = one.mask.nonzero()
            output.print(
                f"{place}: frame {one.frame}, score {one.score:.2f}, x {columns.min()} to {columns.max()}, "
                f"y {rows.min()} to {rows.max()}"
            )
        if not found:
            output.print(f"nothing else on frame {options.where.find_on} is like it")
        if options.picture is not None:
            _draw(session, options, found)
        if options.take is None:
            return
        new = session.finding.take(_chosen(found, options.take))
        last = session.project.frame_count if step is not None else 0
        for frame in range(options.where.find_on + (step or 1), last, step or 1):
            if new:
                session.track(new)
                steps.run_track(session, options.folder)
            new = session.finding.take(_found(session, options, frame))
            for each in new:
                name = session.project.state.objects[each]
                output.print(f"frame {frame}: object {each} is {name}")
        if new:
            session.track(new)
        if session.project.folder != options.folder:
            steps.track_and_export(session, options.folder)
        else:
            steps.run_track(session, options.folder)


def _found(session: "Session", options: FindLikeOptions, frame: int) -> "list[Found]":
    from track_anything.prompting.finding.scoring import LEAST_LIKENESS

    def marked(object_id: int) -> "Found":
        session.project.check_object(object_id)
        known = session.project.state.frames_known(object_id)
        place = options.example_frame if options.example_frame is not None else min(known, default=frame)
        return session.finding.marked(place, object_id)

    least = LEAST_LIKENESS if options.least_score is None else options.least_score
    examples = [marked(each) for each in options.object_id or [1]]
    return session.finding.like(frame, examples, [marked(each) for each in options.unlike or []], least=least)


def _chosen(found: "list[Found]", places: list[int]) -> "list[Found]":
    """What was found at places from 1 on; all of it where none is named."""
    from track_anything.errors import InputError

    missing = next((place for place in places if place > len(found)), None)
    if missing is not None:
        raise InputError(f"there is no number {missing} in the list: take 1 to {len(found)}, or all")
    return [found[place - 1] for place in dict.fromkeys(places)] if places else found


def _draw(session: "Session", options: FindLikeOptions, found: "list[Found]") -> None:
    from track_anything.cli.picture_files import Drawing
    from track_anything.errors import OutputError
    from track_anything.system.files import remedy

    drawing = Drawing(session.video.frame(options.where.find_on))
    for each in found:
        drawing.add(each.mask)
    try:
        drawing.write(options.picture or Path())
    except (OSError, ValueError) as error:
        why = remedy(error) if isinstance(error, OSError) else "end its name with .jpg or .png"
        raise OutputError(f"{options.picture} cannot be written: {why}") from error


COMMANDS = (Command("find-like", "what looks like an object, to become objects", _add_find_like, _find_like),)
