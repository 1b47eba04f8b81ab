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
from tests.browser.chromium import find_chromium
from tests.browser.editor_page import Editor, chromium_browser, served
from track_anything.models import load_models
from track_anything.ui import Settings
from track_anything.video.sample import sample_clip

_SIZE: ViewportSize = {"width": 1280, "height": 800}
_TRACKING = 1_200_000  # ms
_BESIDE = (1150, 300)  # CSS pixels; away from the picture, where the pointer shows a preview


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
            _walk(Album(editor, options.folder, "editor-{}.png"))
    return 0


def _walk(album: Album) -> None:
    """A first object by a click, a second one by the brush; tracked, found drifted, corrected, exported."""
    editor, page = album.editor, album.editor.page
    album.take("empty")
    page.click("#ta-sample")
    editor.wait_until("state.project !== null")
    editor.wait_for_job()
    editor.wait_for_frame(0)
    editor.click_pixel(200, 150)
    _name(editor, 0, "earth")
    page.mouse.move(*_BESIDE)
    album.take("clicking")

    with editor.changing():
        page.keyboard.press("a")
    page.keyboard.press("r")
    with editor.changing():
        editor.drag_pixels((240, 125), (252, 131))
    page.keyboard.press("c")
    _name(editor, 1, "city lights")
    _track(editor)
    page.keyboard.press("n")
    editor.wait_until("state.toFix !== null && state.about?.frame === state.frame")
    if editor.state("state.frame") == 0:  # nothing is in doubt: a frame in the middle shows as much
        page.evaluate("trackAnything.actions.seek(75)")
        editor.wait_until("state.about?.frame === 75")
    editor.wait_for_frame(editor.state("state.frame"))
    page.mouse.move(*_BESIDE)
    album.take("tracked")

    with editor.changing():
        editor.drag_pixels((238, 100), (290, 160))
    page.mouse.move(*_BESIDE)
    album.take("correcting")

    _track(editor)
    page.click("#ta-export-as")
    page.click("#ta-export-overlay")
    editor.wait_until("state.job.kind === 'export' && state.job.done > 20")
    album.take("exporting")
    editor.wait_for_job()
    page.keyboard.press("Escape")
    editor.wait_until("state.messages.length === 0")
    page.click("#ta-theme")
    page.select_option("#ta-view", "dimmed")
    album.take("dark")


def _name(editor: Editor, place: int, name: str) -> None:
    with editor.changing():
        editor.page.locator(".ta-name").nth(place).fill(name)
        editor.page.keyboard.press("Enter")


def _track(editor: Editor) -> None:
    with editor.changing():
        editor.page.click("#ta-track")
    editor.wait_for_job(patience=_TRACKING)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="screenshots.py", description="Pictures of the editor for the README."
    )
    parser.add_argument("folder", type=Path, help="where to put them")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
