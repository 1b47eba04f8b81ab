"""Track one object through a clip from one click, and hand out its masks.

python examples/track.py clip.mp4 out 320,180
"""

import sys
from collections.abc import Callable
from pathlib import Path

from track_anything import Session, load_models
from track_anything.models import Models


def main(clip: Path, out: Path, x: float, y: float, models: Callable[[], Models] = load_models) -> None:
    """Write ``out/project``, ``out/masks`` and ``out/overlay.mp4``."""
    # A project is a folder that holds everything you do; the clip stays where it is.
    with Session.create(clip, out / "project", models) as session:
        ball = session.add_object("ball")
        # The networks are loaded with the first click; weights are fetched once.
        session.click(frame=0, object_id=ball, x=x, y=y)
        # Tracking is a generator: leave the loop to pause, `session.unfinished()` goes on.
        for result in session.track():
            sys.stderr.write(f"frame {result.index}: {result.confidence[ball]:.0%} sure\n")
        session.export("masks", out / "masks").run()
        session.export("overlay", out / "overlay.mp4").run()


if __name__ == "__main__":
    click = sys.argv[3].split(",")
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(click[0]), float(click[1]))
