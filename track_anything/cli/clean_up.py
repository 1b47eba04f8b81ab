"""Cleaning masks from the command line."""

from collections.abc import Iterable
from dataclasses import asdict, replace

from track_anything.cli.console import output
from track_anything.cli.options import CleanUpOptions
from track_anything.project import Project
from track_anything.project.clean_up import CleanUp
from track_anything.project.edits import SetCleanUp
from track_anything.types import ObjectId


def clean_up_objects(project: Project, object_ids: Iterable[ObjectId], options: CleanUpOptions) -> bool:
    """Change what was asked for of the clean-up of some objects, as one step; returns whether anything was.

    Raises:
        InputError: there is no such object, or a value is out of range.
    """
    asked = {name: value for name, value in asdict(options).items() if value is not None}
    chosen = list(object_ids)
    for object_id in chosen:
        project.check_object(object_id)
    if asked:
        with project.one_step():
            for object_id in chosen:
                clean_up = replace(project.state.clean_ups.get(object_id, CleanUp()), **asked)
                values = (clean_up.holes, clean_up.islands, clean_up.smooth, clean_up.grow)
                project.edit(SetCleanUp(object_id, *values))
    return bool(asked)


def show_clean_up(project: Project, object_ids: Iterable[ObjectId]) -> None:
    """A line per object that says how its masks are cleaned."""
    for object_id in object_ids:
        clean_up = project.state.clean_ups.get(object_id, CleanUp())
        done = (
            f"holes up to {clean_up.holes} and islands up to {clean_up.islands} pixels go, outlines are "
            f"smoothed by {clean_up.smooth:g} and grow by {clean_up.grow:g} pixels"
        )
        told = "masks are shown as they are" if clean_up.is_nothing else done
        output.print(f"object {object_id} ({project.state.objects[object_id]}): {told}")
