"""Whether exports and removals stay in bounded memory: a long synthetic clip, drawn, tracked and handed out.

    python benchmarks/export_memory.py --minutes 10 --rate 10 --forms matte coco
    python benchmarks/export_memory.py --frames 1000 --height 270 --width 480 --forms removal

The clip is written as an H.264 file and the masks straight into a project, so that what is measured is the
export alone; each form in a process of its own.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import av

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])


from benchmarks.process import peak_resident_mib, resident_mib
from track_anything.export import EXPORTERS
from track_anything.inpaint import FlowInpainter
from track_anything.project import Description, Project
from track_anything.project.edits import AddObject, Propagate
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models
from track_anything.video import open_video

REMOVAL = "removal"
_SETTLED = 0.2  # the part of the frames after which memory should not grow any more


@dataclass(frozen=True)
class Footprint:
    """What one export took.

    Attributes:
        form: which.
        frames: how many.
        seconds: per frame.
        settled_mib: resident after a fifth of the frames.
        end_mib: resident after the last one.
        peak_mib: the most at any time.
    """

    form: str
    frames: int
    seconds: float
    settled_mib: float
    end_mib: float
    peak_mib: float

    def __str__(self) -> str:
        return (
            f"{self.form:<20}{self.frames:>8}{self.seconds:>10.3f}{self.settled_mib:>12.0f}"
            f"{self.end_mib:>10.0f}{self.peak_mib:>10.0f}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    options = _parse(arguments)
    frames = options.frames or round(60 * options.minutes * options.rate)
    clip = MovingShapes(frame_count=frames, height=options.height, width=options.width, shapes=2)
    rows: list[Footprint] = []
    with tempfile.TemporaryDirectory(prefix="track-anything-") as folder:
        source = write_clip(Path(folder) / "clip.mp4", clip, options.rate)
        write_project(Path(folder) / "project", source, clip)
        print(f"{clip.width} x {clip.height}, {frames} frames of {1 / options.rate:g} s")
        print(
            f"{'form':<20}{'frames':>8}{'s/frame':>10}{'settled MiB':>12}{'end':>10}{'peak':>10}", flush=True
        )
        for form in options.forms:
            with get_context("spawn").Pool(1) as pool:
                rows.append(pool.apply(measure, (Path(folder), source, form)))
            print(rows[-1], flush=True)
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", "utf-8")
    return 0


def write_clip(path: Path, clip: MovingShapes, rate: float) -> Path:
    """The clip as a video file."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(rate).limit_denominator(1000))
        stream.height, stream.width, stream.pix_fmt = clip.height, clip.width, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "20"}
        for image in clip.frames():
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def write_project(folder: Path, source: Path, clip: MovingShapes) -> None:
    """A project on the clip whose masks one pass wrote."""
    with open_video(source) as video:
        info = video.info
    with Project.create(folder, Description(source, "", info)) as project:
        ids = tuple(range(1, clip.shapes + 1))
        for object_id in ids:
            project.edit(AddObject(object_id, f"disc {object_id}"))
        number = project.begin_pass(Propagate(0, len(clip), 1, ids))
        for frame in range(len(clip)):
            project.write_pass(number, frame, clip.label_map(frame), {"confidence": {}})


def measure(folder: Path, source: Path, form: str) -> Footprint:
    """Make one export and watch the memory of this process."""
    with Project(folder / "project", read_only=True) as project, open_video(source) as video:
        session = Session(project, video, fake_models, source=source)
        began = perf_counter()
        resident = [resident_mib() for _ in _exported(session, folder, form)]
        seconds = (perf_counter() - began) / len(resident)
    settled = resident[min(int(_SETTLED * len(resident)), len(resident) - 1)]
    return Footprint(form, len(resident), seconds, settled, resident[-1], peak_resident_mib())


def _exported(session: Session, folder: Path, form: str) -> Iterator[int]:
    if form == REMOVAL:
        yield from session.remove_objects(folder / "removed.mp4", FlowInpainter())
    else:
        yield from session.export(form, folder / f"{form}{EXPORTERS[form].suffix}")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="export_memory.py", description="The memory that exports take.")
    parser.add_argument("--minutes", type=float, default=10, help="length of the clip (10)")
    parser.add_argument("--rate", type=float, default=10, help="frames per second (10)")
    parser.add_argument("--frames", type=int, help="length in frames, instead of minutes")
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--width", type=int, default=1920)
    parser.add_argument(
        "--forms", nargs="+", choices=[*EXPORTERS, REMOVAL], default=["matte"], metavar="FORM"
    )
    parser.add_argument("--json", type=Path, help="file for the numbers")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
