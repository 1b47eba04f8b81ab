from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.track_anything.ui.desk_fixtures import Visitor, draw
from tests.track_anything.ui.labellers import DiscLocator, ahead, ask, states
from track_anything.collection.desk import Collection
from track_anything.ui.desk import Desk
from track_anything.ui.labelling import OpenCollection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two clips and something that looks like one."""
    made = tmp_path / "clips"
    made.mkdir()
    for name in ("a", "b"):
        draw(made / name)
    (made / "broken.mp4").write_bytes(b"no video")
    return made


@pytest.fixture
def opened(app: FastAPI, desk: Desk, folder: Path) -> Iterator[OpenCollection]:
    collection = OpenCollection(Collection(folder), desk)
    desk.shelf.locator = DiscLocator
    app.state.collection = collection
    yield collection
    collection.close()
    app.state.collection = None


@pytest.fixture
def labeller(opened: OpenCollection, visitor: Visitor) -> Visitor:
    """Somebody who followed the link."""
    answer = visitor.http.get("/" + opened.link(), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return visitor


@pytest.fixture
def tracked(labeller: Visitor, opened: OpenCollection) -> Visitor:
    """Somebody for whom a disc was proposed and tracked in both clips."""
    ask(labeller, "propose", videos=["a", "b"], words="ball")
    ahead(opened)
    assert states(labeller) == {"a": "tracked", "b": "tracked", "broken.mp4": "untouched"}
    return labeller
