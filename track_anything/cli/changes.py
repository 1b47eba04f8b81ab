"""``accept`` and ``reject``: what the newest tracking changed, kept or put back."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from track_anything.cli.arguments import parse_range
from track_anything.cli.options import Command, Parser, add_project, typed


@dataclass(frozen=True)
class VerdictOptions:
    """What ``accept`` and ``reject`` are told."""

    project: Path
    source: Path | None
    objects: list[int] | None
    frames: range | None


def _add_verdict(parser: Parser) -> None:
    add_project(parser)
    parser.add_argument(
        "--object-id",
        dest="objects",
        type=int,
        action="append",
        metavar="ID",
        help="of which object; may be repeated (default: all)",
    )
    parser.add_argument(
        "--frames", type=parse_range, metavar="FIRST-LAST", help="on which frames (default: all that changed)"
    )


def _accept(namespace: argparse.Namespace) -> None:
    """Say that what the newest tracking changed is right."""
    _judge(typed(VerdictOptions, namespace), is_right=True)


def _reject(namespace: argparse.Namespace) -> None:
    """Put back the masks from before the newest tracking."""
    _judge(typed(VerdictOptions, namespace), is_right=False)


def _judge(options: VerdictOptions, *, is_right: bool) -> None:
    from track_anything.cli import steps
    from track_anything.cli.console import output

    with steps.open_session(options.project, source=options.source, needs_video=False) as session:
        for object_id in options.objects or ():
            session.project.check_object(object_id)
        judge = session.track_changes.accept if is_right else session.track_changes.reject
        for verdict in judge(objects=options.objects, frames=options.frames):
            done = "kept" if is_right else "put back as before"
            name = session.project.state.objects[verdict.object_id]
            frames = _shown(verdict.start, verdict.stop)
            output.print(f"object {verdict.object_id} ({name}), {frames}: {done}")


def _shown(start: int, stop: int) -> str:
    return f"frame {start}" if stop - start == 1 else f"frames {start} to {stop - 1}"


COMMANDS = (
    Command(
        "accept", "keep what the newest tracking changed; status --changes lists it", _add_verdict, _accept
    ),
    Command("reject", "put back the masks from before the newest tracking", _add_verdict, _reject),
)
