"""The whole flow by ``gradio_client``, curl's requests and an MCP client, and what strangers get of it."""

import asyncio
import base64
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import PIL.Image
import pytest
from fastapi import FastAPI
from gradio_client.exceptions import AppError
from mcp import Client as McpClient

from tests.test_docs import REPOSITORY, blocks
from tests.track_anything.ui.agents.serving import NOBODYS, Ask, Served, serving
from tests.track_anything.ui.desk_fixtures import CLIP, PATIENCE, draw
from track_anything.testing import fake_models
from track_anything.ui.agents.endpoints import ENDPOINTS
from track_anything.ui.agents.mcp_tools import build_mcp
from track_anything.ui.desk import Desk
from track_anything.ui.server import Settings

NEEDS_A_TOKEN = sorted(set(ENDPOINTS) - {"open", "places"})
VALUES = {
    "frame": 0, "x": 5, "y": 5, "x0": 1, "y0": 1, "x1": 9, "y1": 9, "object_id": 1, "png": "",
    "start": 0, "stop": 1, "name": "discs-boxes.csv",
}  # fmt: skip


def values_for(parameters: Iterable[str]) -> dict[str, Any]:
    """What a stranger would send for the parameters of a deed."""
    return {name: VALUES[name] for name in parameters if name in VALUES}


@pytest.fixture(scope="module")
def served(
    build: Callable[[Settings], FastAPI], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    draw(folder / "videos" / "discs")
    app = build(
        Settings(
            lambda _: fake_models(), workspace=folder / "projects", roots=(folder / "videos",), has_api=True
        )
    )
    with serving(app) as served:
        yield served


def walk_through(ask: Ask) -> tuple[dict[str, Any], dict[str, str]]:
    """Open, click, track, correct, export; what ``download`` says in the end, and the keys."""
    assert {"path": "videos/discs", "kind": "images"} in ask("places", folder="videos")["places"]
    opened = ask("open", path="videos/discs")
    keys = {"project": opened["project"], "token": opened["token"]}
    assert ask("status", **keys, wait=PATIENCE)["video"] == {
        "width": 64,
        "height": 48,
        "frames": 12,
        "rate": 25.0,
    }
    x, y = CLIP.centre(0)
    ball = ask("add_object", **keys, name="ball")["object_id"]
    clicked = ask("click", **keys, frame=0, x=x, y=y, object_id=ball)
    assert clicked["boxes"][str(ball)] == _box_of(CLIP.label_map(0) == 1)
    x, y = CLIP.centre(0, 2)
    second = ask("box", **keys, frame=0, x0=x - 9, y0=y - 9, x1=x + 9, y1=y + 9)["object_id"]
    ask("mask", **keys, frame=11, object_id=ball, png=_png(np.zeros((48, 64), bool)))  # which is wrong
    assert ask("track", **keys)["job"]["kind"] == "track"
    standing = ask("status", **keys, wait=PATIENCE)
    assert standing["job"]["status"] == "done"
    assert [each["known_frames"] for each in standing["objects"]] == [[0, 11], [0]]
    doubtful = ask("frames_to_fix", **keys, most=1)
    assert doubtful["count"] == standing["in_doubt"]
    ask("undo", **keys)
    ask("undo", **keys)  # the tracking, and the wrong mask
    ask("absent", **keys, object_id=second, start=11, stop=12)
    x, y = CLIP.centre(5)
    mended = ask("correct", **keys, frame=5, object_id=ball, x=x, y=y)
    assert mended["job"]["kind"] == "track"
    assert ask("status", **keys, wait=PATIENCE)["job"]["status"] == "done"
    seen = ask("picture", **keys, frame=8)
    assert seen["boxes"][str(ball)] == _box_of(CLIP.label_map(8) == 1)
    ask("export", **keys, form="boxes", objects=[ball], frames=[0, 6])
    name = ask("status", **keys, wait=PATIENCE)["job"]["file"]
    return ask("download", **keys, name=name), keys


def _box_of(mask: np.ndarray) -> list[int]:
    rows, columns = np.nonzero(mask)
    return [int(edge) for edge in (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)]


def _png(mask: np.ndarray) -> str:
    return base64.b64encode(cv2.imencode(".png", mask.astype(np.uint8) * 255)[1].tobytes()).decode()


@pytest.mark.slow
def test_a_script_does_all_of_it_by_gradio_client(served: Served) -> None:
    with served.client() as ask:
        told, keys = walk_through(ask)
        answer = httpx.get(served.address + told["url"], cookies={told["cookie"]: keys["token"]})
        assert len(answer.text.splitlines()) == 1 + 6
        assert len(answer.content) == told["bytes"]
        jpeg = base64.b64decode(ask("picture", **keys, frame=0, height=24)["picture"])
        assert PIL.Image.open(BytesIO(jpeg)).size == (32, 24)
        link = ask("open", path="videos/discs")["watch"]
        assert httpx.get(served.address + link).status_code == 303
        assert ask("open", path=served.address + link)["project"] in link


@pytest.mark.slow
def test_the_program_of_the_guide_runs(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (program,) = blocks(REPOSITORY / "docs" / "guides" / "agents.md", "python")
    for said, here in (
        ("http://127.0.0.1:7860", served.address),
        ("videos/clip.mp4", "videos/discs"),
        ("x=320, y=180", "x={}, y={}".format(*CLIP.centre(0))),
        ("download_files=False", "download_files=False, analytics_enabled=False"),
    ):
        assert said in program
        program = program.replace(said, here)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(program, "agents.md", "exec"), names)  # noqa: S102 - our own page
    names["client"].close()
    with zipfile.ZipFile(tmp_path / "discs-masks.zip") as made:
        assert len(made.namelist()) == 12 + 1


@pytest.mark.slow
def test_curl_calls_by_name_and_reads_the_answer(served: Served) -> None:
    calls = f"{served.address}/agents/gradio_api/call"
    event = httpx.post(f"{calls}/v2/places", json={"folder": "videos"}).json()["event_id"]
    said = httpx.get(f"{calls}/places/{event}").text
    assert said.startswith("event: complete\n")
    assert "videos/discs" in said
    paths = httpx.get(f"{served.address}/agents/gradio_api/openapi.json").json()["paths"]
    assert {f"/gradio_api/call/v2/{name}" for name in ENDPOINTS} <= paths.keys()


@pytest.mark.slow
def test_strangers_and_other_projects_get_nothing_of_any_endpoint(served: Served) -> None:
    with served.client() as ask, served.client() as stranger:
        mine, others = ask("open", path="videos/discs"), stranger("open", path="videos/discs")
        ask("status", project=mine["project"], token=mine["token"], wait=PATIENCE)
        info = httpx.get(f"{served.address}/agents/gradio_api/info").json()["named_endpoints"]
        assert {name.strip("/") for name in info} == set(ENDPOINTS)
        for name in NEEDS_A_TOKEN:
            sent = values_for(each["parameter_name"] for each in info[f"/{name}"]["parameters"])
            for token in ("", "x", others["token"]):
                with pytest.raises(AppError, match=NOBODYS):
                    stranger(name, project=mine["project"], token=token, **sent)
        for path in ("/etc/passwd", "../projects", "videos/../../projects", "open/000000000000/x"):
            with pytest.raises(AppError) as refused:
                stranger("open", path=path)
            assert "\n" not in str(refused.value)
        assert ask("status", project=mine["project"], token=mine["token"])["objects"] == []


@pytest.mark.slow
def test_what_cannot_be_understood_is_told_in_one_line(served: Served) -> None:
    with served.client() as ask:
        opened = ask("open", path="videos/discs")
        keys = {"project": opened["project"], "token": opened["token"]}
        ask("status", **keys, wait=PATIENCE)
        for name, sent, cause in (
            ("status", {"wait": "long"}, r"status cannot be understood \(wait: "),
            ("click", {"frame": 99, "x": 1, "y": 1}, "no frame 99|frame 99"),
            ("mask", {"frame": 0, "object_id": 1, "png": "xxx"}, "no PNG file as base64"),
            (
                "mask",
                {"frame": 0, "object_id": 1, "png": _png(np.ones((2, 3)))},
                "3 x 2 pixels but the frame",
            ),
            ("export", {"frames": [1]}, "are no frames"),
            ("download", {"name": "../entry.json"}, "unknown export '../entry.json'; choose one of"),
            ("track", {"direction": "up"}, "direction"),
            ("cancel", {}, "no job is running"),
        ):
            with pytest.raises(AppError, match=cause):
                ask(name, **keys, **sent)


@pytest.mark.slow
def test_pages_of_others_and_other_names_call_nothing(served: Served, app: FastAPI) -> None:
    foreign = {"origin": "https://evil.example"}
    calls = f"{served.address}/agents/gradio_api"
    assert httpx.post(f"{calls}/queue/join", json={}, headers=foreign).status_code == 403
    assert httpx.get(f"{calls}/info", headers={"host": "evil.example"}).status_code == 421
    assert not any(getattr(route, "path", "") == "/agents" for route in app.routes)  # off unless asked for


def test_an_agent_does_all_of_it_by_mcp(desk: Desk, frames: Path) -> None:
    assert frames.name == "discs"

    async def work() -> None:
        async with McpClient(build_mcp(desk)) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert set(tools) == set(ENDPOINTS)
            assert set(tools["click"].input_schema["required"]) == {"project", "token", "frame", "x", "y"}
            loop = asyncio.get_running_loop()

            def ask(name: str, /, **arguments: Any) -> dict[str, Any]:
                called = asyncio.run_coroutine_threadsafe(client.call_tool(name, arguments), loop)
                answer = called.result(PATIENCE)
                assert not answer.is_error, answer.content[0]
                kinds = [block.type for block in answer.content]
                assert kinds == ["text"] + ["image"] * (len(kinds) - 1)
                told: dict[str, Any] = json.loads(answer.content[0].text)  # type: ignore[union-attr]
                assert (name in ("click", "box", "picture", "correct")) <= (len(kinds) == 2)
                return told

            told, keys = await asyncio.to_thread(walk_through, ask)
            assert len(Path(told["path"]).read_text().splitlines()) == 1 + 6
            others = await asyncio.to_thread(ask, "open", path="videos/discs")
            for name in NEEDS_A_TOKEN:
                sent = values_for(tools[name].input_schema["properties"])
                for token in ("", "x", others["token"]):
                    stolen = {"project": keys["project"], "token": token, **sent}
                    refused = await client.call_tool(name, stolen)
                    assert refused.is_error
                    assert NOBODYS in refused.content[0].text  # type: ignore[union-attr]
            for path in ("/etc/passwd", "../projects", "videos/../../projects"):
                assert (await client.call_tool("open", {"path": path})).is_error

    asyncio.run(work())
