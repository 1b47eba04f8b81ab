"""Objects over one colour, read back by FFmpeg's decoder."""

import json
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from tests.track_anything.drawn_frames import draw
from tests.track_anything.video.clips import Clip, write
from track_anything.cli import main
from track_anything.errors import InputError
from track_anything.export import Extract, manifest_path
from track_anything.export.order import GREEN
from track_anything.masks import distance_inside
from track_anything.matting import Matting
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models

SIZE = (62, 95)  # an odd width
CLIP = MovingShapes(frame_count=3, height=SIZE[0], width=SIZE[1])


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session.create(draw(tmp_path / "frames", CLIP), tmp_path / "project", fake_models) as session:
        session.add_object("ball")
        for frame in range(3):
            session.give_mask(frame=frame, object_id=1, mask=CLIP.label_map(frame) == 1)
        yield session


def frames_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def check(frames: list[np.ndarray], background: tuple[int, int, int]) -> None:
    """The objects look as in the source, and all else is of the colour."""
    assert len(frames) == 3
    for index, frame in enumerate(frames):
        assert frame.shape == (62, 96, 3)
        shown = frame[: SIZE[0], : SIZE[1]].astype(int)
        mask = CLIP.label_map(index) == 1
        inside, outside = distance_inside(mask) > 3, distance_inside(~mask) > 6
        assert np.abs(shown - CLIP.frame(index))[inside].mean() < 6
        assert np.abs(shown - np.array(background))[outside].mean() < 4


def test_objects_lie_over_green_by_default_and_over_a_chosen_colour(session: Session, tmp_path: Path) -> None:
    session.export("foreground", tmp_path / "green.mp4").run()
    check(frames_of(tmp_path / "green.mp4"), GREEN)
    extract = Extract(background=(250, 250, 250))
    session.export("foreground", tmp_path / "white.mp4", extract=extract).run()
    check(frames_of(tmp_path / "white.mp4"), (250, 250, 250))
    assert json.loads(manifest_path(tmp_path / "white.mp4").read_text("utf-8"))["background"] == [250] * 3


def test_a_matte_makes_a_difference_to_it(session: Session, tmp_path: Path) -> None:
    session.export("foreground", tmp_path / "a.mp4").run()
    session.export("foreground", tmp_path / "b.mp4", extract=Extract(matting=Matting("guided"))).run()
    hard, soft = frames_of(tmp_path / "a.mp4"), frames_of(tmp_path / "b.mp4")
    assert any((one != other).any() for one, other in zip(hard, soft, strict=True))


def test_the_command_line_takes_the_colour(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session.close()
    path = tmp_path / "out.mp4"
    command = ["export", str(tmp_path / "project"), "--format", "foreground", "--output", str(path)]
    assert main([*command, "--background", "#0000ff"]) == 0
    check(frames_of(path), (0, 0, 255))
    with pytest.raises(SystemExit):
        main([*command, "--background", "blue"])
    assert "'blue' is no colour: give RRGGBB" in capsys.readouterr().err


def test_a_background_where_there_is_none_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no background: choose one of foreground"):
        session.export("overlay", tmp_path / "out.mp4", extract=Extract(background=(0, 0, 0)))
    with pytest.raises(InputError, match="is no colour"):
        Extract(background=(0, 0, 256))


def test_the_sound_of_the_source_goes_along(tmp_path: Path) -> None:
    source = write(tmp_path, Clip("with_sound.mp4", audio="aac"))
    with Session.create(source, tmp_path / "project", fake_models) as session:
        session.give_mask(frame=0, object_id=session.add_object(), mask=np.ones(session.project.size, bool))
        session.export("foreground", tmp_path / "out.mp4").run()
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]
