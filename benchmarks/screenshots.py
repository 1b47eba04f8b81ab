"""Takes the pictures of the editor that the README shows, from the real page with the real networks.

python benchmarks/screenshots.py docs/pictures
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
from benchmarks.first_visit import FirstVisit
from tests.browser.chromium import find_chromium
from tests.browser.editor_page import Editor, chromium_browser, served
from track_anything.models import load_models
from track_anything.ui import Settings
from track_anything.video.sample import sample_clip

_SIZE: ViewportSize = {"width": 1280, "height": 800}


def main(arguments: Sequence[str] | None = None) -> int:
    """Take all pictures; returns the exit code, 2 without Chromium."""
    options = _parse(arguments)
    executable = find_chromium()
    if executable is None:
        print("error: no Chromium here: make chromium installs one", file=sys.stderr)
        return 2
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as workspace, chromium_browser(executable) as browser:
        settings = Settings(
            load=lambda progress: load_models(progress=progress),
            workspace=Path(workspace),
            roots=(sample_clip().parent,),
        )
        with served(settings) as server:
            editor = Editor(browser.new_context(viewport=_SIZE).new_page(), server.address)
            editor.visit()
            FirstVisit(editor, Album(editor, options.folder, "editor-{}.png")).go()
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="screenshots.py", description="Pictures of the editor for the README."
    )
    parser.add_argument("folder", type=Path, help="where to put them")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
