"""Who may have another project open, and whose is closed for it."""

import time
from collections import Counter
from collections.abc import Collection, Iterable

from track_anything.ui.limits import LimitError, Limits
from track_anything.ui.open_project import OpenProject

_IN_USE = 5.0  # seconds since somebody asked for it in which a project counts as looked at


def seconds_unused(project: OpenProject) -> float:
    """How long ago somebody asked for a project."""
    return time.monotonic() - project.last_asked


def seat_to_free(
    projects: Collection[OpenProject], ending: int, limits: Limits, visitor: str | None
) -> OpenProject | None:
    """The project to close before a visitor may have another one open; None when there is a seat.

    That is the one which was used least lately, if it has no work to do. Who has as many as one may have
    gives up one of his own; who has fewer than others takes one of theirs.

    Args:
        projects: that are open.
        ending: projects that are not open any more but still at work.
        limits: how many there may be.
        visitor: who asks; None = who started the server.

    Raises:
        LimitError: all of them are in use or at work.
    """
    held = Counter(project.visitor for project in projects)
    own = [project for project in projects if project.visitor == visitor]
    taken = len(projects) + ending
    if visitor is not None and len(own) >= limits.seats_of_one:
        cause = f"you have {len(own)} projects in use, as many as one visitor may have here"
        return _least_used(_unused(own), cause)
    if taken < limits.open_projects:
        return None
    most = max(held.values(), default=0)
    others = [project for project in projects if held[project.visitor] == most > len(own) + 1]
    cause = f"{taken} projects are in use, as many as this server serves at a time"
    return _least_used(_unused(projects) or others, cause)


def _least_used(projects: Iterable[OpenProject], cause: str) -> OpenProject:
    idle = [project for project in projects if not project.is_busy]
    if not idle:
        raise LimitError(f"{cause}: try again later, or start it with a higher --open-limit")
    return max(idle, key=seconds_unused)


def _unused(projects: Iterable[OpenProject]) -> list[OpenProject]:
    return [project for project in projects if seconds_unused(project) > _IN_USE and not project.is_busy]
