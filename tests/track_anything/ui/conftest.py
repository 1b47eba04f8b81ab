"""A desk of projects, and what its tests open on it."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from tests.track_anything.ui.desk_fixtures import Gate, Page, Visitor, draw, gated_models
from track_anything.testing import fake_models
from track_anything.ui.desk import Desk
from track_anything.ui.limits import Limits
from track_anything.ui.model_shelf import ModelShelf
from track_anything.ui.server import Settings, build_app
from track_anything.ui.workspace import Workspace
from track_anything.video import InProcess


def built(settings: Settings) -> FastAPI:
    """The application, built where a loop runs: without one, Gradio makes loops and never closes them."""

    async def build() -> FastAPI:
        return build_app(settings)

    with ThreadPoolExecutor(1) as thread:  # the browser tests keep a loop running in this one
        return thread.submit(lambda: asyncio.run(build())).result()


@pytest.fixture(scope="session")
def build() -> Callable[[Settings], FastAPI]:
    return built


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Built once, for that takes a while; every test has a desk of its own."""
    app = built(Settings(lambda _: fake_models(), workspace=tmp_path_factory.mktemp("workspace")))
    app.state.desk.close()
    return app


@pytest.fixture
def gate() -> Gate:
    """What the tracker goes through."""
    return Gate()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder from which visitors may open videos."""
    folder = tmp_path / "videos"
    folder.mkdir()
    return folder


@pytest.fixture
def desk(app: FastAPI, tmp_path: Path, root: Path, gate: Gate) -> Iterator[Desk]:
    shelf = ModelShelf(lambda _: gated_models(gate))
    desk = Desk(Workspace(tmp_path / "projects"), shelf, Limits(spare_disk=0), (root,), InProcess())
    app.state.desk = desk
    yield desk
    gate.open()
    desk.close()


@pytest.fixture
def frames(root: Path) -> Path:
    """The drawn clip, as a folder of images."""
    return draw(root / "discs")


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture
def new_visitor(app: FastAPI, desk: Desk, portal: BlockingPortal) -> Callable[[], Visitor]:
    return lambda: Visitor(app, desk, portal)


@pytest.fixture
def visitor(new_visitor: Callable[[], Visitor]) -> Visitor:
    return new_visitor()


@pytest.fixture
def page(visitor: Visitor, frames: Path) -> Page:
    """The drawn clip, opened by a visitor."""
    return visitor.open(frames)
