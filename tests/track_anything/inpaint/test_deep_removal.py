"""A source of more than 8 bits keeps its depth when an object is removed."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from track_anything.inpaint import FlowInpainter, HoleShape
from track_anything.session import Session
from track_anything.testing import fake_models
from track_anything.video import deep_frames, open_video

SIZE, COUNT = (48, 64), 5
INPAINTER = FlowInpainter(HoleShape(dilation=1, feather=2), core=3, ahead=2)


def ramp(frame: int) -> np.ndarray:
    """(H, W, 3) uint16: levels between those of 8 bits everywhere, and a bright square that moves."""
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    base = 20_000 + 131 * columns + 67 * rows
    image = np.stack([base, base + 3000, base // 2], axis=2).astype(np.uint16)
    image[square(frame)] = 60_000
    return image


def square(frame: int) -> np.ndarray:
    mask = np.zeros(SIZE, bool)
    mask[18:28, 8 + 6 * frame : 18 + 6 * frame] = True
    return mask


def as_video(folder: Path) -> Path:
    with av.open(str(folder / "deep.mkv"), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.height, stream.width, stream.pix_fmt = *SIZE, "gbrp12le"
        for index in range(COUNT):
            frame = av.VideoFrame.from_ndarray(ramp(index), format="rgb48le")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return folder / "deep.mkv"


def as_images(folder: Path) -> Path:
    (folder / "images").mkdir()
    for index in range(COUNT):
        cv2.imwrite(str(folder / "images" / f"{index}.png"), ramp(index)[..., ::-1])
    return folder / "images"


@pytest.mark.parametrize("make", [as_video, as_images])
@pytest.mark.parametrize("name", ["out.mkv", "out"])
def test_removal_keeps_10_bits_and_more(tmp_path: Path, make, name: str) -> None:
    source = make(tmp_path)
    with Session.create(source, tmp_path / "project", fake_models) as session:
        ball = session.add_object("square")
        for frame in range(COUNT):
            session.give_mask(frame=frame, object_id=ball, mask=square(frame))
        session.remove_objects(tmp_path / name, INPAINTER).run()
    with open_video(source) as video, open_video(tmp_path / name) as made:
        pairs = zip(deep_frames(video, 0, COUNT), deep_frames(made, 0, COUNT), strict=True)
        for index, (before, after) in enumerate(pairs):
            assert after.dtype == np.uint16
            outside = INPAINTER.shape.of(square(index)) == 0
            np.testing.assert_array_equal(after[outside], before[outside])
            inside = after[square(index)].astype(int)
            assert len(np.unique(inside[:, 0] % 257)) > 10  # levels that 8 bits do not have
            assert np.abs(inside - ramp(99)[square(index)]).mean() < 1500  # the ramp alone


def test_an_mp4_of_a_deep_source_has_8_bits(tmp_path: Path) -> None:
    source = as_video(tmp_path)
    with Session.create(source, tmp_path / "project", fake_models) as session:
        session.give_mask(frame=0, object_id=session.add_object("square"), mask=square(0))
        session.remove_objects(tmp_path / "out.mp4", INPAINTER).run()
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.streams.video[0].codec_context.format.components[0].bits == 8
