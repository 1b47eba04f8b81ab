"""Makes the moving picture of the editor that the README begins with, from the real page with real networks.

python benchmarks/moving_picture.py docs/pictures/editor.webp --stills docs/pictures
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from playwright.sync_api import ViewportSize

from benchmarks.album import Album
from benchmarks.first_visit import Camera, Cameras, FirstVisit
from benchmarks.reel import Reel
from tests.browser.chromium import find_chromium
from tests.browser.editor_page import Editor, chromium_browser, served
from track_anything.models import PRESETS, load_models
from track_anything.ui import Settings
from track_anything.video.sample import sample_clip

_SIZE: ViewportSize = {"width": 1280, "height": 800}
_MOMENTS = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the picture; returns the exit code, 2 without Chromium."""
    options = _parse(arguments)
    executable = find_chromium()
    if executable is None:
        print("error: no Chromium here: make chromium installs one", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as workspace, chromium_browser(executable) as browser:
        settings = Settings(
            load=lambda progress: load_models(preset=options.preset, progress=progress),
            workspace=Path(workspace),
            roots=(sample_clip().parent,),
        )
        with served(settings) as server:
            context = browser.new_context(viewport=_SIZE, reduced_motion="reduce")
            editor = Editor(context.new_page(), server.address)
            editor.visit()
            reel = Reel(editor, _MOMENTS)
            camera: Camera = reel
            if options.stills is not None:
                camera = Cameras(reel, Album(editor, options.stills, "editor-{}.png"))
            FirstVisit(editor, camera).go()
    reel.save(options.file)
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="moving_picture.py", description="The moving picture of the editor for the README."
    )
    parser.add_argument("file", type=Path, help="the WebP to write")
    parser.add_argument("--stills", type=Path, metavar="FOLDER", help="put pictures of its states there, too")
    parser.add_argument("--preset", choices=tuple(PRESETS), default="fast")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
