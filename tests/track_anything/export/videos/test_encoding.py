"""The same frames are the same bytes, however often they are coded."""

from pathlib import Path

import pytest

from tests.track_anything.export.scenes import SCENES
from track_anything.export import EXPORTERS
from track_anything.export.videos.encoding import Encoding
from track_anything.export.videos.video_container import MP4


@pytest.mark.parametrize("form", ["overlay", "foreground", "matte"])
def test_a_video_is_the_same_every_time(tmp_path: Path, form: str) -> None:
    scene = SCENES["odd size"]
    contents = set()
    for number in range(6):
        path = tmp_path / f"{number}{EXPORTERS[form].suffix}"
        with EXPORTERS.build(form, scene.order(path)) as exporter:
            for frame in scene.frames():
                exporter.write(frame, scene.image(frame), scene.label_map(frame))
        contents.add(path.read_bytes())
    assert len(contents) == 1


def test_the_part_of_x264_that_varies_is_off_unless_asked_for() -> None:
    encoding = Encoding("video", MP4, "libx264", "yuv420p", {"crf": "1"})
    assert encoding.options == {"mbtree": "0", "crf": "1"}
    assert Encoding("video", MP4, "libx264", "yuv420p", {"mbtree": "1"}).options == {"mbtree": "1"}
    assert Encoding("video", MP4, "prores_ks", "yuva444p10le").options == {}
