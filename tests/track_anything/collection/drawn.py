"""Drawn clips in mixed containers, a table of them, and networks that need no weights."""

import csv
import zipfile
from fractions import Fraction
from pathlib import Path

import av
import PIL.Image

from track_anything.collection.batch import BatchSettings, Networks
from track_anything.errors import WeightsError
from track_anything.models import Models
from track_anything.testing import MovingShapes, fake_models

SIZE = {"height": 40, "width": 60}
CODECS = {".mp4": ("libx264", "yuv444p"), ".mkv": ("ffv1", "bgr0"), ".avi": ("png", "rgb24")}
FAKES = Networks("track_anything.testing:fake_models")
SETTINGS = BatchSettings(networks=FAKES)


def models(**options: object) -> Models:
    """The fakes, whatever a command line asks for."""
    return fake_models()


def no_models() -> Models:
    """What a machine without weights answers."""
    raise WeightsError("no weights here: fetch them")


def clip_of(place: int) -> MovingShapes:
    """A clip like no other: its length and number of discs follow its place."""
    return MovingShapes(frame_count=3 + place % 4, shapes=1 + place % 2, **SIZE)


def write_clip(clip: MovingShapes, path: Path, first: int = 0) -> Path:
    """A clip from one of its frames on, as a video file, a folder or a zip file of pictures."""
    frames = [clip.frame(first + index) for index in range(clip.frame_count)]
    if path.suffix in CODECS:
        codec, pixels = CODECS[path.suffix]
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=Fraction(25))
            stream.height, stream.width = frames[0].shape[:2]
            stream.pix_fmt = pixels
            for frame in frames:
                container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
            container.mux(stream.encode())
        return path
    folder = path.with_suffix("")
    folder.mkdir()
    for index, frame in enumerate(frames):
        PIL.Image.fromarray(frame).save(folder / f"{index:05d}.png", compress_level=1)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for picture in sorted(folder.iterdir()):
                archive.write(picture, picture.name)
        return path
    return folder


def write_table(folder: Path, count: int, broken: int = 0) -> Path:
    """A table of so many different clips, the last ones of which are broken."""
    suffixes = [*CODECS, "", ".zip"]
    with (folder / "table.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("video", "object", "frame", "click"))
        for place in range(count):
            clip, name = clip_of(place), f"clip{place:02d}{suffixes[place % len(suffixes)]}"
            if place >= count - broken:
                name = f"broken{place}.mp4"
                (folder / name).write_bytes(b"no video" * place)
            else:
                write_clip(clip, folder / name, first=place)
            for object_id in range(1, clip.shapes + 1):
                x, y = clip.centre(place, object_id)
                writer.writerow((name, f"disc {object_id}", 0, f"{x},{y}"))
    return folder / "table.csv"


def tree(folder: Path) -> dict[str, bytes]:
    """Every file that a batch has handed out, by its name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".work" not in path.relative_to(folder).parts
    }
