import dataclasses
from pathlib import Path

import PIL.Image
import pytest

from track_anything.errors import VideoError
from track_anything.project.description import Description
from track_anything.testing import MovingShapes
from track_anything.video import fingerprint

CLIP = MovingShapes(frame_count=3, height=16, width=24)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "frames"
    folder.mkdir()
    for frame in range(len(CLIP)):
        PIL.Image.fromarray(CLIP.frame(frame)).save(folder / f"{frame}.png")
    return folder


@pytest.fixture
def description(folder: Path) -> Description:
    return Description(folder, fingerprint(folder), CLIP.info)


def test_the_video_is_known_by_its_content_wherever_it_is(folder: Path, description: Description) -> None:
    description.check_source(folder)
    description.check_source(folder.rename(folder.with_name("moved")))


def test_a_video_that_is_gone_can_be_named_anew(folder: Path, description: Description) -> None:
    gone = folder.with_name("gone")
    with pytest.raises(VideoError, match=f"no longer at {gone}: say where it is now \\(--source\\)"):
        description.check_source(gone)


def test_another_video_is_refused(folder: Path, description: Description) -> None:
    PIL.Image.fromarray(CLIP.frame(0)).save(folder / "1.png")
    with pytest.raises(VideoError, match=f"{folder} is not the video this project was made with: give that"):
        description.check_source(folder)
    dataclasses.replace(description, fingerprint=fingerprint(folder)).check_source(folder)


def test_a_path_in_another_encoding_is_kept(folder: Path, description: Description) -> None:
    moved = folder.rename(folder.with_name("caf\udce9"))
    dataclasses.replace(description, source=moved).write(folder.with_name("project"))
    Description.read(folder.with_name("project")).check_source(moved)
    assert Description.read(folder.with_name("project")).source == moved
