"""Still pictures that make a video: in a folder, by a pattern, in a zip file, as pages of one file."""

import fnmatch
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import PIL.features
import PIL.Image

from track_anything.errors import VideoError
from track_anything.video.other_pictures import SUFFIXES_BY_FFMPEG
from track_anything.video.picture_size import MAX_PIXELS

_AVIF = frozenset({".avif"} if PIL.features.check("avif") else ())
_USUAL = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".ppm", ".tga", ".tif", ".tiff", ".webp"}) | _AVIF
_RARER = SUFFIXES_BY_FFMPEG | {".gif", ".jfif", ".jp2", ".jpe", ".pbm", ".pgm", ".pnm"}
"""Read where none of the usual ones lies: a preview or another form of each picture may be beside them."""

IMAGE_SUFFIXES = _USUAL | _RARER
"""Of the files that are read as pictures."""

UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    zlib.error,
    zipfile.BadZipFile,
    PIL.Image.DecompressionBombError,
)
"""What reading a damaged picture raises."""

_WITH_PAGES = frozenset(
    {"TIFF", "WEBP", "PNG", "AVIF", "GIF"}
)  # a second picture in a JPEG is a preview or a depth
_TIMED_WHEN_READ = frozenset({"WEBP", "AVIF"})  # how long a picture is shown is known only then
_REDUCED = 0x00FE  # the TIFF tag by which a page says that it is a small copy of another
_COUNTER = re.compile(r"%0?(\d*)d")
_WILD = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Still:
    """One picture.

    Attributes:
        file: that it is in, itself or an archive.
        member: its name inside of the archive; None where the file is the picture.
        page: which of the pictures in one file.
    """

    file: Path
    member: str | None = None
    page: int = 0

    @property
    def name(self) -> str:
        """What it is called, with its suffix."""
        return PurePosixPath(self.member).name if self.member else self.file.name

    @property
    def stem(self) -> str:
        """The same without the suffix."""
        return PurePosixPath(self.name).stem

    def __str__(self) -> str:
        inside = f" in {self.file}" if self.member else ""
        page = f", page {self.page + 1}" if self.page else ""
        return f"{self.member or self.file}{inside}{page}"

    def data(self) -> bytes:
        """The file's content; one of ``UNREADABLE`` when it cannot be had."""
        if self.member is None:
            return self.file.read_bytes()
        try:
            with zipfile.ZipFile(self.file) as archive:
                return archive.read(self.member)
        except (RuntimeError, EOFError, lzma.LZMAError) as error:  # passwords, ways of packing, damage
            raise ValueError(f"{error}; pack it again, without a password") from error

    def open(self) -> PIL.Image.Image:
        """The picture, its pixels not read yet; to be closed. One of ``UNREADABLE`` when it is none."""
        image = PIL.Image.open(io.BytesIO(self.data()) if self.member else self.file)
        image.filename = ""  # or Pillow maps uncompressed TIFFs, and jumbles those that it then turns
        if image.width * image.height > MAX_PIXELS:
            image.close()
            raise ValueError(f"{image.width} x {image.height} pixels are too many: scale it to 8K or less")
        if self.page:
            image.seek(self.page)
        return image


def are_stills(source: Path) -> bool:
    """Whether a source is still pictures, by its name and kind alone, and not a video file, as a GIF is."""
    return is_many_files(source) or source.suffix.lower() in {*IMAGE_SUFFIXES, ".zip"} - {".gif"}


def find_stills(source: Path) -> list[Still]:
    """The pictures of a source in natural order: ``frame2.png`` comes before ``frame10.png``.

    Args:
        source: a folder, whose hidden files, folders and files of other kinds are passed over; a pattern such
            as ``shot/%04d.png`` or ``shot/*.png``; a zip file; or one picture, which may have pages.

    Raises:
        VideoError: there is no picture, or two of them claim one place in the order.
    """
    if source.is_dir():
        inside = (path for path in source.iterdir() if _is_image(path.name))
        found = _usual([Still(path) for path in inside if path.is_file()])
        _check_kinds(source, found)
    elif _is_pattern(source):
        found = _usual([Still(path) for path in _matching(source)])
    elif source.suffix.lower() == ".zip":
        found = _packed(source)
    else:
        found = [Still(source)]
    if not found:
        kinds = ", ".join(sorted(IMAGE_SUFFIXES))
        raise VideoError(f"{source} holds no images: give a folder of {kinds} files, or a video file")
    return sorted(found, key=_natural_key)


def pages_of(still: Still, image: PIL.Image.Image) -> Iterator[tuple[Still, float | None]]:
    """The pictures in the file of an opened one, and how many milliseconds each is shown, if that is told."""
    count = getattr(image, "n_frames", 1) if image.format in _WITH_PAGES else 1
    first = (
        1 if count > 1 and getattr(image, "default_image", False) else 0
    )  # what those see who know no APNG
    for page in range(first, count):
        image.seek(page)
        if count > 1 and image.format in _TIMED_WHEN_READ:
            image.load()
        tags = getattr(image, "tag_v2", {})
        if not int(tags.get(_REDUCED, 0)) & 1:
            yield replace(still, page=page), image.info.get("duration")


def is_many_files(source: Path) -> bool:
    """Whether a source is a folder, or a pattern of names."""
    return source.is_dir() or _is_pattern(source)


def images_in(source: Path) -> list[Path]:
    """The files that are read of a folder or a pattern, in order; VideoError when there is none."""
    return [still.file for still in find_stills(source)]


def image_names(source: Path) -> tuple[str, ...]:
    """What the pictures of a source are called, in order; nothing where it is no stills or is not there."""
    try:
        return tuple(still.name for still in find_stills(source)) if are_stills(source) else ()
    except (VideoError, OSError):
        return ()


def _is_pattern(source: Path) -> bool:
    return bool(_COUNTER.search(source.name) or _WILD.search(source.name)) and not source.exists()


def _matching(pattern: Path) -> Iterator[Path]:
    """The pictures whose names are those that a pattern means: a counter as of FFmpeg, or wild cards."""
    counter = _COUNTER.search(pattern.name)
    expression = fnmatch.translate(pattern.name)
    if counter:
        before, after = pattern.name[: counter.start()], pattern.name[counter.end() :]
        expression = rf"{re.escape(before)}\d{{{int(counter[1] or 1)},}}{re.escape(after)}"
    if pattern.parent.is_dir():
        for path in pattern.parent.iterdir():
            if re.fullmatch(expression, path.name) and _is_image(path.name) and path.is_file():
                yield path


def _packed(archive: Path) -> list[Still]:
    try:
        with zipfile.ZipFile(archive) as opened:
            names = [entry.filename for entry in opened.infolist() if not entry.is_dir()]
    except UNREADABLE as error:
        raise VideoError(f"{archive} cannot be read as a zip file ({error}): pack it again") from error
    pictures = (name for name in names if "__MACOSX" not in name and _is_image(Path(name).name))
    found = _usual([Still(archive, name) for name in pictures])
    _check_kinds(archive, found)
    return found


def _check_kinds(source: Path, found: Sequence[Still]) -> None:
    """Raise VideoError where 000.jpg lies beside 000.png: one of the two is no frame."""
    seen: dict[str, Still] = {}
    for still in found:
        place = str(PurePosixPath(still.member or still.name).with_suffix(""))
        other = seen.setdefault(place, still)
        if other is not still:
            pattern = source / f"*{PurePosixPath(still.name).suffix}"
            remedy = f"choose one kind, as by '{pattern}'" if source.is_dir() else "pack one kind"
            raise VideoError(
                f"{source} holds {other.name} beside {still.name}, two pictures for one frame: {remedy}"
            )


def _is_image(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in IMAGE_SUFFIXES and not name.startswith(".")


def _usual(found: list[Still]) -> list[Still]:
    """Those of the usual kinds, or all where there is none."""
    return [still for still in found if PurePosixPath(still.name).suffix.lower() in _USUAL] or found


def _natural_key(still: Still) -> list[list[tuple[int, int, str]]]:
    """Numbers compare by value and before text, so that unpadded names sort as a person would."""
    folders = PurePosixPath(still.member or still.name).with_suffix("").parts
    return [_split(folder) for folder in folders]


def _split(name: str) -> list[tuple[int, int, str]]:
    parts = re.findall(r"\d+|\D+", name)
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part.lower()) for part in parts]
