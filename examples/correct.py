"""Find the frame that a correction helps most, mend it with a click, and track again what that concerns.

python examples/correct.py project 310,200
"""

import sys
from collections.abc import Callable
from pathlib import Path

from track_anything import Session, load_models
from track_anything.models import Models


def main(project: Path, x: float, y: float, models: Callable[[], Models] = load_models) -> int | None:
    """Returns the frame that was mended, None where nothing is in doubt."""
    with Session.open(project, models) as session:
        in_doubt = session.frames_in_doubt()  # the worst first; asking loads no network
        if not in_doubt:
            return None
        frame, object_id = in_doubt[0]
        # The click is about the mask that is shown there: it adds what is missing, or takes what is too much.
        session.click(frame=frame, object_id=object_id, x=x, y=y)
        # Only what lies between the known masks next to it is tracked again, from both sides.
        session.track().run()
        return frame


if __name__ == "__main__":
    click = sys.argv[2].split(",")
    main(Path(sys.argv[1]), float(click[0]), float(click[1]))
