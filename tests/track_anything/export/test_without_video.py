"""Forms that never look at a picture do not need the video."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.track_anything.video.clips import Clip, write
from track_anything.errors import VideoError
from track_anything.export import EXPORTERS, Extract, needs_pictures
from track_anything.matting import Matting
from track_anything.session import Session
from track_anything.testing import fake_models

WITHOUT = {
    "masks": "",
    "binary": "",
    "soft": "",
    "soft-8": "",
    "coco": ".json",
    "boxes": ".csv",
    "boxes-json": ".json",
    "splines": ".json",
    "confidence": ".csv",
    "otio": ".otio",
    "marker-edl": ".edl",
    "fcpxml": ".fcpxml",
    "premiere-xml": ".xml",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project whose video is gone."""
    source = write(tmp_path, Clip("clip.mp4", frame_count=4))
    with Session.create(source, tmp_path / "project", fake_models) as session:
        session.give_mask(frame=1, object_id=session.add_object("ball"), mask=np.eye(48, 64, dtype=bool))
    source.unlink()
    return tmp_path / "project"


def test_the_forms_without_pictures_are_these() -> None:
    assert {form for form in EXPORTERS if not needs_pictures(form)} == WITHOUT.keys()
    assert needs_pictures("soft", has_matte=True)


@pytest.mark.parametrize("form", WITHOUT)
def test_masks_are_exported_although_the_video_is_gone(folder: Path, tmp_path: Path, form: str) -> None:
    with Session.open(folder, fake_models, needs_video=False) as session:
        session.export(form, tmp_path / f"out{WITHOUT[form]}").run()
    if form == "masks":
        with PIL.Image.open(tmp_path / "out" / "00001.png") as image:
            np.testing.assert_array_equal(np.array(image), np.eye(48, 64, dtype=np.uint8))


def test_what_shows_pictures_says_that_the_video_is_gone(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"clip\.mp4"):
        Session.open(folder, fake_models)
    with Session.open(folder, fake_models, needs_video=False) as session:
        for form, matting in (("overlay", None), ("soft", Matting())):
            suffix = EXPORTERS[form].suffix
            with pytest.raises(VideoError, match=r"clip\.mp4"):
                session.export(form, tmp_path / f"out{suffix}", extract=Extract(matting=matting)).run()
        with pytest.raises(VideoError, match=r"clip\.mp4"):
            session.video.frame(0)
        assert len(session.video) == 4
    assert not list(tmp_path.glob("out*"))
