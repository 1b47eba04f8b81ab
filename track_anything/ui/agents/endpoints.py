"""The deeds that scripts and agents can ask for by name, each with the id and the token of a project."""

import base64
import io
import re
from typing import Any, Literal

import numpy as np
import PIL.Image

from track_anything.errors import InputError, unknown
from track_anything.export import Extract, Naming
from track_anything.matting import Matting
from track_anything.project.edits import Clear
from track_anything.tracking import AtCut, Direction
from track_anything.types import FrameIndex, Mask, ObjectId
from track_anything.ui import places
from track_anything.ui.agents.answers import doubtful_frame, picture_of, standing_of
from track_anything.ui.containment import contained
from track_anything.ui.desk import COOKIE_PREFIX, Desk
from track_anything.ui.exports import exported_files
from track_anything.ui.open_project import OpenProject

ENDPOINTS = (
    "places", "open", "status", "add_object", "click", "box", "mask", "absent", "picture", "track", "cancel",
    "frames_to_fix", "correct", "undo", "export", "download",
)  # fmt: skip
"""The names of all deeds."""

_LINK = re.compile(r"(?:https?://[^/]+)?/?open/([0-9a-f]+)/([\w-]+)")
_MOST_SECONDS = 60.0
_MOST_PICTURES = 20


class Endpoints:
    """What one visitor can ask for. Answers are JSON values; no call waits for a job, but ``status`` can.

    Every deed but ``open`` and ``places`` takes the ``project`` and the ``token`` that ``open`` gave; without
    them, nobody learns whether there is such a project.

    Args:
        desk: the open projects.
        visitor: who asks; None = who started the program.
        is_local: whether who asks runs on this machine and may be told where files lie.
    """

    def __init__(self, desk: Desk, visitor: str | None = None, *, is_local: bool = False) -> None:
        self._desk = desk
        self._visitor = visitor
        self._is_local = is_local

    def places(self, folder: str = "") -> dict[str, Any]:
        """List what can be opened in a folder; without one, the folders to begin with."""
        found = places.listed(folder, self._desk.roots)
        return {"places": [{"path": place.path, "kind": place.kind} for place in found]}

    def open(self, path: str = "") -> dict[str, Any]:
        """Open a video, image folder or project by its path as `places` lists it; empty = the sample clip.

        A link that the editor printed opens the project that a person has open. Keep `project` and `token`:
        all other calls take them. `watch` is a link for a person to see the project in the editor. Reading a
        video takes a while: ask `status`.
        """
        if (link := _LINK.fullmatch(path)) is not None:
            token = self._desk.follow(link[1], link[2], {})
            if token is None:
                raise InputError("this link is not valid: use the one that the server printed last")
            project_id = link[1]
        elif path:
            entry, token = self._desk.open_path(places.find(path, self._desk.roots), self._visitor)
            project_id = entry.id
        else:
            entry, token = self._desk.open_sample(self._visitor)
            project_id = entry.id
        watch = {} if self._is_local else {"watch": f"/{self._desk.links.issue(project_id).lstrip('/')}"}
        return {"project": project_id, "token": token, **watch}

    def status(self, project: str, token: str, wait: float = 0) -> dict[str, Any]:
        """Tell the video, the objects, the job and what was exported.

        Args:
            project: id.
            token: of the project.
            wait: seconds to wait at most for the job to end, 0 to 60.
        """
        opened = self._find(project, token)
        if opened.job is not None and wait > 0:
            opened.job.wait(min(wait, _MOST_SECONDS))
        return standing_of(opened)

    def add_object(self, project: str, token: str, name: str = "") -> dict[str, Any]:
        """Add an object to follow; click it next."""
        opened = self._find(project, token)
        with opened.changing(None, about := set[ObjectId]()):
            object_id = opened.session.add_object(name or None)
            about.add(object_id)
        return {"object_id": object_id}

    def click(
        self,
        project: str,
        token: str,
        frame: FrameIndex,
        x: float,
        y: float,
        object_id: ObjectId | None = None,
        positive: bool = True,
    ) -> dict[str, Any]:
        """Click a pixel of a frame: it belongs to the object, or (positive = false) does not.

        Pixels and frames count from 0. Without an object a new one is made.
        """
        opened = self._find(project, token)
        with opened.changing(None, about := set[ObjectId]()):
            said = opened.session.prompting.click(frame, object_id, x, y, positive=positive)
            about.add(said.object_id)
        return picture_of(opened, frame) | {"object_id": said.object_id}

    def box(
        self,
        project: str,
        token: str,
        frame: FrameIndex,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        object_id: ObjectId | None = None,
    ) -> dict[str, Any]:
        """Say that an object fills a box on a frame, in pixels; without an object a new one is made."""
        opened = self._find(project, token)
        with opened.changing(None, about := set[ObjectId]()):
            said = opened.session.prompting.box(frame, object_id, (x0, y0, x1, y1))
            about.add(said.object_id)
        return picture_of(opened, frame) | {"object_id": said.object_id}

    def mask(
        self, project: str, token: str, frame: FrameIndex, object_id: ObjectId, png: str
    ) -> dict[str, Any]:
        """Give the whole mask of an object on a frame: a PNG of the frame's size as base64, white = it."""
        opened = self._find(project, token)
        with opened.changing(None, {object_id}):
            mask = _mask_in(png, opened.session.project.size)
            opened.session.give_mask(frame=frame, object_id=object_id, mask=mask)
        return picture_of(opened, frame) | {"object_id": object_id}

    def absent(
        self, project: str, token: str, object_id: ObjectId, start: FrameIndex, stop: FrameIndex
    ) -> dict[str, Any]:
        """Say that an object is not in the picture from frame `start` up to, not including, `stop`."""
        self._find(project, token).edit(Clear(object_id, start, stop))
        return {"object_id": object_id, "start": start, "stop": stop}

    def picture(
        self, project: str, token: str, frame: FrameIndex, masks: bool = True, height: int = 0
    ) -> dict[str, Any]:
        """Show a frame as a JPEG in base64, with the masks tinted over it; 0 = at the video's height."""
        return picture_of(self._find(project, token), frame, masks=masks, height=height)

    def track(
        self,
        project: str,
        token: str,
        objects: list[ObjectId] | None = None,
        direction: Direction = "both",
        at_cut: AtCut = "go-on",
    ) -> dict[str, Any]:
        """Begin to carry the known masks to all frames; ask `status` how far it is.

        Where another shot begins tracking goes on, believing only what looks like the object, or stops.
        """
        opened = self._find(project, token)
        opened.track(objects, direction, at_cut=at_cut)
        return {"job": opened.describe_job()}

    def cancel(self, project: str, token: str) -> dict[str, Any]:
        """End the job after the frame in hand; what was done is kept."""
        opened = self._find(project, token)
        if opened.job is None or not opened.is_busy:
            raise InputError("no job is running")
        opened.job.cancel()
        return {"job": opened.describe_job()}

    def frames_to_fix(self, project: str, token: str, most: int = 3, pictures: bool = True) -> dict[str, Any]:
        """List the frames in doubt with the object to look at, the one first that helps most when corrected.

        An empty list says that all masks can be trusted. Look at the picture and `correct` what is wrong.
        """
        opened = self._find(project, token)
        found = opened.session.frames_in_doubt()
        shown = found[: min(max(most, 0), _MOST_PICTURES)]
        return {
            "count": len(found),
            "frames": [doubtful_frame(opened, frame, o, is_shown=pictures) for frame, o in shown],
        }

    def correct(
        self,
        project: str,
        token: str,
        frame: FrameIndex,
        object_id: ObjectId,
        x: float,
        y: float,
        positive: bool = True,
    ) -> dict[str, Any]:
        """Mend a mask by a click on what is missing, or (positive = false) too much, and track on from it."""
        opened = self._find(project, token)
        opened.check_idle()
        answer = self.click(project, token, frame, x, y, object_id, positive)
        opened.track([object_id], "both")
        return answer | {"job": opened.describe_job()}

    def undo(self, project: str, token: str) -> dict[str, Any]:
        """Take back the last step."""
        opened = self._find(project, token)
        opened.undo()
        return standing_of(opened)

    def export(
        self,
        project: str,
        token: str,
        form: str = "masks",
        objects: list[ObjectId] | None = None,
        frames: list[FrameIndex] | Literal["all"] | None = None,
        matte: str | None = None,
        handles: int = 0,
        start_number: int | None = None,
        name: str = "",
    ) -> dict[str, Any]:
        """Begin to export masks; `status` names the file when it is there, then `download` it.

        Args:
            project: id.
            token: of the project.
            form: what it is made as, such as masks, rgba, coco, overlay, prores.
            objects: which; none = all.
            frames: the first and the one after the last, or "all"; none = between the in and out points.
            matte: how soft edges are sought, such as closed-form; none = they are not.
            handles: frames more on both sides, as far as the video has them.
            start_number: of the first file, such as 1001; none = frames count as the video does.
            name: of the files of frames, with {project}, {object}, {form}, {frame}; empty = the form's own.
        """
        if isinstance(frames, list) and len(frames) != 2:
            raise InputError(f'{frames} are no frames: give [first, the one after the last], or "all"')
        chosen = (frames[0], frames[1]) if isinstance(frames, list) else frames
        opened = self._find(project, token)
        matting, naming = Matting(matte) if matte else None, Naming(start_number, template=name)
        opened.export(form, Extract(objects, chosen, matting, handles=handles, naming=naming))
        return {"job": opened.describe_job()}

    def download(self, project: str, token: str, name: str) -> dict[str, Any]:
        """Tell where an exported file can be had: by its address with the token as a cookie, or on disk."""
        opened = self._find(project, token)
        names = [path.name for path in exported_files(opened.entry)]
        if name not in names:
            raise unknown("export", name, names or ["none: export first"])
        path = contained(opened.entry.exports / name, [opened.entry.exports])
        told: dict[str, Any] = {"name": name, "bytes": path.stat().st_size}
        if self._is_local:
            return told | {"path": str(path)}
        url = f"/api/projects/{opened.entry.id}/exports/{name}"
        return told | {"url": url, "cookie": f"{COOKIE_PREFIX}{opened.entry.id}"}

    def _find(self, project_id: str, token: str) -> OpenProject:
        opened = self._desk.find(project_id, {COOKIE_PREFIX + project_id: token}, self._visitor)
        if opened is None:
            raise InputError("there is no such project here, or it is not yours: open it again")
        return opened


def _mask_in(png: str, size: tuple[int, int]) -> Mask:
    """The (H, W) mask in base64 of a PNG file; InputError for anything else."""
    height, width = size
    try:
        with PIL.Image.open(io.BytesIO(base64.b64decode(png, validate=True)), formats=["PNG"]) as image:
            if image.size != (width, height):
                raise InputError(
                    f"the mask is {image.width} x {image.height} pixels but the frame is {width} x {height}: "
                    "give one of the size of the frame"
                )
            return np.asarray(image.convert("L")) >= 128
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError) as error:  # PIL's ways
        raise InputError("the mask is no PNG file as base64: give one, white where the object is") from error
