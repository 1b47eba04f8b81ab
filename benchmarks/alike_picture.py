"""Find all like this, shown: one click in the real page, others like it ticked, all of them tracked.

    python benchmarks/alike_picture.py CLIP FOLDER --click 320,170 --tick 2 --frames 30

CLIP is a video or a folder of images; two pictures of the page go into FOLDER: the list, and the last frame
that was tracked. Prints how many frames each object has a mask on.
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
from benchmarks.stills import positive
from tests.browser.chromium import find_chromium
from tests.browser.editor_page import Editor, Served, chromium_browser, project_of, served
from track_anything.models import PRESETS, load_models
from track_anything.ui import Settings

_SIZE: ViewportSize = {"width": 1280, "height": 800}
_WORKING = 3_600_000  # ms
_BESIDE = (1150, 300)  # CSS pixels; away from the picture, where the pointer shows a preview


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures; returns the exit code, 2 without Chromium."""
    options = _parse(arguments)
    executable = find_chromium()
    if executable is None:
        print("error: no Chromium here: make chromium installs one", file=sys.stderr)
        return 2
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as workspace, chromium_browser(executable) as browser:
        settings = Settings(
            load=lambda progress: load_models(preset=options.preset, progress=progress),
            workspace=Path(workspace),
            roots=(options.clip.resolve().parent,),
        )
        with served(settings) as server:
            editor = Editor(browser.new_context(viewport=_SIZE).new_page(), server.address, _WORKING)
            editor.visit()
            _walk(Album(editor, options.folder, "editor-alike-{}.png"), options)
            _tell(editor, server, options.frames)
    return 0


def _walk(album: Album, options: argparse.Namespace) -> None:
    """One click, the list, ticks, and tracking."""
    editor, page = album.editor, album.editor.page
    editor.open_path(options.clip.resolve())
    editor.wait_for_frame(0)
    editor.click_pixel(*options.click)
    page.click("#ta-like")
    editor.wait_until("state.dialog === 'everything' && state.busy === 0")
    for place in range(options.tick):
        page.locator(".ta-tile input").nth(place).click()
    album.take("list")
    with editor.changing():
        page.click("#ta-pick")
    with editor.changing():
        page.evaluate(f"trackAnything.actions.setRange(0, {options.frames})")
    with editor.changing():
        page.click("#ta-track")
    editor.wait_for_job()
    page.evaluate(f"trackAnything.actions.seek({options.frames - 1})")
    editor.wait_for_frame(options.frames - 1)
    page.mouse.move(*_BESIDE)
    album.take("tracked")


def _tell(editor: Editor, server: Served, frames: int) -> None:
    session = project_of(editor, server).session
    for object_id, name in session.project.state.objects.items():
        seen = sum(bool((session.label_map(frame) == object_id).any()) for frame in range(frames))
        print(f"{object_id} {name}: a mask on {seen} of {frames} frames")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clip", type=Path, help="video, or folder of images")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--click", type=_place, required=True, metavar="X,Y", help="on the example, frame 0")
    parser.add_argument("--tick", type=positive, default=2, help="so many of the list, from its head")
    parser.add_argument("--frames", type=positive, default=30, help="so many are tracked")
    parser.add_argument("--preset", choices=PRESETS, default="fast")
    return parser.parse_args(arguments)


def _place(text: str) -> tuple[float, float]:
    x, y = text.split(",")
    return float(x), float(y)


if __name__ == "__main__":
    raise SystemExit(main())
