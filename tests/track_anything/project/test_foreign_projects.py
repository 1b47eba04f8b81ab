"""Projects of somebody else, with any content: one line or a right answer, no traceback, not for ever."""

import json
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from track_anything.errors import TrackAnythingError
from track_anything.project.description import Description
from track_anything.project.edits import GiveMask, Lock, Merge, Propagate, SetRange, Split
from track_anything.project.project import Project
from track_anything.review.report import report
from track_anything.testing import MovingShapes

CLIP = MovingShapes(frame_count=6, height=20, width=30)
PATIENCE = 2.0  # seconds of this process' own time
ODD = [
    -1, 0, 1, 2, 255, 256, 1 << 31, 10**12, 10**30, 1.5, -0.0, 1e308, float("inf"), True, None, "",
    float("nan"), "x", "1/0", "\udce9", "a\0b", [], [0], [[]], {}, {"head": 1}, [1] * 50, {"kind": "lock"},
]  # fmt: skip


def line(record: Any) -> bytes:
    text = json.dumps(record).encode(errors="surrogatepass")
    return b"%08x %s\n" % (zlib.crc32(text), text)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with something of everything."""
    folder = tmp_path_factory.mktemp("pristine") / "project"
    mask = np.zeros((CLIP.height, CLIP.width), np.bool_)
    mask[3:9, 4:12] = True
    with Project.create(folder, Description(Path("clip.mp4"), "print", CLIP.info)) as project:
        for _ in range(2):
            project.add_object()
        project.give_mask(GiveMask(1, 1, ((4.0, 5.0),), (1,), (1.0, 2.0, 3.0, 4.0)), mask)
        number = project.begin_pass(Propagate(0, 6, 1, (1, 2), joins=(0, 2)))
        for frame in range(4):
            project.write_pass(number, frame, mask.astype(np.uint8), {"confidence": {"1": 0.5}, "notes": []})
        project.edit(Lock(1, 2, 4))
        project.edit(Merge(1, 2, 3, 2))
        project.edit(Split(1, 3, 4, 2))
        project.undo()
        project.edit(SetRange(0, 5))
    return folder


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inside for place in places(each, (*path, key)))]


def mutated(value: Any, path: tuple[Any, ...], change: Any, how: str) -> Any:
    if not path:
        return change
    copy = value.copy()
    if len(path) > 1:
        copy[path[0]] = mutated(copy[path[0]], path[1:], change, how)
    elif how == "delete" or (how == "add" and isinstance(copy, list)):
        del copy[path[0]]
    elif how == "add":
        copy["unheard of"] = change
    else:
        copy[path[0]] = change
    return copy


def look_at(folder: Path) -> None:
    """What opening, listing and exporting ask of a project."""
    with Project(folder) as project:
        for frame in range(min(project.frame_count, 50)):
            project.label_map(frame)
            for object_id in project.state.objects:
                project.probability(frame, object_id)
        list(report(project, range(min(project.frame_count, 50))))
        project.unfinished_passes()
        project.look_through()
        project.add_object()
        while project.undo():
            project.label_map(0)
        while project.redo():
            pass


def check(folder: Path, tmp: Path, name: str, content: bytes) -> None:
    for path in folder.rglob("*"):
        copy = tmp / path.relative_to(folder)
        if path.is_dir():
            copy.mkdir(parents=True, exist_ok=True)
        else:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    (tmp / name).write_bytes(content)
    began = time.process_time()
    said = ""
    try:
        look_at(tmp)
    except TrackAnythingError as error:
        said = str(error)
    assert "\n" not in said
    assert time.process_time() - began < PATIENCE


changes = st.tuples(
    st.integers(0, 10**6), st.sampled_from(ODD), st.sampled_from(["replace", "delete", "add"])
)


@settings(max_examples=600, deadline=None)
@given(st.integers(0, 10**6), st.lists(changes, min_size=1, max_size=3), st.booleans())
def test_fault_11_mutated_journals(
    pristine: Path, tmp_path_factory: pytest.TempPathFactory, at: int, chosen: list[Any], is_doubled: bool
) -> None:
    lines = (pristine / "journal.log").read_bytes().splitlines()
    records = [json.loads(each.partition(b" ")[2]) for each in lines]
    place = at % len(records)
    for where, change, how in chosen:
        paths = places(records[place])
        records[place] = mutated(records[place], paths[where % len(paths)], change, how)
    if is_doubled:
        records.insert(at % len(records), records[place])
    check(pristine, tmp_path_factory.mktemp("p"), "journal.log", b"".join(line(each) for each in records))


@settings(max_examples=300, deadline=None)
@given(st.lists(changes, min_size=1, max_size=3))
def test_fault_11_mutated_descriptions(
    pristine: Path, tmp_path_factory: pytest.TempPathFactory, chosen: list[Any]
) -> None:
    content = json.loads((pristine / "project.json").read_bytes())
    for where, change, how in chosen:
        paths = places(content)
        content = mutated(content, paths[where % len(paths)], change, how)
    text = json.dumps(content).encode(errors="surrogatepass")
    check(pristine, tmp_path_factory.mktemp("p"), "project.json", text)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.lists(changes, min_size=1, max_size=2))
def test_fault_10_mutated_records_of_a_pass(
    pristine: Path, tmp_path_factory: pytest.TempPathFactory, at: int, chosen: list[Any]
) -> None:
    lines = (pristine / "passes" / "0004.log").read_bytes().splitlines()
    records = [json.loads(each.partition(b" ")[2]) for each in lines]
    place = at % len(records)
    for where, change, how in chosen:
        paths = places(records[place])
        records[place] = mutated(records[place], paths[where % len(paths)], change, how)
    check(pristine, tmp_path_factory.mktemp("p"), "passes/0004.log", b"".join(line(each) for each in records))


@pytest.mark.parametrize(
    "record",
    [
        {"number": 1, "parent": 1, "edit": {"kind": "add_object", "object_id": 1, "name": "x"}},
        {"number": 1, "parent": 0, "edit": {"kind": "lock", "object_id": 1, "start": 0, "stop": 10**12}},
        {
            "number": 1, "parent": 0,
            "edit": {"kind": "propagate", "start": 0, "stop": 10**12, "step": 1, "object_ids": [1]},
        },
        {"head": 7},
    ],
)  # fmt: skip
def test_fault_11_stories_that_never_ended(pristine: Path, tmp_path: Path, record: dict[str, Any]) -> None:
    (tmp_path / "project.json").write_bytes((pristine / "project.json").read_bytes())
    (tmp_path / "journal.log").write_bytes(line(record))
    with pytest.raises(TrackAnythingError, match="tells in line 1 what cannot have happened.*recover"):
        Project(tmp_path)


@pytest.mark.parametrize("deep", [b"[" * 100_000, b'{"a":' * 100_000])
def test_deep_files_are_damaged_ones(pristine: Path, tmp_path: Path, deep: bytes) -> None:
    for name in ("project.json", "journal.log"):
        folder = tmp_path / name
        folder.mkdir()
        check(
            pristine, folder, name, b"%08x %s\n" % (zlib.crc32(deep), deep) if name == "journal.log" else deep
        )
