"""Remove a tracked object from the picture.

python examples/remove.py project without.mkv
"""

import sys
from pathlib import Path

from track_anything import Session
from track_anything.inpaint import FlowInpainter


def main(project: Path, video: Path) -> None:
    """Write the video without the objects; .mkv is lossless, a name without suffix is a folder of PNG."""
    with Session.open(project) as session:
        # What other frames show of the background is carried in; what none shows is made up.
        session.remove_objects(video, FlowInpainter(still="telea")).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
