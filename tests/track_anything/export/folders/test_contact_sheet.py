"""A contact sheet shows frames with their masks as tiles."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from track_anything.errors import InputError, OutputError
from track_anything.export import ContactSheet
from track_anything.masks.overlay import OBJECT_PALETTE
from track_anything.testing import MovingShapes
from track_anything.video import VideoInfo

CLIP = MovingShapes(frame_count=100, height=60, width=80)


def make(path: Path, clip: MovingShapes = CLIP, **options: int) -> PIL.Image.Image:
    with ContactSheet(path, clip.info, **options) as sheet:
        for index in range(len(clip)):
            sheet.write(index, clip.frame(index), clip.label_map(index))
    assert sheet.notes == ()
    return PIL.Image.open(path)


@pytest.mark.parametrize(
    ("frames", "size"),
    [(100, (1600, 900)), (12, (1600, 900)), (5, (1600, 600)), (3, (1200, 300)), (1, (400, 300))],
)
def test_a_sheet_has_a_tile_per_shown_frame(tmp_path: Path, frames: int, size: tuple[int, int]) -> None:
    with make(tmp_path / "sheet.png", MovingShapes(frame_count=frames, height=60, width=80)) as sheet:
        assert sheet.size == size


def test_the_first_and_the_last_frame_are_shown_with_their_masks(tmp_path: Path) -> None:
    with make(tmp_path / "sheet.png", columns=2, rows=1) as sheet:
        pixels = np.array(sheet)
    for column, frame in enumerate((0, 99)):
        x, y = CLIP.centre(frame)
        tinted = pixels[y * 5, column * 400 + x * 5]
        expected = np.rint(0.62 * np.array([220, 60, 50]) + 0.38 * OBJECT_PALETTE[1])
        assert np.abs(tinted - expected).max() <= 2


def test_nothing_is_left_of_a_sheet_that_failed(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path / "sheet.png")
    with (
        pytest.raises(InputError, match="no frame was given"),
        ContactSheet(tmp_path / "sheet.png", CLIP.info),
    ):
        pass
    assert not any(tmp_path.iterdir())


def interrupted(path: Path) -> None:
    with ContactSheet(path, CLIP.info) as sheet:
        sheet.write(0, CLIP.frame(0), CLIP.label_map(0))
        raise KeyboardInterrupt


def test_bad_names_and_existing_files_are_refused(tmp_path: Path) -> None:
    info = VideoInfo.of_constant_rate(3, 10, 10, Fraction(25))
    with pytest.raises(InputError, match=r"name it sheet\.png"):
        ContactSheet(tmp_path / "sheet.jpg", info)
    (tmp_path / "sheet.png").write_text("mine")
    with pytest.raises(OutputError, match="exists already"), ContactSheet(tmp_path / "sheet.png", info):
        pass
    assert (tmp_path / "sheet.png").read_text() == "mine"
    make(tmp_path / "sheet.png", overwrite=True).close()


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(image: PIL.Image.Image, path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(PIL.Image.Image, "save", refuse)
    with pytest.raises(OutputError, match="No space left on device"):
        make(tmp_path / "sheet.png")
    assert not any(tmp_path.iterdir())
