"""Whether memory stays flat: a long synthetic clip through the product's own project, session and loop.

    python benchmarks/rss.py --frames 2000 --json rss.json

The fakes stand in for the networks, so that what grows is the product's and not a model's.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from rich.console import Console
from rich.progress import track as show_progress

from benchmarks.process import peak_resident_mib, resident_mib
from track_anything.models import CachedSegmenter, Models
from track_anything.project import Description, Project
from track_anything.session import Session
from track_anything.testing import ColourSegmenter, MovingShapes, ShiftingPropagator

_LEVEL_FRAMES = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    options = _parse(arguments)
    if options.json is not None:
        options.json.parent.mkdir(parents=True, exist_ok=True)  # rather now than after the run
    clip = MovingShapes(frame_count=options.frames, height=options.height, width=options.width, shapes=2)
    with tempfile.TemporaryDirectory(prefix="track-anything-") as folder:
        resident = _track(clip, Path(folder) / "project")
    settled = min(options.settled, options.frames)
    before, after = _level(resident[:settled]), _level(resident)
    print(f"{clip.width} x {clip.height}, {clip.shapes} objects, fakes for networks, {len(resident)} frames")
    print(f"resident at frame {settled}: {before:.1f} MiB")
    print(f"resident at frame {len(resident)}: {after:.1f} MiB ({after - before:+.1f} MiB)")
    print(f"peak: {peak_resident_mib():.1f} MiB")
    if options.json is not None:
        content = {
            "frames": len(resident),
            "size": [clip.height, clip.width],
            "settled_frame": settled,
            "rss_growth_mib": after - before,
            "peak_rss_mib": peak_resident_mib(),
            "rss_mib": [round(value, 2) for value in resident],
        }
        options.json.write_text(json.dumps(content) + "\n", "utf-8")
    return 0


def _track(clip: MovingShapes, folder: Path) -> list[float]:
    """Click every object on the first frame and track to the last; resident MiB after each frame."""
    project = Project.create(folder, Description(folder, "synthetic", clip.info))
    models = Models(CachedSegmenter(ColourSegmenter()), ShiftingPropagator)
    with Session(project, clip, lambda: models) as session:
        for _ in range(clip.shapes):
            object_id = session.add_object()
            x, y = clip.centre(0, object_id)
            session.click(frame=0, object_id=object_id, x=x, y=y)
        track = session.track()
        console = Console(stderr=True)
        return [resident_mib() for _ in show_progress(track, "tracking", console=console, transient=True)]


def _level(resident: Sequence[float]) -> float:
    """The usual value of late: single frames swing by the size of their own scratch arrays."""
    return median(resident[-_LEVEL_FRAMES:])


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rss.py", description="Resident memory over a long synthetic clip.")
    parser.add_argument("--frames", type=int, default=2000, help="length of the clip (default: %(default)s)")
    parser.add_argument(
        "--settled", type=int, default=200, help="growth counts from here (default: %(default)s)"
    )
    parser.add_argument("--height", type=int, default=720)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument(
        "--json", type=Path, help="file for the figures, with resident memory after each frame"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
