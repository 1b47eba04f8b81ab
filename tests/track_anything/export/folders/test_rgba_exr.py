"""OpenEXR with alpha holds half floats of linear light."""

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.track_anything.export.exr_reading import channels_of, header_of, read_exr
from tests.track_anything.video.clips import picture
from track_anything.errors import InputError, VideoError
from track_anything.export.folders.linear_light import linear_levels
from track_anything.export.folders.rgba_exr import RgbaExr
from track_anything.export.order import Order
from track_anything.masks import DAVIS_PALETTE
from track_anything.matting import Cutout
from track_anything.types import Image
from track_anything.video import VideoInfo

SIZE = (33, 47)
NOTHING = np.zeros(SIZE, np.uint8)
HALF = 2.0**-11  # the most that rounding to a half float may change, as a part of the number


class Waves:
    """Alpha of waves that reach 0 and 1, over the picture as it is."""

    def alphas(self, frame, image):
        raise AssertionError("only all objects together are asked for")

    def cutout(self, frame: int, image: Image) -> Cutout:
        return Cutout(image, waves(frame))


def waves(frame: int) -> NDArray[np.float32]:
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    return np.clip(0.5 + 0.6 * np.sin((columns + 3 * frame) / 9) * np.cos(rows / 7), 0, 1).astype(np.float32)


def order_for(folder: Path, source: Path, *, rotation: int = 0) -> Order:
    info = VideoInfo(*SIZE, (0, 1), Fraction(1, 25), rotation=rotation)
    return Order(folder / "out", info, source, {1: "cat"}, None, Waves(), DAVIS_PALETTE)  # type: ignore[arg-type]


def exported(order: Order) -> RgbaExr:
    with RgbaExr(order) as exporter:
        for frame in range(2):
            exporter.write(frame, picture(frame, SIZE), NOTHING)
    return exporter


def tagged(folder: Path, tags: tuple[int, int, int]) -> Path:
    """A video that states matrix, primaries and transfer; its pixels are 16/11 as wide as high."""
    path = folder / "tagged.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.height, stream.width, stream.pix_fmt = 32, 48, "yuv420p"
        codec = stream.codec_context
        codec.colorspace, codec.color_primaries, codec.color_trc = tags
        codec.sample_aspect_ratio = Fraction(16, 11)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(0, (32, 48)))))
        container.mux(stream.encode())
    return path


def srgb(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """IEC 61966-2-1."""
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def test_frames_are_half_floats_of_linear_light_times_alpha(tmp_path: Path) -> None:
    exporter = exported(order_for(tmp_path, tmp_path))
    assert exporter.notes == ()
    paths = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in paths] == ["00000.exr", "00001.exr"]
    for frame, path in enumerate(paths):
        assert channels_of(path) == dict.fromkeys("ABGR", "half")
        header = header_of(path)
        assert header["dataWindow"] == header["displayWindow"] == ("box2i", struct.pack("<4i", 0, 0, 46, 32))
        assert header["compression"] == ("compression", b"\x03")  # zip of 16 lines
        assert header["pixelAspectRatio"] == ("float", struct.pack("<f", 1))
        pixels, alpha = read_exr(path), waves(frame)[:, :, None]
        expected = np.concatenate([srgb(picture(frame, SIZE) / 255) * alpha, alpha], axis=2)
        np.testing.assert_allclose(pixels, expected, rtol=HALF, atol=1e-7)
        assert (pixels[..., 3].min(), pixels[..., 3].max()) == (0, 1)
        assert (pixels[waves(frame) == 0] == 0).all()


@pytest.mark.parametrize(
    ("tags", "grey"),
    [((1, 1, 1), 0.26), ((6, 1, 6), 0.26), ((2, 2, 2), 0.26), ((1, 1, 13), 0.216), ((1, 1, 8), 0.502)],
)
def test_the_curve_that_a_video_states_is_undone(
    tmp_path: Path, tags: tuple[int, int, int], grey: float
) -> None:
    with RgbaExr(order_for(tmp_path, tagged(tmp_path, tags))) as exporter:
        exporter.write(0, np.full((*SIZE, 3), 128, np.uint8), NOTHING)
    assert exporter.notes == ()
    pixels = read_exr(tmp_path / "out" / "00000.exr")
    opaque = waves(0) == 1
    assert np.abs(pixels[opaque][:, :3] - grey).max() < 2e-3


@pytest.mark.parametrize(("rotation", "aspect"), [(0, 16 / 11), (90, 11 / 16)])
def test_the_shape_of_pixels_is_told(tmp_path: Path, rotation: int, aspect: float) -> None:
    exported(order_for(tmp_path, tagged(tmp_path, (1, 1, 1)), rotation=rotation))
    _, content = header_of(tmp_path / "out" / "00000.exr")["pixelAspectRatio"]
    assert abs(struct.unpack("<f", content)[0] - aspect) < 1e-6


def test_other_primaries_than_those_of_openexr_are_told(tmp_path: Path) -> None:
    exporter = exported(order_for(tmp_path, tagged(tmp_path, (9, 9, 14))))
    assert exporter.notes == (
        "the source has the primaries number 9 of ITU-T H.273, which these OpenEXR files do not say: tell it "
        "to the program that reads them, which takes them for BT.709",
    )


@pytest.mark.parametrize(("transfer", "name"), [(16, "PQ"), (18, "HLG"), (9, "logarithmic")])
def test_hdr_is_refused_before_anything_is_made(tmp_path: Path, transfer: int, name: str) -> None:
    source = tagged(tmp_path, (9, 9, transfer))
    message = f"the source has {name} colours, which are not made linear here: export as ffv1 or png-mov"
    with pytest.raises(InputError, match=message):
        exported(order_for(tmp_path, source))
    assert [path.name for path in tmp_path.iterdir()] == ["tagged.mkv"]


def test_a_source_that_is_gone_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="does not exist"):
        exported(order_for(tmp_path, tmp_path / "gone.mp4"))
    assert list(tmp_path.iterdir()) == []


CURVES = {  # from light to code, as the standards print them
    1: lambda light: np.where(light < 0.018, 4.5 * light, 1.099 * light**0.45 - 0.099),
    4: lambda light: light ** (1 / 2.2),
    5: lambda light: light ** (1 / 2.8),
    7: lambda light: np.where(light < 0.0228, 4 * light, 1.1115 * light**0.45 - 0.1115),
    8: lambda light: light,
    13: lambda light: np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055),
}


@pytest.mark.parametrize("transfer", CURVES)
def test_the_curve_of_a_standard_leads_back_to_every_level(transfer: int) -> None:
    levels = linear_levels(transfer).astype(np.float64)
    assert (levels[0], levels[-1]) == (0, 1)
    assert (np.diff(levels) >= 0).all()
    code = np.arange(65_536) / 65_535
    assert 255 * np.abs(CURVES[transfer](levels) - code).max() < 0.1


@pytest.mark.parametrize("transfer", [2, 6, 11, 12, 14, 15])
def test_curves_like_that_of_bt_709_and_none_are_read_as_it(transfer: int) -> None:
    np.testing.assert_array_equal(linear_levels(transfer), linear_levels(1))


def test_colours_of_16_bits_keep_their_depth(tmp_path: Path) -> None:
    deep = np.broadcast_to(np.linspace(30_000, 30_256, SIZE[1]).astype(np.uint16)[:, None], (*SIZE, 3))
    opaque = Waves()
    opaque.cutout = lambda frame, image: Cutout(deep, np.ones(SIZE, np.float32))  # type: ignore[method-assign]
    order = replace(order_for(tmp_path, tmp_path), alphas=opaque)
    exported(order)
    pixels = read_exr(tmp_path / "out" / "00000.exr")[..., :3]
    np.testing.assert_allclose(pixels, srgb(deep / 65_535), rtol=HALF)
    assert len(np.unique(pixels)) > 5
