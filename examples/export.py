"""Hand out a tracked project as masks, as a table, and as a cut-out with the alpha of hair and fur.

python examples/export.py project out
"""

import sys
from pathlib import Path

from track_anything import Session
from track_anything.export import Extract
from track_anything.matting import Matting


def main(project: Path, out: Path) -> None:
    """Write ``out/masks``, ``out/boxes.csv`` and ``out/cut-out``; no network is needed."""
    with Session.open(project) as session:
        session.export("masks", out / "masks").run()
        session.export("boxes", out / "boxes.csv").run()
        # The alpha of a tracked mask is how sure the tracker was; a matte seeks it along the outline.
        mattes = Extract(frames=(0, 2), matting=Matting(band=8))
        session.export("rgba", out / "cut-out", extract=mattes).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
