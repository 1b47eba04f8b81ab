"""No project is there for who does not show its token."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from tests.track_anything.ui.desk_fixtures import Page, Visitor
from track_anything.ui.desk import COOKIE_PREFIX, Desk
from track_anything.ui.limits import Limits
from track_anything.ui.routes import edits, home, jobs, pictures

_EXAMPLES = {"frame": "0", "action": "cancel", "name": "discs-sheet.png"}

OF_A_PROJECT = sorted(
    (method, route.path.removeprefix("/api/projects/{project_id}").format(**_EXAMPLES))
    for module in (home, pictures, edits, jobs)
    for route in module.router.routes
    if isinstance(route, APIRoute) and route.path.startswith("/api/projects/{project_id}")
    for method in route.methods or ()
)


def answer_to(visitor: Visitor, method: str, path: str) -> tuple[int, str]:
    answer = visitor.http.request(method, path, json={} if method == "POST" else None)
    return answer.status_code, answer.text


def test_the_list_of_routes_is_whole() -> None:
    paths = {path for _, path in OF_A_PROJECT}
    assert {"/update", "/frames/0", "/masks/0", "/thumbs/0", "/soft/0", "/about/0"} <= paths
    assert {"/click", "/paint", "/edits", "/undo", "/delete"} <= paths
    assert {"/track", "/job/cancel", "/export", "/exports", "/exports/discs-sheet.png", "/look"} <= paths


def test_without_its_token_a_project_is_not_there(page: Page, new_visitor: Callable[[], Visitor]) -> None:
    page.click(0)
    page.tell("/export", form="sheet")
    page.wait()
    before = page.update()
    stranger = new_visitor()
    for method, path in OF_A_PROJECT:
        status, text = answer_to(stranger, method, page.path(path))
        assert (path, status) == (path, 404)
        assert "no such project here, or it is not yours: open it again" in text
        assert answer_to(stranger, method, f"/api/projects/{'0' * 12}{path}") == (status, text)
    assert page.update() == before
    for method, path in OF_A_PROJECT:
        if path != "/delete":
            assert "not yours" not in answer_to(page.visitor, method, page.path(path))[1]


def test_the_token_of_one_project_opens_no_other(
    page: Page, visitor: Visitor, new_visitor: Callable[[], Visitor], frames: Path
) -> None:
    token = visitor.http.cookies[COOKIE_PREFIX + page.project_id]
    other = visitor.open(frames)
    other_token = visitor.http.cookies[COOKIE_PREFIX + other.project_id]

    def status(shown: str) -> int:
        cookie = {b"cookie": f"{COOKIE_PREFIX}{page.project_id}={shown}".encode("latin-1")}
        return new_visitor().http.get(page.path("/update"), headers=cookie).status_code

    assert status(token) == 200
    for wrong in (other_token, token[:-1], token + "x", token.swapcase(), "", "\u00e9"):
        assert status(wrong) == 404


@pytest.mark.parametrize("project_id", ["..", "%2e%2e", "0" * 11, "G" * 12, "%00", "entry.json"])
def test_what_is_no_id_is_no_project(visitor: Visitor, project_id: str) -> None:
    visitor.http.cookies.set(COOKIE_PREFIX + project_id, "token")
    assert visitor.http.get(f"/api/projects/{project_id}/update").status_code == 404


def test_no_script_and_no_other_site_can_read_a_token(visitor: Visitor, frames: Path) -> None:
    cookie = visitor.http.post("/api/path", json={"path": str(frames)}).headers["set-cookie"].lower()
    assert cookie.startswith(COOKIE_PREFIX)
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in cookie.split(";")}


def test_a_limit_that_is_reached_says_so(visitor: Visitor, desk: Desk, frames: Path) -> None:
    desk.limits = Limits(spare_disk=0, disk=0)
    desk.workspace.folder.mkdir()
    (desk.workspace.folder / "file").write_bytes(b"12345678")
    answer = visitor.http.post("/api/path", json={"path": str(frames)})
    assert answer.status_code == 507
    assert "higher --disk-limit" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"{", "JSON decode error"),
        (b"[]", "valid dictionary"),
        (b"null", "valid dictionary"),
        (b'{"frame": 0, "x": 1}', "body.y: Field required"),
        (b'{"frame": "first", "x": 1, "y": 2}', "body.frame: Input should be a valid integer"),
        (b'{"frame": 0.5, "x": 1, "y": 2}', "body.frame: Input should be a valid integer"),
        (b'{"frame": NaN, "x": 1, "y": 2}', "body.frame: Input should be a"),
        (b'{"frame": 0, "x": "Infinity and beyond", "y": 2}', "body.x: Input should be a valid number"),
        (b'{"frame": 0, "x": 1, "y": 2, "object_id": []}', "body.object_id: Input should be a valid integer"),
        (
            b'{"frame": 0, "x": 1, "y": 2, "positive": "\\ud800"}',
            "body.positive: Input should be a valid str",
        ),
    ],
)
def test_a_body_that_cannot_be_understood_is_explained_in_one_line(
    page: Page, body: bytes, cause: str
) -> None:
    before = page.update()
    headers = {"content-type": "application/json"}
    answer = page.visitor.http.post(page.path("/click"), content=body, headers=headers)
    assert answer.status_code == 422
    detail = answer.json()["detail"]
    assert detail.startswith("the request cannot be understood (")
    assert cause in detail
    assert detail.endswith("): reload the page and try again")
    assert page.update() == before


def test_bytes_that_are_no_text_are_refused(page: Page) -> None:
    headers = {"content-type": "application/json"}
    answer = page.visitor.http.post(page.path("/undo"), content=b'"\xff"', headers=headers)
    assert answer.status_code == 400
    assert page.update()["project"]["can_redo"] is False


def test_half_a_sign_in_an_error_can_be_sent(visitor: Visitor, root: Path) -> None:
    body = json.dumps({"path": f"{root}/\udce4.mp4"})
    answer = visitor.http.post("/api/path", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("there is no file or folder ?.mp4: give")


def test_fault_37_cookies_of_projects_that_are_no_more_make_way(
    visitor: Visitor, frames: Path, desk: Desk
) -> None:
    gone = [f"{number:012x}" for number in range(100)]
    kept = visitor.open(frames).project_id
    for project_id in gone:
        visitor.http.cookies.set(COOKIE_PREFIX + project_id, "x")
    answer = visitor.http.post("/api/path", json={"path": str(frames)})
    forgotten = re.findall(rf'{COOKIE_PREFIX}([0-9a-f]{{12}})="";', str(answer.headers))
    assert sorted(forgotten) == gone
    assert kept not in forgotten
