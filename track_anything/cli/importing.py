"""``import``: masks of other programs into a project."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from track_anything.cli.arguments import parse_pair
from track_anything.cli.options import Command, Parser, add_project, typed


@dataclass(frozen=True)
class ImportOptions:
    """What ``import`` is told."""

    project: Path
    source: Path | None
    masks: Path
    remap: list[tuple[int, int]]
    reading: Literal["labels", "binary", "soft", "alpha", "colours"] | None
    first_number: int | None
    join: bool
    check: bool


def _add_import(parser: Parser) -> None:
    from track_anything.masks.pixels import READINGS

    add_project(parser)
    parser.add_argument(
        "masks",
        type=Path,
        help="folder of pictures or of a folder for each object, data set, .zip, .npy, COCO .json, or video",
    )
    parser.add_argument(
        "--remap", type=parse_pair, nargs="+", default=[], metavar="THEIRS:OURS", help="which object is which"
    )
    parser.add_argument(
        "--as",
        dest="reading",
        choices=READINGS,
        help="what pixels mean (default: as they look, which is said first)",
    )
    parser.add_argument(
        "--first-number",
        type=int,
        metavar="N",
        help="the number in the names that is frame 0 (default: frames are told by names, then by order)",
    )
    parser.add_argument(
        "--join", action="store_true", help="several masks of one category on a frame are one object"
    )
    parser.add_argument("--check", action="store_true", help="say what would be done, and do nothing")


def _import(namespace: argparse.Namespace) -> None:
    """Make masks of other programs known in a project, as one step to undo."""
    from contextlib import suppress

    from track_anything.cli import steps
    from track_anything.cli.console import output, run_job
    from track_anything.errors import VideoError
    from track_anything.importing import HowToRead, Import
    from track_anything.project import Project
    from track_anything.system.lifecycle import Job

    options = typed(ImportOptions, namespace)
    with Project(steps.project_in(options.project)) as project:
        steps.tell_notes(project)
        with suppress(*() if options.source else (VideoError,)):  # it is asked for the names of images alone
            project.locate_source(options.source)
        how = HowToRead(options.reading, options.first_number, options.join)
        masks = Import(project, options.masks, dict(options.remap), how)
        for line in masks.inspection.lines:
            output.print(line)
        if options.check:
            return
        run_job(Job(masks, len(masks), "importing"))
        names = ", ".join(f"{object_id} ({name})" for object_id, name in project.state.objects.items())
        output.print(f"{len(masks)} frames are known now; the objects are {names}")


COMMANDS = (Command("import", "make masks of other programs known in a project", _add_import, _import),)
