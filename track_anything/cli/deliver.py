"""``export``, ``clean-up``, ``inpaint`` and ``shadow``: what is made of the masks of a project."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from track_anything.cli.arguments import parse_colour, parse_frames, parse_range
from track_anything.cli.options import (
    CleanUpOptions,
    Command,
    Parser,
    add_clean_up_options,
    add_project,
    typed,
)

_FRAMES = "these frames alone, or all (default: between the in and out points, all without them)"


@dataclass(frozen=True)
class ExportOptions:
    """What ``export`` is told."""

    project: Path
    source: Path | None
    format: str
    output: Path
    objects: list[int] | None
    frames: range | Literal["all"] | None
    matte: str | None
    band: float | None
    background: tuple[int, int, int] | None
    edge_colours: str | None
    handles: int
    start_number: int | None
    padding: int
    name: str
    overwrite: bool


@dataclass(frozen=True)
class CleanOptions:
    """What ``clean-up`` is told."""

    project: Path
    objects: list[int] | None
    clean_up: CleanUpOptions


@dataclass(frozen=True)
class InpaintOptions:
    """What ``inpaint`` is told."""

    project: Path
    source: Path | None
    output: Path
    objects: list[int] | None
    frames: range | Literal["all"] | None
    dilation: int
    feather: int
    unseen: str
    flow: str
    weights: Path | None
    keep_shadows: bool
    overwrite: bool


@dataclass(frozen=True)
class ShadowOptions:
    """What ``shadow`` is told."""

    project: Path
    source: Path | None
    object_id: int
    frames: range | None


def _add_export(parser: Parser) -> None:
    from track_anything.export import EXPORTERS
    from track_anything.matting.build import MATTERS
    from track_anything.matting.edge_colours import EDGE_COLOURS

    add_project(parser)
    parser.add_argument("--format", required=True, metavar="FORM", help=f"one of {', '.join(EXPORTERS)}")
    parser.add_argument(
        "--output", type=Path, required=True, help="folder, or file with the suffix of the form"
    )
    parser.add_argument("--objects", type=int, nargs="+", metavar="ID", help="these objects alone")
    parser.add_argument("--frames", "--range", type=parse_frames, metavar="FIRST-LAST", help=_FRAMES)
    parser.add_argument(
        "--matte", metavar="METHOD", help=f"seek alpha along outlines: one of {', '.join(MATTERS)}"
    )
    parser.add_argument(
        "--band", type=float, metavar="PIXELS", help="how wide along outlines (default: as the project says)"
    )
    parser.add_argument(
        "--background",
        type=parse_colour,
        metavar="RRGGBB",
        help="the colour behind the objects, for the form foreground (default: 00b140, green)",
    )
    parser.add_argument(
        "--edge-colours",
        metavar="HOW",
        help=f"along edges: one of {', '.join(EDGE_COLOURS)} (default: own with --matte, else picture)",
    )
    parser.add_argument(
        "--handles",
        type=int,
        default=0,
        metavar="N",
        help="frames more before and after (default: 0)",
    )
    parser.add_argument(
        "--start-number",
        type=int,
        metavar="N",
        help="of the first file, such as 1001 (default: the frame's own)",
    )
    parser.add_argument("--padding", type=int, default=5, metavar="N", help="digits of a number (default: 5)")
    parser.add_argument(
        "--name",
        default="",
        metavar="TEMPLATE",
        help="of the frames' files: {project}, {object}, {form} and {frame}, / for folders",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace what is there")


def _export(namespace: argparse.Namespace) -> None:
    """Write the masks of a project in one format; the project is not changed."""
    from track_anything.cli import steps
    from track_anything.export import Extract, Naming
    from track_anything.export.build import needs_pictures
    from track_anything.matting import Matting

    options = typed(ExportOptions, namespace)
    is_matte = options.matte is not None or options.band is not None
    needs_video = needs_pictures(options.format, has_matte=is_matte)
    with steps.open_session(
        options.project, source=options.source, read_only=True, needs_video=needs_video
    ) as session:
        matting = Matting(options.matte or Matting.method, options.band) if is_matte else None
        frames = steps.bounds(options.frames)
        extract = Extract(
            options.objects, frames, matting, options.background, options.handles,
            Naming(options.start_number, options.padding, options.name), options.edge_colours,
        )  # fmt: skip
        told = {*session.project.notes}
        export = session.export(options.format, options.output, overwrite=options.overwrite, extract=extract)
        steps.hand_out(export, f"writing {options.format}")
        steps.tell_notes(session.project, told)
    steps.tell_written(options.output)


def _add_clean_up(parser: Parser) -> None:
    parser.add_argument("project", type=Path, help="what --out of track was, or a project")
    parser.add_argument("--objects", type=int, nargs="+", metavar="ID", help="these objects alone")
    add_clean_up_options(parser)


def _clean_up(namespace: argparse.Namespace) -> None:
    """Say how masks are cleaned wherever they are shown or handed out, as one step to undo."""
    from track_anything.cli import steps
    from track_anything.cli.clean_up import clean_up_objects, show_clean_up
    from track_anything.project import Project

    options = typed(CleanOptions, namespace)
    with Project(steps.project_in(options.project)) as project:
        chosen = sorted(options.objects or project.state.objects)
        clean_up_objects(project, chosen, options.clean_up)
        show_clean_up(project, chosen)


def _add_inpaint(parser: Parser) -> None:
    from track_anything.inpaint import STILL_METHODS
    from track_anything.models import FLOW_METHODS

    add_project(parser)
    parser.add_argument(
        "--output", type=Path, required=True, help=".mp4, lossless .mkv, or a folder of PNG files"
    )
    parser.add_argument("--objects", type=int, nargs="+", metavar="ID", help="these alone (default: all)")
    parser.add_argument("--frames", type=parse_frames, metavar="FIRST-LAST", help=_FRAMES)
    parser.add_argument(
        "--dilation", type=int, default=6, metavar="PIXELS", help="by which the hole exceeds the mask (6)"
    )
    parser.add_argument(
        "--feather", type=int, default=3, metavar="PIXELS", help="over which it fades beyond that (3)"
    )
    parser.add_argument(
        "--unseen",
        default="telea",
        metavar="METHOD",
        help=f"for what no frame shows: {', '.join(STILL_METHODS)} (telea)",
    )
    parser.add_argument(
        "--flow",
        default="dis",
        metavar="METHOD",
        help=f"what finds motion: {', '.join(FLOW_METHODS)} (dis)",
    )
    parser.add_argument("--weights", type=Path, metavar="FILE", help="raft-things.pth (fetched when needed)")
    parser.add_argument(
        "--keep-shadows", action="store_true", help="leave what goes with the objects in the picture"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace what is there")


def _inpaint(namespace: argparse.Namespace) -> None:
    """Remove objects from the picture."""
    from track_anything.cli import steps
    from track_anything.cli.console import byte_progress, told_when_stopped
    from track_anything.export import Extract
    from track_anything.inpaint import FlowInpainter, HoleShape
    from track_anything.models import load_flow_method

    options = typed(InpaintOptions, namespace)
    with byte_progress("fetching weights") as progress:
        motion = load_flow_method(options.flow, weights=options.weights, progress=progress)
    inpainter = FlowInpainter(HoleShape(options.dilation, options.feather), options.unseen, motion=motion)
    with steps.open_session(options.project, source=options.source, read_only=True) as session:
        told = {*session.project.notes}
        removal = session.remove_objects(
            options.output,
            inpainter,
            extract=Extract(options.objects, steps.bounds(options.frames)),
            overwrite=options.overwrite,
            with_shadows=not options.keep_shadows,
        )
        with told_when_stopped(lambda: "stopped; the same command goes on with what was not filled yet"):
            steps.hand_out(removal, "removing")
        steps.tell_notes(session.project, told)
    steps.tell_written(options.output)


def _add_shadow(parser: Parser) -> None:
    add_project(parser)
    parser.add_argument("--object-id", type=int, default=1, metavar="ID", help="whose (default: 1)")
    parser.add_argument("--frames", type=parse_range, metavar="FIRST-LAST", help="on these frames alone")


def _shadow(namespace: argparse.Namespace) -> None:
    """Suggest the shadow of an object as one that goes with it, as one step to undo."""
    from track_anything.cli import steps
    from track_anything.cli.console import output, run_job
    from track_anything.system.lifecycle import Job

    options = typed(ShadowOptions, namespace)
    with steps.open_session(options.project, source=options.source) as session:
        project = session.project
        suggestion = session.suggest_shadows(object_id=options.object_id, frames=options.frames)
        run_job(Job(suggestion, len(suggestion), "looking for shadows"))
        (shadow,) = project.state.going_with({options.object_id})
        name = project.state.objects[shadow]
        output.print(f"object {shadow} ({name}) holds what was found: look at it before you remove it")
        output.print(f"inpaint removes it with object {options.object_id}")


COMMANDS = (
    Command("export", "write the masks of a project in a form other tools read", _add_export, _export),
    Command(
        "clean-up", "fill holes, remove islands, grow or smooth masks; undoable", _add_clean_up, _clean_up
    ),
    Command("inpaint", "remove objects from the picture and fill the hole", _add_inpaint, _inpaint),
    Command(
        "shadow",
        "suggest the shadow or reflection of an object, as one that goes with it",
        _add_shadow,
        _shadow,
    ),
)
