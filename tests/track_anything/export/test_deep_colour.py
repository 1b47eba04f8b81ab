"""Sources of more than 8 bits per sample, exported from a project and read back by FFmpeg alone."""

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import PIL.Image
import pytest
from av.video.reformatter import Colorspace, VideoReformatter

from tests.track_anything.deep_pictures import colours, planes_of, ramp, write_deep
from tests.track_anything.video.clips import Clip, write
from track_anything.export import EXPORTERS, AlphaVideo
from track_anything.export import export as exporting
from track_anything.export.extract import Extract
from track_anything.export.videos.alpha_codecs import ALPHA_CODECS
from track_anything.matting import Cutout, Matting
from track_anything.session import Session
from track_anything.testing import fake_models
from track_anything.video import VideoInfo, open_video

HEIGHT, WIDTH = SIZE = (32, 880)
STEP = 65535 / 876  # one step of 10-bit luma
LOSSLESS = {"x265-params": "lossless=1:bframes=0:log-level=none"}
DEEP = ["prores", "png-mov", "ffv1"]
COMPOSITING = ["exr-layers", "cryptomatte", "fill-and-matte"]  # their values are held by test_compositing
BOUNDS = {"prores": 2.4, "png-mov": 0.1, "ffv1": 0.1}  # in steps, measured and rounded up


@pytest.fixture
def project(tmp_path):
    """Makes projects of a source; one object covers the most of every frame."""
    opened = []

    def of(source):
        session = Session.create(source, tmp_path / "project", fake_models)
        opened.append(session)
        object_id = session.add_object()
        mask = np.zeros(session.project.size, bool)
        mask[4:-4, 8:-8] = True
        for frame in range(session.project.frame_count):
            session.give_mask(frame=frame, object_id=object_id, mask=mask)
        return session

    yield of
    for session in opened:
        session.close()


def _made(session, form, path, matting=None):
    session.export(form, path, extract=Extract(matting=matting)).run()
    return path


def _path(folder, form):
    return folder / f"{form}{EXPORTERS[form].suffix}"


def _read(path):
    """(H, W, 3) RGB and (H, W) alpha, both 0 to 65535, of every frame."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    if frames[0].format.name == "yuva444p12le":
        planes = [planes_of(frame) for frame in frames]
        return [(colours(each, 12, frames[0].colorspace), each[3] / 4095 * 65535) for each in planes]
    assert frames[0].format.name in ("rgba64be", "gbrap16le")
    rgba = [frame.to_ndarray(format="rgba64le").astype(np.float64) for frame in frames]
    return [(each[..., :3], each[..., 3]) for each in rgba]


def _packets(path):
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0)]


def _gradient(folder):
    """Two frames without loss of ramps with a tint; the second goes the other way."""
    planes = ramp(*SIZE)
    return write_deep(
        folder / "source.mkv", "ffv1", "yuv444p10le", [planes, [each[:, ::-1] for each in planes]]
    )


def test_the_forms_that_keep_more_than_8_bits_say_so():
    assert {name for name, form in EXPORTERS.items() if form.is_deep} == {*DEEP, *COMPOSITING}


@pytest.mark.parametrize("form", DEEP)
def test_a_deep_source_keeps_its_levels(tmp_path, project, form):
    session = project(_gradient(tmp_path))
    frames = _read(_made(session, form, _path(tmp_path, form)))
    assert len(frames) == 2
    expected = colours(ramp(*SIZE), 10)
    for (image, alpha), wanted in zip(frames, (expected, expected[:, ::-1]), strict=True):
        assert np.abs(image - wanted).max() <= BOUNDS[form] * STEP
        assert all(len(np.unique(image[16, :, channel])) > 700 for channel in range(3))
        assert alpha.max() == 65535


@pytest.mark.parametrize("form", DEEP)
@pytest.mark.parametrize(
    ("name", "codec", "pixel_format", "subsampled", "options"),
    [
        ("hevc.mp4", "libx265", "yuv420p10le", (2, 2), LOSSLESS),
        ("camera.mov", "prores_ks", "yuv422p10le", (1, 2), {"profile": "hq"}),
        ("twelve.mkv", "ffv1", "yuv422p12le", (1, 2), {}),
    ],
)
def test_codecs_of_cameras_keep_their_levels(
    tmp_path, project, form, name, codec, pixel_format, subsampled, options
):
    bits = 12 if "12" in pixel_format else 10
    planes = ramp(*SIZE, bits, subsampled)
    planes[1:] = [np.full(each.shape, 2 ** (bits - 1)) for each in planes[1:]]  # grey has no chroma to spread
    source = write_deep(tmp_path / name, codec, pixel_format, [planes] * 3, options)
    image, _ = _read(_made(project(source), form, _path(tmp_path, form)))[2]
    loss_of_source = 1.5 if codec == "prores_ks" else 0
    assert np.abs(image - colours(planes, bits)).max() <= (BOUNDS[form] + loss_of_source) * STEP
    assert len(np.unique(image[16, :, 1])) > 700


@pytest.mark.parametrize("form", DEEP)
def test_mattes_leave_the_levels_within_objects_alone(tmp_path, project, form):
    session = project(_gradient(tmp_path))
    image, alpha = _read(_made(session, form, _path(tmp_path, form), Matting("guided")))[0]
    is_inside = alpha == 65535
    wanted = colours(ramp(*SIZE), 10)
    assert np.abs(image - wanted)[is_inside].max() <= BOUNDS[form] * STEP
    assert len(np.unique(image[16, is_inside[16], 1])) > 600


@pytest.mark.parametrize("form", ["rgba", "overlay", "vp9"])
def test_forms_of_8_bits_ask_for_no_more(tmp_path, project, monkeypatch, form):
    session = project(_gradient(tmp_path))
    monkeypatch.setattr(exporting, "deep_frames", lambda *_: pytest.fail("8 bits are all it keeps"))
    assert _made(session, form, _path(tmp_path, form)).exists()


def test_png_files_have_the_colours_of_8_bits_that_they_have_always_had(tmp_path, project):
    source = _gradient(tmp_path)
    folder = _made(project(source), "rgba", tmp_path / "rgba")
    with open_video(source) as video:
        for index, image in enumerate(video.frames()):
            np.testing.assert_array_equal(
                np.asarray(PIL.Image.open(folder / f"{index:05}.png"))[..., :3], image
            )


@pytest.mark.parametrize("form", DEEP)
@pytest.mark.parametrize("matting", [None, Matting("guided")])
def test_sources_of_8_bits_are_exported_byte_for_byte_as_by_8_bits(
    tmp_path, project, monkeypatch, form, matting
):
    session = project(write(tmp_path, Clip("plain.mp4", frame_count=3)))
    path = _made(session, form, _path(tmp_path, form), matting)
    monkeypatch.setattr(exporting, "deep_frames", lambda video, start, stop: video.frames(start, stop))
    again = _made(session, form, _path(tmp_path, f"{form}").with_stem("again"), matting)
    assert _packets(path) == _packets(again)


@pytest.mark.parametrize("form", ["rgba", "davis", "sheet", "overlay", "boxes"])
def test_forms_of_8_bits_take_deep_images_all_the_same(tmp_path, project, monkeypatch, form):
    session = project(_gradient(tmp_path))
    monkeypatch.setitem(EXPORTERS, form, replace(EXPORTERS[form], is_deep=True))
    path = _made(session, form, _path(tmp_path, form))
    if form == "rgba":
        image = np.asarray(PIL.Image.open(path / "00000.png"))[..., :3]
        assert np.abs(image * 257.0 - colours(ramp(*SIZE), 10)).max() <= 0.55 * 257
    assert path.exists()


def _written(path, codec, image, alpha):
    """One frame with premultiplied colours."""
    info = VideoInfo(*alpha.shape, (0,), Fraction(1, 25))
    with AlphaVideo(
        path, info, codec=codec, cut=lambda *_: Cutout(image, alpha), premultiplied=True
    ) as video:
        video.write(0, image, np.zeros(alpha.shape, np.uint8))
    return _read(path)[0]


@pytest.mark.parametrize("codec", DEEP)
def test_colours_are_premultiplied_with_all_levels(tmp_path, codec):
    image = np.rint(colours(ramp(*SIZE), 10)).astype(np.uint16)
    alpha = np.repeat(np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None], WIDTH, axis=1)
    read, _ = _written(_path(tmp_path, codec), codec, image, alpha)
    assert np.abs(read - image * alpha[..., None].astype(np.float64)).max() <= BOUNDS[codec] * STEP


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_premultiplied_white_is_white_in_prores(tmp_path, dtype):
    white = np.full((16, 32, 3), np.iinfo(dtype).max, dtype)
    path = tmp_path / "white.mov"
    _written(path, "prores", white, np.ones((16, 32), np.float32))
    with av.open(str(path)) as container:
        luma = planes_of(next(container.decode(video=0)))[0]
    assert np.abs(luma.astype(int) - 3760).max() <= 1  # 235 of 8 bits


def test_prores_pictures_are_the_same_every_time(tmp_path):
    image = np.random.default_rng(3).integers(0, 256, (33, 40, 3)).astype(np.uint8)  # no multiple of 16 wide
    frame = ALPHA_CODECS["prores"].frame
    options = {"premultiplied": False, "matrix": Colorspace.ITU709}
    alpha = np.ones((33, 40), np.float32)
    pictures = {
        b"".join(each.tobytes() for each in planes_of(frame(image, alpha, reformatter=one, **options)))
        for one in (VideoReformatter() for _ in range(40))
    }
    assert len(pictures) == 1
