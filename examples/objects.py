"""Track several objects that are first known on different frames.

python examples/objects.py clip.mp4 project 0:320,180 12:90,60
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from track_anything import Session, load_models
from track_anything.models import Models

Click = tuple[int, float, float]
"""A frame and (x, y) on it."""


def main(
    clip: Path, project: Path, clicks: Sequence[Click], models: Callable[[], Models] = load_models
) -> None:
    """One object per click."""
    with Session.create(clip, project, models) as session:
        for frame, x, y in clicks:
            session.click(object_id=session.add_object(), frame=frame, x=x, y=y)
        # Both ways from where each is known; none takes a pixel from another's known mask.
        session.track().run()


def click_from(text: str) -> Click:
    """A click from ``FRAME:X,Y``."""
    frame, _, place = text.partition(":")
    x, _, y = place.partition(",")
    return int(frame), float(x), float(y)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [click_from(text) for text in sys.argv[3:]])
