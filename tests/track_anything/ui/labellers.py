"""What labellers of a collection ask the server for."""

from typing import Any

from tests.track_anything.ui.desk_fixtures import CLIP, PATIENCE, Page, Visitor
from track_anything.models.detector import Detection
from track_anything.types import Image
from track_anything.ui.labelling import OpenCollection


class DiscLocator:
    """Finds the first disc of the clip."""

    def check(self, phrase: str) -> None:
        pass

    def locate(self, image: Image, phrase: str, *, least: float = 0.3) -> list[Detection]:
        (x, y), reach = CLIP.centre(0), CLIP.radius
        return [Detection(phrase, 0.9, (x - reach, y - reach, x + reach + 1, y + reach + 1))]


def told(visitor: Visitor) -> dict[str, Any]:
    answer = visitor.http.get("/api/collection")
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def ask(visitor: Visitor, what: str, **body: Any) -> dict[str, Any]:
    answer = visitor.http.post(f"/api/collection/{what}", json=body)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def states(visitor: Visitor) -> dict[str, str]:
    return {video["name"]: video["state"] for video in told(visitor)["videos"]}


def ahead(opened: OpenCollection) -> None:
    """Wait for what is done in the background."""
    assert opened.ahead.wait(PATIENCE)


def open_video(visitor: Visitor, name: str) -> Page:
    page = Page(visitor, ask(visitor, "open", video=name)["id"])
    page.update()  # a page that is there asks
    page.wait()
    return page
