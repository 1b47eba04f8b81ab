"""``info``, ``status`` and ``recover``: what there is, how far it can be trusted, and what is left of it."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from track_anything.cli.options import Command, Parser, add_project, add_source, typed

if TYPE_CHECKING:
    from track_anything.project import Project


@dataclass(frozen=True)
class InfoOptions:
    """What ``info`` is told."""

    path: Path | None
    source: Path | None


@dataclass(frozen=True)
class StatusOptions:
    """What ``status`` is told."""

    project: Path
    source: Path | None
    frames: int
    changes: bool


@dataclass(frozen=True)
class RecoverOptions:
    """What ``recover`` is told."""

    project: Path


def _add_info(parser: Parser) -> None:
    parser.add_argument(
        "path",
        type=Path,
        nargs="?",
        help="a video, images, what --out of track was, or a project; without one: how networks run here",
    )
    add_source(parser)


def _info(namespace: argparse.Namespace) -> None:
    """Describe a video, a project, or how networks run on this machine."""
    from track_anything.cli import steps
    from track_anything.cli.console import output
    from track_anything.project import is_project
    from track_anything.video import open_video

    options = typed(InfoOptions, namespace)
    if options.path is None:
        _describe_machine()
        return
    folder = steps.project_in(options.path)
    if is_project(folder):
        _describe_project(_opened(folder, options.source))
        return
    with open_video(options.path) as video:
        facts = video.info
        output.print(f"{options.path}: {facts.frame_count} frames of {facts.width} x {facts.height}")
        output.print(f"{float(facts.average_rate):.3f} frames per second, {float(facts.duration):.2f} s")
        output.print(
            f"{'with' if facts.has_audio else 'no'} sound; rotation {facts.rotation}"
            f"{', mirrored' if facts.is_mirrored else ''}; {facts.losses}"
        )
        for note in facts.notes:
            output.print(f"note: {note}")


def _add_status(parser: Parser) -> None:
    add_project(parser)
    parser.add_argument("--frames", type=int, default=10, metavar="N", help="how many (default: 10)")
    parser.add_argument(
        "--changes",
        action="store_true",
        help="what the newest tracking changed of masks that were there before, in stretches, worst first",
    )


def _status(namespace: argparse.Namespace) -> None:
    """Show how far the masks of a project can be trusted, worst frames first."""
    from track_anything.cli import steps
    from track_anything.cli.status import show_changes, show_status

    options = typed(StatusOptions, namespace)
    project = _opened(steps.project_in(options.project), options.source)
    if options.changes:
        show_changes(project)
    else:
        show_status(project, options.frames)


def _add_recover(parser: Parser) -> None:
    parser.add_argument("project", type=Path, help="what --out of track was, or a project")


def _recover(namespace: argparse.Namespace) -> None:
    """Keep the edits before the damage in a journal; a copy of the journal as it was stays beside it."""
    from track_anything.cli import steps
    from track_anything.cli.console import output
    from track_anything.project.lock import lock_project
    from track_anything.project.recovery import recover

    folder = steps.project_in(typed(RecoverOptions, namespace).project)
    lock = lock_project(folder)
    try:
        kept, lost, copy = recover(folder)
    finally:
        lock.release()
    if copy is None:
        output.print(f"nothing is wrong with the journal of {folder}: {kept} lines")
    else:
        output.print(f"kept {kept} lines of the journal, left out {lost}; as it was it is kept as {copy}")


def _opened(folder: Path, source: Path | None) -> "Project":
    """A project to be looked at; where its video is now is remembered."""
    from track_anything.cli import steps
    from track_anything.project import Project

    project = Project(folder, read_only=True)
    if source is not None:
        project.locate_source(source)
    steps.tell_notes(project)
    return project


def _describe_project(project: "Project") -> None:
    from track_anything.cli.console import output

    facts = project.description.video
    output.print(f"{project.folder}: a project on {project.description.source}")
    output.print(f"{facts.frame_count} frames of {facts.width} x {facts.height}; {facts.losses}")
    for object_id, name in project.state.objects.items():
        frames = sorted(project.state.frames_known(object_id))
        output.print(f"object {object_id} ({name}): known on frames {', '.join(map(str, frames)) or 'none'}")
    for number, edit in project.state.passes.items():
        left = len(project.frames_left(number))
        records = project.pass_records(number).values()
        firings = [firing for record in records for firing in record.get("firings", ())]
        accepted = sum(firing["accepted"] for firing in firings)
        output.print(
            f"pass {number}: frames {edit.start} to {edit.stop - edit.step}, {left} left; "
            f"refined {accepted} of {len(firings)} times asked{_found_by(project.origins(number))}"
        )


def _found_by(origins: list[dict[str, str]]) -> str:
    """What a pass was computed by, for the end of a line."""
    told = " and ".join(
        f"{origin['tracker'] or 'a tracker'} by {origin['engine']} in {origin['precision']}"
        for origin in origins
    )
    return f"; {told}" if told else ""


def _describe_machine() -> None:
    """How networks run here when nothing else is asked for."""
    from track_anything.cli.console import output
    from track_anything.models import resolve_runtime

    runtime = resolve_runtime()
    output.print(
        f"networks run on {runtime.device} by {runtime.engine_name} in {runtime.precision} unless --device, "
        "--engine or --precision say otherwise"
    )


COMMANDS = (
    Command("info", "what a video or a project holds, and how networks run here", _add_info, _info),
    Command("status", "how far each mask can be trusted, worst frames first", _add_status, _status),
    Command("recover", "keep what is before the damage in a project's journal", _add_recover, _recover),
)
