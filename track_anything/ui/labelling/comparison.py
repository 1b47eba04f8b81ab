"""How far the labellers of a collection agree, compared in the background."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from track_anything.collection.desk import Collection
from track_anything.collection.desk.handing_out import agreement
from track_anything.collection.evaluation import Evaluation, ObjectScore
from track_anything.errors import InputError
from track_anything.project import Project
from track_anything.system.lifecycle import Job
from track_anything.ui.task import NotReadyError
from track_anything.ui.wire import json_safe

_MOST = 200  # objects that are told, those of least agreement first


class Comparison:
    """J and F of one labeller's masks against another's, see ``agreement``.

    Args:
        collection: the videos with the projects of one labeller.
        other: the same with those of another one; None = there is none.
    """

    def __init__(self, collection: Collection, other: Collection | None) -> None:
        self._collection = collection
        self._other = other
        self._job: Job | None = None
        self._scores: dict[str, Any] = {}
        self._notes: tuple[str, ...] = ()

    def begin(self) -> None:
        """Begin to compare what there is now.

        Raises:
            InputError: there is nobody to compare with.
            NotReadyError: it is being compared already.
        """
        if self._other is None:
            raise InputError("there is no other labeller here: start the server with --other FOLDER")
        if self._job is not None and not self._job.has_ended:
            raise NotReadyError("the two are being compared already: wait for it")
        self._scores, self._notes = {}, ()
        self._job = Job(self._work(self._other), total=0, name="comparison").start()

    def describe(self) -> dict[str, Any] | None:
        """With whom, and what the newest one has found, as JSON values; None without another labeller."""
        if self._other is None:
            return None
        job = self._job
        error = job.error if job is not None else None
        return {
            "other": json_safe(self._other.folder.name),
            "status": job.progress.status.value if job is not None else None,
            "error": str(error) if error is not None else None,
            "scores": self._scores or None,
            "notes": list(self._notes),
        }

    def wait(self, seconds: float) -> bool:
        """Whether nothing is being compared any more after at most so many seconds."""
        return self._job is None or self._job.wait(seconds)

    def _work(self, other: Collection) -> Iterator[None]:
        found = agreement(self._collection, other)
        yield
        self._scores, self._notes = self._told(found), found.notes

    def _told(self, found: Evaluation) -> dict[str, Any]:
        objects = sorted(found.objects, key=lambda each: each.j_and_f)[:_MOST]
        first = {name: self._first_frame(name) for name in {each.video for each in objects}}
        return {
            "j": round(found.j, 3),
            "f": round(found.f, 3),
            "count": len(found.objects),
            "objects": [_row(each, first[each.video]) for each in objects],
        }

    def _first_frame(self, name: str) -> int:
        """The frame that scores of a video begin with."""
        with Project(self._collection.video(name).project, read_only=True) as project:
            chosen = project.state.chosen_range
        return chosen.start if chosen is not None else 0


def _row(score: ObjectScore, first: int) -> dict[str, Any]:
    """An object of this labeller, with the frame on which the two agree least."""
    return {
        "video": score.video,
        "object_id": score.object_id,
        "name": score.name,
        "frame": first + int(np.argmin(np.add(score.region, score.boundary))),
        "j": round(score.j, 3),
        "f": round(score.f, 3),
    }
