"""What was filled before is taken as it was, where nothing it depends on has changed."""

import errno
from pathlib import Path

import numpy as np
import pytest

from tests.track_anything.inpaint.drawn import SIZE, Clip, disc, note_fills, panned
from track_anything.errors import ProjectError
from track_anything.inpaint import FilledWindows, FlowInpainter, HoleShape
from track_anything.inpaint.still import diffused
from track_anything.inpaint.window import Window, WindowFrame
from track_anything.types import Image
from track_anything.video.motion import FlowEstimator

SHAPE = HoleShape(2, 2)
COUNT = 4


def clip() -> Clip:
    """Six frames; the disc has left the fourth, and something stays unseen on the others."""
    return panned(6, (1, 0), lambda frame: disc(40, 30, 0 if frame == 3 else 12))


def frames_of(clip: Clip, shape: HoleShape = SHAPE) -> list[WindowFrame]:
    masks = [mask if mask.sum() > 1 else np.zeros(SIZE, bool) for mask in clip.masks]
    pairs = enumerate(zip(clip.images, masks, strict=True))
    return [WindowFrame.of(at, image, shape.of(mask), 854) for at, (image, mask) in pairs]


def filled(frames: list[WindowFrame]) -> list[WindowFrame]:
    return Window(frames, FlowEstimator(), diffused).fill(COUNT)


@pytest.fixture
def before(tmp_path: Path) -> FilledWindows:
    """Holds the first four frames of the clip."""
    windows = FilledWindows(tmp_path / "filled")
    frames = frames_of(clip())
    windows.put("settings", frames, filled(frames))
    return windows


def test_nothing_is_there_before_something_was_put(tmp_path: Path) -> None:
    assert FilledWindows(tmp_path / "filled").get("settings", frames_of(clip()), COUNT) is None
    FilledWindows(tmp_path / "filled").clear()
    assert not (tmp_path / "filled").exists()


def test_frames_come_back_bit_for_bit(before: FilledWindows) -> None:
    frames = frames_of(clip())
    found = before.get("settings", frames, COUNT)
    assert found is not None
    for one, other in zip(found, filled(frames), strict=True):
        np.testing.assert_array_equal(one.image, other.image)
        np.testing.assert_array_equal(one.small, other.small)
        np.testing.assert_array_equal(one.share, other.share)
        assert one.digest == other.digest
        assert (one.is_made_up is None) == (other.is_made_up is None)
        assert one.region.pixels.size == 0
    assert found[3] is frames[3], "a frame without a hole is the given one"
    assert found[0].is_made_up is not None


def test_whatever_has_changed_it_is_filled_anew(before: FilledWindows) -> None:
    frames = frames_of(clip())
    assert before.get("other settings", frames, COUNT) is None
    assert before.get("settings", frames, COUNT - 1) is None
    assert before.get("settings", frames[:-1], COUNT) is None
    assert before.get("settings", frames_of(clip(), HoleShape(2, 3)), COUNT) is None
    changed = frames_of(clip())
    changed[5].image[70, 90] ^= 1  # one bit of one pixel that is only looked at
    assert before.get("settings", changed, COUNT) is None


@pytest.mark.parametrize("content", [b"", b"PK damaged", None], ids=["empty", "damaged", "cut off"])
def test_a_damaged_file_is_as_none(before: FilledWindows, tmp_path: Path, content: bytes | None) -> None:
    (path,) = (tmp_path / "filled").iterdir()
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] if content is None else content)
    assert before.get("settings", frames_of(clip()), COUNT) is None


def test_a_full_disk_is_told_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("track_anything.inpaint.filled_windows.write_durably", full)
    frames = frames_of(clip())
    with pytest.raises(ProjectError, match="No space left on device.*free some disk space"):
        FilledWindows(tmp_path / "filled").put("settings", frames, filled(frames))


@pytest.mark.parametrize("handed_out", [1, 2, 3, 6])
def test_a_run_that_was_cut_off_goes_on_after_its_last_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, handed_out: int
) -> None:
    ours = FlowInpainter(SHAPE, core=2, ahead=2)
    undisturbed = list(ours.inpaint(clip()))
    before = FilledWindows(tmp_path / "filled")
    cut_off = ours.inpaint(clip(), before)
    for _ in range(handed_out):
        next(cut_off)
    del cut_off
    sizes = note_fills(monkeypatch)
    again: list[Image] = list(ours.inpaint(clip(), before))
    for one, other in zip(again, undisturbed, strict=True):
        np.testing.assert_array_equal(one, other)
    assert len(sizes) == 3 - (handed_out + 1) // 2
