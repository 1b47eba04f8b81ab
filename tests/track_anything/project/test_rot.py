"""What has rotted on disk costs its own frame; the rest is shown, handed out, and the frame is made again."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest

from tests.track_anything.pointing import at
from track_anything.project.project import Project
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models

CLIP = MovingShapes(frame_count=8, height=24, width=36)
Rot = Callable[[Path], None]


def of_another_size(path: Path) -> None:
    PIL.Image.fromarray(np.zeros((5, 7), np.uint8)).save(path)


def in_colour(path: Path) -> None:
    PIL.Image.fromarray(np.zeros((24, 36, 3), np.uint8)).save(path)


ROTS = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_bytes(b"no picture"),
    "half": lambda path: path.write_bytes(path.read_bytes()[:40]),
    "gone": lambda path: path.unlink(),
    "folder": lambda path: (path.unlink(), path.mkdir()),
    "another size": of_another_size,
    "colours": in_colour,
}


@pytest.fixture
def tracked(tmp_path: Path) -> Path:
    frames = tmp_path / "frames"
    frames.mkdir()
    for frame in range(len(CLIP)):
        PIL.Image.fromarray(CLIP.frame(frame)).save(frames / f"{frame}.png")
    with Session.create(frames, tmp_path / "project", fake_models) as session:
        session.click(frame=0, object_id=session.add_object("ball"), **at(CLIP.centre(0)))
        session.track().run()
    return tmp_path / "project"


def masks(folder: Path) -> list[bytes]:
    with Project(folder, read_only=True) as project:
        return [project.label_map(frame).tobytes() for frame in range(len(CLIP))]


@pytest.mark.parametrize("rot", ROTS)
def test_fault_10_a_rotten_mask_costs_its_frame_and_is_tracked_again(tracked: Path, rot: str) -> None:
    before = masks(tracked)
    ROTS[rot](tracked / "masks" / "000005.0003.png")
    after = masks(tracked)
    assert [mine == theirs for mine, theirs in zip(before, after, strict=True)] == [f != 5 for f in range(8)]
    with Session.open(tracked, fake_models) as session:
        session.project.look_through()
        assert session.project.unfinished_passes() == [3]
        session.unfinished().run()
        assert session.project.unfinished_passes() == []
    assert masks(tracked) == before


def test_fault_10_a_rotten_mask_of_an_earlier_step_is_tracked_again_too(tracked: Path) -> None:
    with Session.open(tracked, fake_models) as session:
        session.give_mask(frame=6, object_id=1, mask=CLIP.label_map(6) == 1)
        session.track().run()
    before = masks(tracked)
    (tracked / "masks" / "000000.0003.png").write_bytes(b"rot")
    for path in (tracked / "masks").glob("000003.*.png"):
        path.write_bytes(b"rot")
    with Session.open(tracked, fake_models) as session:
        session.project.look_through()
        session.unfinished().run()
        assert session.project.unfinished_passes() == []
    assert masks(tracked) == before


def test_fault_10_a_given_mask_that_is_rotten_is_as_if_it_had_not_been_given(tracked: Path) -> None:
    with Session.open(tracked, fake_models) as session:
        session.give_mask(frame=6, object_id=1, mask=np.ones((24, 36), np.bool_))
    (tracked / "masks" / "000006.0004.png").write_bytes(b"rot")
    with Project(tracked) as project:
        np.testing.assert_array_equal(project.mask(6, 1), CLIP.label_map(6) == 1)  # what was tracked shows
        assert project.state.frames_known(1) == {0}
        (note,) = project.notes
        assert "frame 6 is without it: give that mask again" in note


@pytest.mark.parametrize("rot", ["empty", "text", "half", "folder", "another size"])
def test_fault_10_a_rotten_probability_is_made_again(tracked: Path, rot: str) -> None:
    path = tracked / "soft" / "000004.0003.001.png"
    before = path.read_bytes()
    ROTS[rot](path)
    with Session.open(tracked, fake_models) as session:
        probability = session.project.probability(4, 1)
        np.testing.assert_array_equal(probability > 0.5, CLIP.label_map(4) == 1)
        if rot != "folder":
            session.project.look_through()
            assert session.project.frames_left(3) == [4]
            session.unfinished().run()
            assert path.read_bytes() == before


@pytest.mark.parametrize("how", ["line", "gone", "folder", "zeros"])
def test_fault_10_a_rotten_record_is_made_again(tracked: Path, how: str) -> None:
    log = tracked / "passes" / "0003.log"
    whole, before = log.read_bytes(), masks(tracked)
    lines = whole.splitlines(keepends=True)
    if how == "line":
        log.write_bytes(b"".join([*lines[:2], b"rot\n", *lines[3:]]))
    elif how == "zeros":
        log.write_bytes(whole[:-30] + b"\0" * 30)
    else:
        log.unlink()
        if how == "folder":
            log.mkdir()
    assert masks(tracked) == before
    with Session.open(tracked, fake_models) as session:
        assert session.project.frames_left(3) == {"line": [2], "zeros": [7]}.get(how, list(range(8)))
        list(session.report())
        session.unfinished().run()
        assert session.project.unfinished_passes() == []
    assert masks(tracked) == before


def test_fault_10_a_rotten_memory_is_made_again(tracked: Path, tmp_path: Path) -> None:
    with Session.open(tracked, fake_models) as session:
        work = iter(session.track(anew=True))
        for _ in range(3):
            next(work)
        work.close()
    (saved,) = (tracked / "cache" / "memory").glob("*.npz")
    saved.write_bytes(b"rot")
    with Session.open(tracked, fake_models) as session:
        session.unfinished().run()
        assert session.project.unfinished_passes() == []
        for frame in range(8):
            np.testing.assert_array_equal(session.label_map(frame), CLIP.label_map(frame))


@pytest.mark.parametrize("content", [b"", b"{}", b"[-1]", b"[1e999]", b'["x"]', b"[" * 100_000, b"\0" * 9])
def test_rotten_cuts_are_looked_for_again(tracked: Path, content: bytes) -> None:
    (tracked / "cache" / "cuts.json").write_bytes(content)
    with Session.open(tracked, fake_models) as session:
        assert session.cuts == ()


def test_what_a_kill_leaves_half_written_is_swept(tracked: Path) -> None:
    for folder in ("masks", "soft"):
        (tracked / folder / ".0123abcd.partial").write_bytes(b"half")
    Project(tracked).close()
    assert not list(tracked.rglob("*.partial"))
    assert cv2.imread(str(next((tracked / "masks").iterdir()))) is not None
