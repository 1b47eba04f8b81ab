"""The whole flow on a photographed clip with the real networks, by ``gradio_client`` and by ``mcp``."""

import asyncio
import base64
import io
import json
import os
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import httpx
import numpy as np
import PIL.Image
import pytest
from fastapi import FastAPI
from gradio_client.exceptions import AppError
from mcp import Client, StdioServerParameters

from tests.test_docs import REPOSITORY
from tests.track_anything.ui.agents.serving import NOBODYS, Ask, serving
from track_anything.masks import iou, read_mask
from track_anything.models import load_models
from track_anything.types import Mask
from track_anything.ui.server import Settings

pytestmark = pytest.mark.slow

COUNT = 6
SIZE = (256, 456)
WAIT = 60.0  # seconds that ``status`` waits at most
SHOWN_IN_PICTURES = ("click", "box", "mask", "correct", "frames_to_fix")
PIXELS = 200  # of a side of the picture that an agent looks at, at least


@dataclass(frozen=True)
class Bear:
    """A bear walks: a video of it below a root, and where it truly is."""

    root: Path
    truths: list[Mask]

    def inside(self, frame: int) -> tuple[float, float]:
        """The pixel farthest from its outline."""
        depth = cv2.distanceTransform(self.truths[frame].astype(np.uint8), cv2.DIST_L2, 3)
        y, x = np.unravel_index(depth.argmax(), SIZE)
        return float(x), float(y)

    def box(self, frame: int) -> dict[str, float]:
        rows, columns = np.nonzero(self.truths[frame])
        return {
            "x0": float(columns.min()), "y0": float(rows.min()),
            "x1": float(columns.max() + 1), "y1": float(rows.max() + 1),
        }  # fmt: skip


@pytest.fixture(scope="module")
def bear(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Bear:
    data, root = shared_data / "davis2016-train-256p", tmp_path_factory.mktemp("root")
    with av.open(str(root / "bear.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"crf": "12"})
        stream.height, stream.width = SIZE
        stream.pix_fmt = "yuv420p"
        for path in sorted((data / "JPEGImages" / "bear").glob("*.jpg"))[:COUNT]:
            with PIL.Image.open(path) as image:
                container.mux(stream.encode(av.VideoFrame.from_image(image)))
        container.mux(stream.encode())
    masks = sorted((data / "Annotations" / "bear").glob("*.png"))[:COUNT]
    return Bear(root, [read_mask(path, SIZE) for path in masks])


def walk_through(ask: Ask, bear: Bear, folder: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What ``download`` says in the end, and the keys; a mask given by mistake is found and taken back."""
    opened = ask("open", path=f"{folder}/bear.mp4")
    keys = {"project": opened["project"], "token": opened["token"]}
    video = ask("status", **keys, wait=WAIT)["video"]
    assert video == {"width": SIZE[1], "height": SIZE[0], "frames": COUNT, "rate": 24.0}
    of = ask("add_object", **keys, name="bear")
    x, y = bear.inside(0)
    ask("click", **keys, frame=0, x=x, y=y, **of)
    found = ask("box", **keys, frame=0, **bear.box(0), **of)["boxes"][str(of["object_id"])]
    assert np.abs(np.subtract(found, list(bear.box(0).values()))).max() < 0.05 * SIZE[1]

    grass = np.zeros(SIZE, np.uint8)
    grass[150:230, 330:440] = 255
    png = base64.b64encode(cv2.imencode(".png", grass)[1].tobytes()).decode()
    ask("mask", **keys, frame=COUNT - 1, png=png, **of)
    standing = track(ask, keys)
    assert standing["objects"] == [{"id": of["object_id"], "name": "bear", "known_frames": [0, COUNT - 1]}]
    doubtful = ask("frames_to_fix", **keys, most=1)
    assert doubtful["count"] == standing["in_doubt"] > 0
    (first,) = doubtful["frames"]
    assert (first["name"], first["object_id"]) == ("bear", of["object_id"])
    assert first["confidence"] < 0.5
    if "picture" in first:
        assert min(PIL.Image.open(io.BytesIO(base64.b64decode(first["picture"]))).size) >= PIXELS
    ask("undo", **keys)  # the tracking
    assert ask("undo", **keys)["objects"][0]["known_frames"] == [0]  # the mistake

    x, y = bear.inside(COUNT // 2)
    ask("correct", **keys, frame=COUNT // 2, x=x, y=y, **of)
    assert finished(ask, keys)["in_doubt"] == 0
    ask("export", **keys, form="masks", frames="all")
    return ask("download", **keys, name=finished(ask, keys)["job"]["file"]), keys


def track(ask: Ask, keys: dict[str, str]) -> dict[str, Any]:
    assert ask("track", **keys)["job"]["kind"] == "track"
    return finished(ask, keys)


def finished(ask: Ask, keys: dict[str, str]) -> dict[str, Any]:
    """The standing once the job has ended."""
    standing = ask("status", **keys, wait=WAIT)
    assert standing["job"]["status"] == "done", standing["job"]
    return standing


def check_masks(archive: bytes, bear: Bear) -> None:
    """Every exported mask is the bear's."""
    with zipfile.ZipFile(io.BytesIO(archive)) as made:
        names = sorted(name for name in made.namelist() if name.endswith(".png"))
        assert len(names) == COUNT
        for name, truth in zip(names, bear.truths, strict=True):
            mask = np.array(PIL.Image.open(io.BytesIO(made.read(name)))) == 1
            assert iou(mask, truth) > 0.9, name


def test_a_script_segments_a_photographed_clip_by_gradio_client(
    build: Callable[[Settings], FastAPI], bear: Bear, mobile_sam_weights: Path, tmp_path: Path
) -> None:
    load = lambda _: load_models(weights=mobile_sam_weights, preset="fast", device="cpu", engine="torch")  # noqa: E731
    app = build(Settings(load, workspace=tmp_path, roots=(bear.root,), has_api=True))
    with serving(app) as served, served.client() as ask, served.client() as stranger:
        told, keys = walk_through(ask, bear, bear.root.name)
        url = served.address + told["url"]
        check_masks(httpx.get(url, cookies={told["cookie"]: keys["token"]}).content, bear)

        others = stranger("open", path=f"{bear.root.name}/bear.mp4")
        assert others["project"] != keys["project"]
        for name, sent in (("picture", {"frame": 0}), ("download", {"name": told["name"]}), ("undo", {})):
            with pytest.raises(AppError, match=NOBODYS):
                stranger(name, project=keys["project"], token=others["token"], **sent)
        for cookies in ({}, {told["cookie"]: others["token"]}):
            assert httpx.get(url, cookies=cookies).status_code == 404


def test_an_agent_segments_a_photographed_clip_by_mcp(
    bear: Bear, mobile_sam_weights: Path, tmp_path: Path
) -> None:
    words = ["mcp", "--root", bear.root, "--workspace", tmp_path, "--preset", "fast", "--device", "cpu"]
    words += ["--engine", "torch", "--weights", mobile_sam_weights]
    program = "import sys; from track_anything.cli import main; sys.exit(main(sys.argv[1:]))"
    environment = {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": os.environ["OMP_NUM_THREADS"]}
    command = StdioServerParameters(
        command=sys.executable, args=["-c", program, *map(str, words)], env=environment
    )

    async def work() -> None:
        async with Client(command) as client:
            loop = asyncio.get_running_loop()

            def call(name: str, arguments: dict[str, Any]) -> Any:
                return asyncio.run_coroutine_threadsafe(client.call_tool(name, arguments), loop).result()

            def ask(name: str, /, **arguments: Any) -> dict[str, Any]:
                answer = call(name, arguments)
                assert not answer.is_error, answer.content[0]
                told: dict[str, Any] = json.loads(answer.content[0].text)
                for block in answer.content[1:]:
                    assert block.mime_type == "image/jpeg"
                    seen = PIL.Image.open(io.BytesIO(base64.b64decode(block.data)))
                    assert min(seen.size) >= PIXELS
                assert len(answer.content) == 1 + (
                    name in ("click", "box", "mask", "correct", "frames_to_fix")
                )
                return told

            told, keys = await asyncio.to_thread(walk_through, ask, bear, bear.root.name)
            check_masks(Path(told["path"]).read_bytes(), bear)

            others = await asyncio.to_thread(ask, "open", path=f"{bear.root.name}/bear.mp4")
            for name, sent in (("picture", {"frame": 0}), ("download", {"name": told["name"]}), ("undo", {})):
                stolen = {"project": keys["project"], "token": others["token"], **sent}
                refused = await client.call_tool(name, stolen)
                assert refused.is_error
                assert NOBODYS in refused.content[0].text

    asyncio.run(work())
