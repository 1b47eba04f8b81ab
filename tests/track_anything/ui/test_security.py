"""What a stranger can reach: every route of the running application, ours and Gradio's, is asked for."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount

from tests.track_anything.ui.desk_fixtures import Page, Visitor
from track_anything.testing import fake_models
from track_anything.ui.agents.gradio_endpoints import PATH as AGENTS
from track_anything.ui.desk import Desk
from track_anything.ui.edge import SMALL
from track_anything.ui.edge.served_paths import is_served
from track_anything.ui.server import Settings

PARAMETER = re.compile(r"{[^}]*}")

# What who has no token gets something else for than 404: the page, and what opens a project.
FOR_ALL: set[tuple[str, ...]] = {
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/theme.css"),
    ("GET", "/favicon.ico"),
    ("GET", "/api/home"),
    ("GET", "/api/places"),
    ("GET", "/api/sample/picture"),
    ("POST", "/api/sample"),
    ("POST", "/api/path"),
    ("POST", "/api/upload"),
}

# Where the server was started with ``--api``: calls by name, and what they answer. Each asks for a token.
FOR_AGENTS: set[tuple[str, ...]] = {
    ("GET", "/config"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/openapi.json"),
    ("GET", "/gradio_api/queue/data"),
    ("GET", "/gradio_api/heartbeat/{session_hash}"),
    ("GET", "/gradio_api/call/{api_name}/{event_id}"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/call/{api_name}"),
    ("POST", "/gradio_api/call/v2/{api_name}"),
}

GRADIOS = Path(__file__).with_name("gradio_routes.txt")
"""All routes that Gradio had when somebody looked at each last (6.31)."""

PLAYLIST = b"#EXTM3U\n#EXTINF:4,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
NOT_SERVED = (404, "Not served here.\n")


def own_and_gradios(app: FastAPI) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    """(method, path template) of all routes."""
    own = [route for route in app.routes if not (isinstance(route, Mount) and route.path in ("", AGENTS))]
    return set(_walk(own)), mounted(app, "")


def mounted(app: FastAPI, path: str) -> set[tuple[str, ...]]:
    """Those of the Gradio application at a path, without it."""
    gradio = next(route.app for route in app.routes if isinstance(route, Mount) and route.path == path)
    return set(_walk(gradio.routes))  # type: ignore[attr-defined]  # an application


def _walk(routes: list[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    for route in routes:
        included = getattr(route, "original_router", None)
        path = prefix + getattr(route, "path", "")
        if included is not None:
            context = getattr(route, "include_context", None)
            yield from _walk(included.routes, prefix + getattr(context, "prefix", ""))
        elif isinstance(route, Mount) and getattr(route.app, "routes", None):
            yield from _walk(route.app.routes, path)
        elif isinstance(route, Mount):
            yield "GET", path + "/{path}"
        else:
            for method in getattr(route, "methods", None) or {"WEBSOCKET"}:
                yield method, path


def _asked(stranger: Visitor, method: str, template: str) -> tuple[int, str]:
    path = PARAMETER.sub("0", template)
    answer = stranger.http.request(
        method, path, json={} if method == "POST" else None, follow_redirects=False
    )
    return answer.status_code, answer.text


def test_every_route_of_ours_is_found(app: FastAPI) -> None:
    own, _ = own_and_gradios(app)
    assert FOR_ALL - own == {("GET", "/"), ("HEAD", "/"), ("GET", "/theme.css"), ("GET", "/favicon.ico")}
    assert {("POST", "/api/projects/{project_id}/click"), ("GET", "/web/{path}")} <= own


def test_gradio_has_no_route_that_nobody_has_looked_at(app: FastAPI) -> None:
    _, gradios = own_and_gradios(app)
    known = {tuple(line.split(" ", 1)) for line in GRADIOS.read_text().splitlines()}
    assert gradios - known == set(), "look at what it does for strangers, then add it to gradio_routes.txt"


def test_a_stranger_gets_404_from_all_routes_but_the_listed_ones(app: FastAPI, visitor: Visitor) -> None:
    own, gradios = own_and_gradios(app)
    for method, template in sorted((own | gradios) - FOR_ALL):
        assert (method, template, _asked(visitor, method, template)[0]) == (method, template, 404)
    for method, template in sorted(FOR_ALL - {("POST", "/api/sample")}):
        assert _asked(visitor, method, template)[0] in (200, 422), template


@pytest.fixture(scope="module")
def app_for_agents(
    build: Callable[[Settings], FastAPI], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FastAPI]:
    """With endpoints for scripts, built where the shell has settings for Gradio."""
    settings = Settings(lambda _: fake_models(), workspace=tmp_path_factory.mktemp("other"), has_api=True)
    with pytest.MonkeyPatch.context() as shell:
        shell.setenv("GRADIO_VIBE_MODE", "1")
        shell.setenv("GRADIO_ROOT_PATH", "http://evil.example")
        shell.setenv("GRADIO_ALLOWED_PATHS", "/etc")
        app = build(settings)
        app.state.desk.close()
        yield app


def test_with_endpoints_for_scripts_a_stranger_gets_404_from_all_but_those_that_carry_calls(
    app_for_agents: FastAPI, desk: Desk, portal: BlockingPortal
) -> None:
    app = app_for_agents
    stranger = Visitor(app, desk, portal)
    own, gradios = own_and_gradios(app)
    known = {tuple(line.split(" ", 1)) for line in GRADIOS.read_text().splitlines()}
    agents = mounted(app, AGENTS)
    assert agents - known == set(), "look at what it does for strangers, then add it to gradio_routes.txt"
    assert agents >= FOR_AGENTS
    closed = {(method, AGENTS + template) for method, template in agents - FOR_AGENTS}
    for method, template in sorted((own | gradios | closed) - FOR_ALL):
        assert (method, template, _asked(stranger, method, template)[0]) == (method, template, 404)
    for method, template in sorted(agents):
        path = AGENTS + PARAMETER.sub("0", template)
        assert is_served(method, path, has_api=True) == ((method, template) in FOR_AGENTS), (method, template)
        assert not is_served(method, path)
    assert not [
        template for _, template in own | gradios | agents if "mcp" in template
    ]  # no port, but a pipe


def test_fault_01_no_upload_reaches_gradios_ffmpeg(visitor: Visitor) -> None:
    for path in ("/gradio_api/process_recording", "/gradio_api//process_recording", "/gradio_api/upload"):
        answer = visitor.http.post(path, files={"video": ("x.m3u8", PLAYLIST), "files": ("x.m3u8", PLAYLIST)})
        assert (answer.status_code, answer.text) == NOT_SERVED


def test_fault_02_no_upload_past_our_own_leaves_anything_on_the_disk(
    visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    answer = visitor.http.post("/gradio_api/process_recording", files={"video": ("x.webm", bytes(4 << 20))})
    assert answer.status_code in (404, 413)
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("path", ["/api/path", "/api/sample", "/api/projects/000000000000/paint", "/config"])
def test_fault_05_no_body_is_larger_than_a_request_can_be(visitor: Visitor, path: str) -> None:
    answer = visitor.http.post(path, json={"path": "a" * SMALL})
    assert answer.status_code in (404, 413)
    assert (answer.status_code == 413) == path.startswith("/api")


def test_fault_05_a_mask_of_any_content_can_be_painted_on_a_large_frame(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def status(page: Page) -> int:
        return page.post("/paint", object_id=1, frame=0, mask="a" * 2 * SMALL).status_code

    page.tell("/objects")
    assert status(page) == 413
    monkeypatch.setattr(Desk, "frame_size", lambda *_: (8192, 8192))
    assert status(page) == 400  # it arrives, and is not a mask of this frame


def test_fault_29_nothing_of_gradios_fails_on_what_a_stranger_sends(
    app: FastAPI, visitor: Visitor, capfd: pytest.CaptureFixture[str]
) -> None:
    _, gradios = own_and_gradios(app)
    for method, template in sorted(gradios):
        assert _asked(visitor, method, template)[0] < 500
    assert capfd.readouterr() == ("", "")


def test_fault_30_settings_of_gradio_in_the_environment_change_nothing(
    app_for_agents: FastAPI, desk: Desk, portal: BlockingPortal
) -> None:
    pages = [route for route in app_for_agents.routes if isinstance(route, Mount)]
    for gradio in (page.app for page in pages if page.path in ("", AGENTS)):
        assert gradio.get_blocks().vibe_mode is False
        assert gradio.get_blocks().allowed_paths == []
    assert "evil.example" not in Visitor(app_for_agents, desk, portal).http.get("/").text
    assert {name for name in os.environ if name.startswith("GRADIO_")} == {
        "GRADIO_ANALYTICS_ENABLED",
        "GRADIO_ANALYTICS_CACHE_FREQUENCY",
    }


def test_fault_37_what_a_project_tells_is_kept_by_no_browser(page: Page) -> None:
    for path in ("/update", "/about/0", "/masks/0", "/exports"):
        assert page.get(path).headers["cache-control"] == "no-store"
    assert page.visitor.http.get("/api/home").headers["cache-control"] == "no-store"
    assert "immutable" in page.get("/frames/0").headers["cache-control"]


def test_fault_37_the_page_runs_no_script_that_is_not_its_own(visitor: Visitor) -> None:
    answer = visitor.http.get("/")
    policy = answer.headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "'unsafe-inline'" not in scripts
    assert scripts.count("'sha256-") == len(re.findall(r"<script(?![^>]* src=)", answer.text))
