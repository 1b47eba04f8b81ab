"""``absent``: frames on which an object is not in the picture."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from track_anything.cli.arguments import parse_range
from track_anything.cli.options import Command, Parser, add_project, typed


@dataclass(frozen=True)
class AbsentOptions:
    """What ``absent`` is told."""

    project: Path
    source: Path | None
    object_id: int
    frames: range


def _add_absent(parser: Parser) -> None:
    add_project(parser)
    parser.add_argument("--object-id", type=int, default=1, metavar="ID", help="which object (default: 1)")
    parser.add_argument(
        "--frames",
        type=parse_range,
        metavar="FIRST-LAST",
        required=True,
        help="where it is not in the picture",
    )


def _absent(namespace: argparse.Namespace) -> None:
    """Say that an object is not in the picture on some frames; tracking keeps to that."""
    from track_anything.cli import steps
    from track_anything.cli.console import output
    from track_anything.project.edits import Clear

    options = typed(AbsentOptions, namespace)
    frames = options.frames
    with steps.open_session(options.project, source=options.source, needs_video=False) as session:
        session.edit(Clear(options.object_id, frames.start, frames.stop))
        name = session.project.state.objects[options.object_id]
        output.print(f"object {options.object_id} ({name}) is absent: {frames.start} to {frames[-1]}")


COMMANDS = (
    Command("absent", "say that an object is not in the picture on some frames", _add_absent, _absent),
)
