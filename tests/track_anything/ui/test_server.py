"""A server starts, says where it is, and ends."""

import http.client
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.track_anything.ui.desk_fixtures import ADDRESS, PATIENCE, Visitor, draw
from track_anything.errors import InputError
from track_anything.testing import fake_models
from track_anything.ui.server import Settings, serve

SERVE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored
import track_anything.cli.steps as steps
from track_anything.cli import main
from track_anything.testing import fake_models

steps.load_models = lambda **options: fake_models()
sys.exit(main(sys.argv[1:]))
"""


@dataclass
class Running:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    port: int
    link: str

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined]
        connection.close()
        return answer


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """``track-anything ui VIDEO --port 0``, on the fakes."""
    folder = tmp_path_factory.mktemp("served")
    arguments = ["ui", str(draw(folder / "discs")), "--port", "0", "--workspace", str(folder / "projects")]
    command = [sys.executable, "-c", SERVE, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)(/open/\S+)", said)
        assert found, said
        yield Running(process, int(found[1]), found[2])
        process.kill()


def test_a_server_serves_the_page_and_says_where(running: Running) -> None:
    answer = running.get("/")
    assert answer.status == 200
    assert b"window.gradio_config" in answer.body  # type: ignore[attr-defined]
    assert "default-src 'none'" in (answer.getheader("content-security-policy") or "")


def test_the_link_that_it_prints_opens_the_video_it_was_started_with(running: Running) -> None:
    answer = running.get(running.link)
    assert answer.status == 303
    cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
    project_id = running.link.split("/")[2]
    assert running.get(f"/api/projects/{project_id}/update").status == 404
    assert running.get(f"/api/projects/{project_id}/update", cookie=cookie).status == 200
    assert b'"discs"' in running.get("/api/home", cookie=cookie).body  # type: ignore[attr-defined]


def test_it_answers_to_this_machines_name_alone(running: Running) -> None:
    assert running.get("/", host="evil.example").status == 421
    assert running.get("/api/home", host=f"localhost:{running.port}").status == 200


def test_its_port_is_taken_and_a_second_server_says_so(running: Running, tmp_path: Path) -> None:
    settings = Settings(lambda _: fake_models(), port=running.port, workspace=tmp_path)
    with pytest.raises(InputError, match=rf"127\.0\.0\.1 port {running.port} cannot be served .*another"):
        serve(settings, pytest.fail)


def test_ctrl_c_ends_it(running: Running) -> None:  # the last of those that need it
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(PATIENCE) == 130
    assert running.process.stderr is not None
    assert running.process.stderr.read() == ""
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", running.port)):
        pass


def test_an_idle_server_does_not_look_for_calls_all_the_time(app: FastAPI) -> None:
    mounted = [getattr(route, "app", None) for route in app.routes]
    queues = [gradio.get_blocks()._queue for gradio in mounted if hasattr(gradio, "get_blocks")]
    assert [queue.sleep_when_free >= 0.01 for queue in queues] == [True]


@pytest.mark.parametrize(
    ("host", "port", "cause"),
    [
        ("127.0.0.1", 65536, "there is no port 65536: choose one from 1 to 65535, or 0 for any that is free"),
        ("127.0.0.1", -1, "there is no port -1"),
        ("192.0.2.1", 0, "192.0.2.1 port 0 cannot be served at .*: choose another --port"),
        ("no host", 0, "no host port 0 cannot be served at .*: choose another --port"),
    ],
)
def test_an_address_that_cannot_be_served_at_is_explained(
    tmp_path: Path, host: str, port: int, cause: str
) -> None:
    settings = Settings(
        lambda _: fake_models(),
        host=host,
        allowed_hosts=("studio.example",),
        port=port,
        workspace=tmp_path / "projects",
    )
    with pytest.raises(InputError, match=cause):
        serve(settings, pytest.fail)
    assert not (tmp_path / "projects").exists()


def test_nothing_describes_the_routes_to_strangers(visitor: Visitor) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert "/api/projects" not in visitor.http.get(path).text


def test_the_guard_stands_before_every_route(visitor: Visitor) -> None:
    stranger = {"host": "evil.example"}
    foreign = {"origin": "https://evil.example"}
    for path in ("/", "/api/home", "/web/main.js", "/api/projects/000000000000/update", "/nowhere"):
        assert visitor.http.get(path, headers=stranger).status_code == 421
        assert "content-security-policy" in visitor.http.get(path).headers
    for path in (
        "/api/sample",
        "/api/upload?name=x",
        "/api/path",
        "/gradio_api/queue/join",
        "/api/projects/x/undo",
    ):
        assert visitor.http.post(path, headers=foreign, json={}).status_code == 403
    assert visitor.http.get("/api/home", headers={"origin": ADDRESS}).status_code == 200


def test_the_desk_is_open_as_long_as_the_server_runs(
    build: Callable[[Settings], FastAPI], tmp_path: Path
) -> None:
    frames = draw(tmp_path / "discs")
    settings = Settings(lambda _: fake_models(), workspace=tmp_path / "projects", roots=(tmp_path,))
    app = build(settings)
    with TestClient(app, base_url=ADDRESS) as client:
        assert client.post("/api/path", json={"path": str(frames)}).status_code == 200
        assert len(app.state.desk._open) == 1
    assert app.state.desk._open == {}
    assert len(list(app.state.desk.workspace)) == 1


def test_fault_09_a_server_for_others_is_not_started_without_a_name(tmp_path: Path) -> None:
    settings = Settings(lambda _: fake_models(), host="0.0.0.0", workspace=tmp_path / "projects")  # noqa: S104
    with pytest.raises(InputError, match="lets other machines in: say by --allow-host NAME"):
        serve(settings, pytest.fail)
    assert not (tmp_path / "projects").exists()


def test_fault_09_it_is_said_what_a_server_for_others_opens(tmp_path: Path) -> None:
    settings = Settings(
        lambda _: fake_models(),
        host="0.0.0.0",  # noqa: S104 - nothing is bound here
        allowed_hosts=("studio.example",),
        workspace=tmp_path,
    )
    said = settings.opens or ""
    assert "the name studio.example" in said
    assert "no folder of this one" in said
    assert "no password" in said
    assert str(tmp_path) in (replace(settings, roots=(tmp_path,)).opens or "")
    assert replace(settings, host="127.0.0.1").opens is None


def test_fault_33_a_root_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    settings = Settings(lambda _: fake_models(), workspace=tmp_path, roots=(tmp_path / "gone",))
    with pytest.raises(InputError, match="gone is no folder: name one that is there"):
        serve(settings, pytest.fail)
