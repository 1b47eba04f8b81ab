"""Videos with alpha are read back by FFmpeg, within the loss that is told."""

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
import pytest

from tests.track_anything.export.alpha_reading import read
from tests.track_anything.video.clips import VARIABLE, Clip, index_in, picture, write
from track_anything.errors import InputError, OutputError, VideoError
from track_anything.export.videos.alpha_codecs import ALPHA_CODECS
from track_anything.export.videos.alpha_video import AlphaVideo
from track_anything.matting import Cutout
from track_anything.video import VideoInfo, open_video

HEIGHT, WIDTH = SIZE = (48, 64)
MILLISECOND = Fraction(1, 1000)


@dataclass(frozen=True)
class Bounds:
    """How far what is read back may lie from what was given; in 1/255, measured and rounded up."""

    alpha: float  # at every pixel
    mean_alpha: float
    colour: float | None = None  # at every pixel; None where colours are not kept
    mean_colour: float = 0.0


BOUNDS = {
    "prores": Bounds(alpha=0.18, mean_alpha=0.07, colour=3, mean_colour=0.5),  # 10 bits, then not lossy
    "png-mov": Bounds(alpha=0.002, mean_alpha=0.001, colour=0),  # half a step of 16 bits
    "ffv1": Bounds(alpha=0.002, mean_alpha=0.001, colour=0),
    "vp9": Bounds(alpha=10, mean_alpha=0.7, colour=45, mean_colour=4),  # lossy, colour at half size
    "matte": Bounds(alpha=4, mean_alpha=0.7),  # lossy
}
EXACT = [codec for codec, form in ALPHA_CODECS.items() if form.encoding.container.ticks is None]
MUXED = ["prores", "vp9", "ffv1", "matte"]  # one of each container


def _path(folder, codec):
    return folder / f"cut{ALPHA_CODECS[codec].encoding.container.suffix}"


def _soft(index, size=SIZE):
    """Moving waves that reach 0 and 1."""
    rows, columns = np.mgrid[: size[0], : size[1]]
    wave = np.sin((columns + 3 * index) / 9.0) * np.cos((rows - index) / 7.0)
    return np.clip(0.5 + 0.6 * wave, 0, 1).astype(np.float32)


def _cut(index, image):
    return Cutout(image, _soft(index))


def _label_map(index, size=SIZE):
    label_map = np.zeros(size, np.uint8)
    label_map[8:30, 8 + index : 30 + index] = 3
    return label_map


def _export(path, info, codec, **options):
    size = (info.height, info.width)
    with AlphaVideo(path, info, codec=codec, **options) as exporter:
        for index in range(info.frame_count):
            exporter.write(index, picture(index, size), _label_map(index, size))
    return without_loss(exporter.notes, codec)


def without_loss(notes, codec):
    """The notes but for the one that must be there where alpha is coded with loss."""
    lossy = [note for note in notes if "levels of 255" in note]
    assert len(lossy) == (ALPHA_CODECS[codec].alpha_error > 0)
    return tuple(note for note in notes if note not in lossy)


def test_the_loss_that_is_told_is_the_one_that_is_measured():
    told = {name: codec.alpha_error for name, codec in ALPHA_CODECS.items() if codec.alpha_error}
    assert told == {name: bounds.alpha for name, bounds in BOUNDS.items() if bounds.alpha >= 1}


def _check(frames, codec, alpha_of, image_of=picture, size=SIZE):
    bounds = BOUNDS[codec]
    for index, frame in enumerate(frames):
        alpha_error = 255 * np.abs(frame.alpha[: size[0], : size[1]] - alpha_of(index, size))
        assert alpha_error.max() <= bounds.alpha
        assert alpha_error.mean() <= bounds.mean_alpha
        if bounds.colour is not None:
            colour_error = np.abs(frame.image[: size[0], : size[1]].astype(int) - image_of(index, size))
            assert colour_error.max() <= bounds.colour
            assert colour_error.mean() <= bounds.mean_colour


@pytest.mark.parametrize("codec", ALPHA_CODECS)
@pytest.mark.parametrize("size", [SIZE, (33, 47), (34, 47), (33, 48)])
def test_soft_alpha_and_colours_read_back(tmp_path, codec, size):
    info = VideoInfo.of_constant_rate(12, *size, Fraction(25))
    path = _path(tmp_path, codec)
    notes = _export(path, info, codec, cut=lambda index, image: Cutout(image, _soft(index, size)))
    frames = read(path)
    assert [frame.time for frame in frames] == [Fraction(index, 25) for index in range(12)]
    _check(frames, codec, _soft, size=size)
    is_padded = codec == "matte" and size != SIZE
    if not is_padded:
        assert {frame.alpha.shape for frame in frames} == {size}
        assert notes == ()
        return
    height, width = size[0] + size[0] % 2, size[1] + size[1] % 2
    assert {frame.alpha.shape for frame in frames} == {(height, width)}
    assert notes == (
        f"matte videos have even sizes: {size[1]} x {size[0]} became {width} x {height} by repeating the "
        "last column or row",
    )
    assert np.abs(frames[3].alpha[-1, :] - frames[3].alpha[-2, :]).mean() < (0.02 if size[0] % 2 else 1)


@pytest.mark.parametrize("codec", ALPHA_CODECS)
def test_labels_become_opaque_and_the_rest_transparent(tmp_path, codec):
    info = VideoInfo.of_constant_rate(4, *SIZE, Fraction(25))
    _export(_path(tmp_path, codec), info, codec)
    frames = read(_path(tmp_path, codec))
    assert len(frames) == 4
    _check(frames, codec, lambda index, size: (_label_map(index, size) > 0).astype(np.float32))
    for frame in frames:
        assert (frame.alpha.min(), frame.alpha.max()) == (0, 1)


@pytest.mark.parametrize("codec", ALPHA_CODECS)
@pytest.mark.parametrize("value", [0, 1])
def test_a_single_frame_without_or_full_of_objects(tmp_path, codec, value):
    info = VideoInfo.of_constant_rate(1, *SIZE, Fraction(25))
    with AlphaVideo(_path(tmp_path, codec), info, codec=codec) as exporter:
        exporter.write(0, picture(5, SIZE), np.full(SIZE, value, np.uint8))
    (frame,) = read(_path(tmp_path, codec))
    assert (frame.alpha == value).all()
    if ALPHA_CODECS[codec].has_colours:
        assert index_in(frame.image) == 5  # colours are there also where nothing is


@pytest.mark.parametrize("codec", ALPHA_CODECS)
@pytest.mark.parametrize(
    ("timestamps", "time_base"),
    [(VARIABLE, Fraction(1, 90)), (tuple(range(24)), Fraction(1001, 30_000)), (VARIABLE, Fraction(1, 100))],
)
def test_times_are_those_of_the_source(tmp_path, codec, timestamps, time_base):
    info = VideoInfo(*SIZE, timestamps, time_base)
    notes = _export(_path(tmp_path, codec), info, codec)
    expected = [timestamp * time_base for timestamp in timestamps]
    times = [frame.time for frame in read(_path(tmp_path, codec))]
    if codec in EXACT or time_base == Fraction(1, 100):
        assert times == expected
        assert notes == ()
        return
    name = ALPHA_CODECS[codec].encoding.container.name
    assert notes == (f"{name} keeps times in steps of 1/1000 s: they were rounded",)
    assert len(times) == len(expected)
    for time, exact in zip(times, expected, strict=True):
        assert abs(time - exact) <= MILLISECOND / 2


@pytest.mark.parametrize("codec", MUXED)
def test_every_frame_of_a_file_keeps_its_place(tmp_path, codec):
    clip = Clip("variable.mp4", pts=VARIABLE, time_base=Fraction(1, 100), codec_options={"bf": "3"})
    source = write(tmp_path, clip)
    with open_video(source) as video:
        images = list(video.frames())
        with AlphaVideo(_path(tmp_path, codec), video.info, source=source, codec=codec) as exporter:
            for index, image in enumerate(images):
                exporter.write(index, image, _label_map(index))
        times = [timestamp * video.info.time_base for timestamp in video.info.timestamps]
    frames = read(_path(tmp_path, codec))
    assert [frame.time for frame in frames] == times
    for index, frame in enumerate(frames):
        assert (_label_map(index)[frame.alpha > 0.5] == 3).all()
        if ALPHA_CODECS[codec].has_colours:
            assert index_in(frame.image) == index


@pytest.mark.parametrize("codec", [codec for codec, form in ALPHA_CODECS.items() if form.has_colours])
def test_premultiplied_colours_are_those_times_alpha(tmp_path, codec):
    info = VideoInfo.of_constant_rate(3, *SIZE, Fraction(25))
    notes = _export(_path(tmp_path, codec), info, codec, cut=_cut, premultiplied=True)
    title = ALPHA_CODECS[codec].encoding.title
    assert notes == (
        f"{title}s cannot say that their colours are premultiplied: tell it to the program that reads this "
        "one",
    )
    tolerance = {"vp9": 40, "prores": 3}.get(codec, 1)  # 16-bit products are read as 8 bits, rounded down
    for index, frame in enumerate(read(_path(tmp_path, codec))):
        expected = picture(index, SIZE) * _soft(index)[..., None]
        assert np.abs(frame.image - expected).max() <= tolerance
        assert (frame.image[_soft(index) == 0] <= (0 if tolerance == 1 else tolerance)).all()


def test_a_matte_has_nothing_to_premultiply(tmp_path):
    info = VideoInfo.of_constant_rate(3, *SIZE, Fraction(25))
    with pytest.raises(InputError, match="a matte video has no colours: leave them straight"):
        AlphaVideo(tmp_path / "cut.mp4", info, codec="matte", premultiplied=True)


def _tagged_source(folder, tags):
    path = folder / "tagged.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.height, stream.width, stream.pix_fmt = HEIGHT, WIDTH, "yuv420p"
        codec = stream.codec_context
        codec.colorspace, codec.color_primaries, codec.color_trc = tags
        codec.sample_aspect_ratio = Fraction(16, 11)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(0, SIZE))))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("codec", ALPHA_CODECS)
@pytest.mark.parametrize(
    ("tags", "written"), [((9, 9, 16), (9, 9, 16)), ((6, 6, 6), (6, 6, 6)), ((2, 2, 2), (1, 1, 1))]
)
def test_colours_are_tagged_as_in_the_source(tmp_path, codec, tags, written):
    source = _tagged_source(tmp_path, tags)
    info = VideoInfo.of_constant_rate(1, *SIZE, Fraction(30))
    notes = _export(_path(tmp_path, codec), info, codec, source=source, cut=_cut)
    keeps_shape = codec in EXACT
    assert notes == () if keeps_shape else "pixels are 16/11 as wide as high, which this" in notes[0]
    with av.open(str(_path(tmp_path, codec))) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.color_primaries, context.color_trc) == written[1:]
        assert not keeps_shape or stream.sample_aspect_ratio == Fraction(16, 11)
        keeps_rgb = ALPHA_CODECS[codec].encoding.keeps_rgb
        assert context.color_range == (2 if keeps_rgb else 1)
        assert context.colorspace == (0 if keeps_rgb else written[0])
    _check(read(_path(tmp_path, codec)), codec, _soft)


INFO = VideoInfo.of_constant_rate(3, *SIZE, Fraction(10))
BLACK, NOTHING = np.zeros((*SIZE, 3), np.uint8), np.zeros(SIZE, np.uint8)


def _left_behind(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("codec", ALPHA_CODECS)
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_leaving_by_an_exception_leaves_what_was_there(tmp_path, codec, error):
    path = _path(tmp_path, codec)
    with pytest.raises(error):
        _export_one(path, codec, error=error)
    assert _left_behind(tmp_path) == []
    path.write_text("earlier")
    with pytest.raises(error):
        _export_one(path, codec, error=error, overwrite=True)
    assert _left_behind(tmp_path) == [path.name]
    assert path.read_text() == "earlier"


def _export_one(path, codec, *, error, **options):
    with AlphaVideo(path, INFO, codec=codec, **options) as exporter:
        exporter.write(0, BLACK, NOTHING)
        raise error


@pytest.mark.parametrize("codec", ALPHA_CODECS)
def test_what_exists_is_replaced_only_on_demand_and_complete(tmp_path, codec):
    path = _path(tmp_path, codec)
    path.write_text("precious")
    with pytest.raises(OutputError, match="exists already: choose another path or allow overwriting"):
        AlphaVideo(path, INFO, codec=codec).__enter__()
    assert path.read_text() == "precious"
    with AlphaVideo(path, INFO, codec=codec, overwrite=True) as exporter:
        exporter.write(0, BLACK, NOTHING)
        exporter.write(2, BLACK, NOTHING)
        assert path.read_text() == "precious"
    assert [frame.time for frame in read(path)] == [0, Fraction(2, 10)]
    assert _left_behind(tmp_path) == [path.name]


@pytest.mark.parametrize(
    ("codec", "name", "message"),
    [
        ("prores", "cut.mp4", r"is not named \.mov: ProRes videos are QuickTime files, name it so"),
        ("png-mov", "cut.png", r"is not named \.mov: PNG videos are QuickTime files, name it so"),
        ("ffv1", "cut.mov", r"is not named \.mkv: FFV1 videos are Matroska files, name it so"),
        ("vp9", "cut.mkv", r"is not named \.webm: VP9 videos are WebM files, name it so"),
        ("matte", "cut", r"is not named \.mp4: matte videos are MP4 files, name it so"),
    ],
)
def test_a_wrong_suffix_is_refused_and_the_right_one_named(tmp_path, codec, name, message):
    with pytest.raises(OutputError, match=message):
        AlphaVideo(tmp_path / name, INFO, codec=codec).__enter__()
    assert _left_behind(tmp_path) == []


def test_the_source_is_never_replaced(tmp_path):
    source = write(tmp_path, Clip("clip.mp4"))
    content = source.read_bytes()
    with pytest.raises(OutputError, match="is the source itself: choose another path for the matte video"):
        AlphaVideo(source, INFO, source=source, codec="matte", overwrite=True).__enter__()
    assert source.read_bytes() == content


def test_a_source_that_cannot_be_opened_leaves_nothing(tmp_path):
    with pytest.raises(VideoError, match="does not exist"):
        AlphaVideo(tmp_path / "cut.mov", INFO, source=tmp_path / "no.mp4", codec="prores").__enter__()
    assert _left_behind(tmp_path) == []


def test_an_unknown_codec_is_refused():
    with pytest.raises(InputError, match="unknown alpha codec 'hevc'; choose one of prores, png-mov"):
        AlphaVideo("cut.mov", INFO, codec="hevc")


@pytest.mark.parametrize(
    ("alpha", "message"),
    [
        (np.zeros((64, 48), np.float32), r"the alpha of frame 0 has shape \(64, 48\) but the frame \(48, 64"),
        (np.full(SIZE, 255, np.float32), "the alpha of frame 0 is not within 0 to 1 everywhere: scale it so"),
        (np.full(SIZE, -0.5, np.float32), "is not within 0 to 1 everywhere"),
        (np.full(SIZE, np.nan, np.float32), "is not within 0 to 1 everywhere"),
    ],
)
def test_alpha_that_cannot_be_meant_is_refused(tmp_path, alpha, message):
    with (
        pytest.raises(InputError, match=message),
        AlphaVideo(
            tmp_path / "cut.mov", INFO, codec="prores", cut=lambda _, image: Cutout(image, alpha)
        ) as exporter,
    ):
        exporter.write(0, BLACK, NOTHING)
    assert _left_behind(tmp_path) == []


def test_label_maps_must_have_the_size_of_the_frame(tmp_path):
    with (
        pytest.raises(InputError, match=r"the label map of frame 0 has shape \(64, 48\) but the frame"),
        AlphaVideo(tmp_path / "cut.mov", INFO, codec="prores") as exporter,
    ):
        exporter.write(0, BLACK, NOTHING.T)


class _FullContainer:
    """A container on a disk that has just run full."""

    def __init__(self, container):
        self._container = container

    def mux(self, packets):
        raise av.error.OSError(28, "No space left on device")

    def close(self):
        self._container.close()
        raise av.error.OSError(28, "No space left on device")


@pytest.mark.parametrize("codec", ALPHA_CODECS)
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, codec):
    exporter = AlphaVideo(_path(tmp_path, codec), INFO, codec=codec).__enter__()
    exporter.write(0, BLACK, NOTHING)
    exporter._container = _FullContainer(exporter._container)
    with pytest.raises(OutputError, match=r"cannot be written \(No space left on device\)"):
        exporter.__exit__(None, None, None)
    assert _left_behind(tmp_path) == []
