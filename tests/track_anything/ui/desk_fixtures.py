"""Visitors of the editor's server, and a tracker that they can hold and break."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.track_anything import drawn_frames
from track_anything.models import CachedSegmenter, Models
from track_anything.testing import ColourSegmenter, MovingShapes, ShiftingPropagator
from track_anything.types import Image, LabelMap
from track_anything.ui.desk import Desk
from track_anything.ui.open_project import OpenProject
from tracker.propagator import Propagated

CLIP = MovingShapes(frame_count=12, height=48, width=64, shapes=2)
ADDRESS = "http://127.0.0.1:7860"
PATIENCE = 20.0  # seconds after which a test gives up; nothing that works takes so long


def eventually(is_so: Callable[[], bool]) -> None:
    """Wait until something is so that another thread does."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


def draw(folder: Path, clip: MovingShapes = CLIP) -> Path:
    """A clip as a folder of images."""
    return drawn_frames.draw(folder, clip)


class Gate:
    """What the tracker goes through before each frame: at first open, and it may raise an error there."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.arrived = threading.Semaphore(0)
        self._may_pass = threading.Semaphore(0)
        self._is_open = threading.Event()
        self._is_open.set()

    def close(self) -> None:
        self._is_open.clear()

    def let_through(self, frames: int) -> None:
        self._may_pass.release(frames)

    def open(self) -> None:
        self._is_open.set()
        self._may_pass.release(100)

    def pass_through(self) -> None:
        self.arrived.release()
        if not self._is_open.is_set():
            assert self._may_pass.acquire(timeout=PATIENCE)
        if self.error is not None:
            raise self.error

    def wait_for_arrival(self) -> None:
        assert self.arrived.acquire(timeout=PATIENCE)


class GatedPropagator(ShiftingPropagator):
    """Tracks what a gate lets through."""

    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self._gate = gate

    def step(self, image: Image) -> Propagated:
        self._gate.pass_through()
        return super().step(image)


def gated_models(gate: Gate) -> Models:
    return Models(CachedSegmenter(ColourSegmenter()), lambda: GatedPropagator(gate), refine_policy=None)


class Answer(Protocol):
    """What a request is answered with; the class of it depends on the client that Starlette finds."""

    status_code: int

    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def text(self) -> str: ...
    @property
    def content(self) -> bytes: ...
    def json(self) -> Any: ...


class Visitor:
    """A browser with cookies of its own.

    Args:
        app: the server.
        desk: its desk.
        portal: the loop that the server runs on.
    """

    def __init__(self, app: FastAPI, desk: Desk, portal: BlockingPortal) -> None:
        self.http = TestClient(app, base_url=ADDRESS)
        self.http.portal = portal  # otherwise every request starts a thread and a loop
        self.desk = desk

    def open(self, path: Path) -> "Page":
        """Open a video by its path and wait until it was read."""
        answer = self.http.post("/api/path", json={"path": str(path)})
        assert answer.status_code == 200, answer.text
        page = Page(self, answer.json()["id"])
        page.wait()
        return page

    def recent(self) -> list[str]:
        """The ids of the projects that are offered."""
        return [entry["id"] for entry in self.http.get("/api/home").json()["recent"]]


class Page:
    """What a visitor does with one project; each call is a request."""

    def __init__(self, visitor: Visitor, project_id: str) -> None:
        self.visitor = visitor
        self.project_id = project_id

    @property
    def project(self) -> OpenProject:
        """What the server holds of it."""
        project = self.visitor.desk.find(self.project_id, dict(self.visitor.http.cookies))
        assert project is not None
        return project

    def path(self, path: str) -> str:
        return f"/api/projects/{self.project_id}{path}"

    def get(self, path: str) -> Answer:
        return self.visitor.http.get(self.path(path))

    def post(self, path: str, **body: Any) -> Answer:
        return self.visitor.http.post(self.path(path), json=body)

    def tell(self, path: str, **body: Any) -> dict[str, Any]:
        """Post something that succeeds."""
        answer = self.post(path, **body)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def refused(self, path: str, status: int = 400, **body: Any) -> str:
        """Post something that is refused and changes nothing; why it was."""
        before = self.update()
        answer = self.post(path, **body)
        assert answer.status_code == status, answer.text
        after = self.update()
        for part in ("project", "lanes"):
            assert after[part] == before[part]
        detail = answer.json()["detail"]
        assert isinstance(detail, str)
        assert detail.count("\n") == 0
        return detail

    def edit(self, kind: str, **fields: Any) -> dict[str, Any]:
        return self.tell("/edits", edit={"kind": kind, **fields})

    def update(self, since: int = 0) -> dict[str, Any]:
        answer = self.get(f"/update?since={since}")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    @property
    def revision(self) -> int:
        revision: int = self.update()["project"]["revision"]
        return revision

    @property
    def objects(self) -> dict[int, str]:
        """The name of each object."""
        return {known["id"]: known["name"] for known in self.update()["project"]["objects"]}

    def label_map(self, frame: int, query: str = "") -> LabelMap:
        """The masks as the page gets them, (H, W)."""
        answer = self.get(f"/masks/{frame}{query}")
        assert answer.status_code == 200, answer.text
        return np.frombuffer(answer.content, np.uint8).reshape(CLIP.height, CLIP.width)

    def click(self, frame: int, shape: int = 1, object_id: int | None = None) -> dict[str, Any]:
        """Click the middle of a shape."""
        x, y = CLIP.centre(frame, shape)
        return self.tell("/click", object_id=object_id, frame=frame, x=x, y=y)

    def wait(self) -> dict[str, Any]:
        """Wait until the job has ended; how it did."""
        job = self.project.job
        assert job is not None
        assert job.wait(PATIENCE)
        told: dict[str, Any] = self.update()["job"]
        return told
