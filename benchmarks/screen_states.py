"""Takes pictures of every state of the editor, light and dark, at three sizes, for a person to look at.

A drawn clip and the shipped fakes: no weights are needed, and it takes minutes.

python benchmarks/screen_states.py /tmp/states
"""

import argparse
import itertools
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import cv2
from playwright.sync_api import Browser, ViewportSize

from benchmarks.album import Album
from tests.browser.chromium import find_chromium
from tests.browser.editor_page import Editor, Served, chromium_browser, served
from tests.track_anything.drawn_frames import draw
from track_anything.masks import box_of
from track_anything.testing import MovingShapes, fake_models
from track_anything.ui import Settings

_CLIP = MovingShapes(frame_count=60, height=270, width=480, shapes=4)
_SIZES: tuple[ViewportSize, ...] = (
    {"width": 1280, "height": 800},
    {"width": 1024, "height": 700},
    {"width": 390, "height": 844},
)
_NO_VIDEO = "note.mp4"
_BOXES = "detections.json"
_PAUSE = "() => trackAnything.actions.track('both').then(() => trackAnything.actions.control('pause'))"
_FOLDS = "document.querySelectorAll('#ta-objects details').forEach((one) => { one.open = %s; })"


class Walk(Album):
    """One visit in one size and theme, with a picture of every state."""

    def click(self, frame: int, shape: int) -> None:
        """Click a shape and wait for the answer."""
        x, y = _CLIP.centre(frame, shape)
        self.editor.click_pixel(int(x), int(y))

    def go(self, masks: Path) -> None:
        """All states, one after the other."""
        self._open()
        self._mark()
        self._hand_out()
        self._dialogs(masks)

    def _open(self) -> None:
        self.take("open")
        self.page.fill("#ta-path", _NO_VIDEO)
        self.page.click("#ta-open-path")
        self.page.locator(".ta-open [role=alert]").wait_for()
        self.take("open-failed")
        self.editor.open_path("shapes")
        self.editor.wait_for_frame(0)
        self.take("opened")

    def _mark(self) -> None:
        editor, page = self.editor, self.page
        self.click(0, 1)
        self.take("clicked")
        for shape in (2, 3):
            with editor.changing():
                page.keyboard.press("a")
            self.click(0, shape)
        page.evaluate(_PAUSE)
        editor.wait_until("state.job?.status === 'paused'")
        self.take("paused")
        page.click("#ta-resume")
        editor.wait_for_job()
        self.take("tracked")
        for start, stop, kind in ((20, 32, "clear"), (40, 50, "lock")):
            page.evaluate("([start, stop]) => trackAnything.actions.select({ start, stop })", [start, stop])
            with editor.changing():
                page.evaluate("(kind) => trackAnything.actions.editHere(kind)", kind)
        self.take("selected")
        page.evaluate("trackAnything.actions.select(null)")
        page.evaluate("trackAnything.actions.seek(35)")
        editor.wait_for_frame(35)
        self.click(35, 3)
        page.keyboard.press("r")
        self.take("stale-brush")
        with editor.changing():
            page.evaluate("trackAnything.actions.edit({ kind: 'set_owner', object_id: 3, owner_id: 1 })")
        page.keyboard.press("p")
        for corner in ((200, 60), (300, 60), (320, 140)):
            page.mouse.click(*editor.place_of(*corner))
        page.mouse.move(*editor.place_of(220, 170))
        self.take("polygon-attached")
        page.keyboard.press("Escape")
        page.keyboard.press("c")
        page.evaluate(_FOLDS % "true")
        self.take("folds")
        page.evaluate(_FOLDS % "false")

    def _hand_out(self) -> None:
        editor, page = self.editor, self.page
        page.click("#ta-export")
        self.take("export-asks")
        page.click("#ta-export-anyway")
        editor.wait_for_job()
        self.take("exported")
        page.keyboard.press("Escape")
        page.evaluate("trackAnything.store.say('error', 'The server cannot be reached')")
        self.take("messages")
        page.evaluate("trackAnything.store.hush()")
        page.click("#ta-remove-open")
        self.take("remove")
        page.keyboard.press("Escape")
        page.evaluate("trackAnything.store.set({ view: 'wipe' })")
        self.take("wipe")
        page.evaluate("trackAnything.store.set({ view: 'cutout', backdrop: '#ffffff' })")
        self.take("cutout")
        page.evaluate("trackAnything.store.set({ view: 'overlay' })")
        x, y = _CLIP.centre(35, 3)
        page.keyboard.press("e")
        with editor.changing():
            editor.drag_pixels((x - 20, y - 8), (x + 20, y - 8))
        page.keyboard.press("c")
        page.keyboard.press("t")
        editor.wait_until("state.trackChanges?.stretches.length > 0")
        self.take("changes")

    def _dialogs(self, masks: Path) -> None:
        editor, page = self.editor, self.page
        page.keyboard.press("?")
        self.take("help")
        page.keyboard.press("Escape")
        page.click("#ta-everything")
        page.locator(".ta-pick-picture").wait_for()
        self.take("everything")
        page.keyboard.press("Escape")
        page.set_input_files("#ta-boxes", masks.parent / _BOXES)
        page.locator(".ta-tile").first.wait_for()
        self.take("boxes")
        page.keyboard.press("Escape")
        page.click("#ta-import")
        page.set_input_files("#ta-masks-folder", masks)
        editor.wait_until("state.incoming?.status === 'ready'")
        self.take("import")
        page.keyboard.press("Escape")
        page.click("#ta-open")
        page.locator(".ta-recent .ta-card").first.wait_for()
        self.take("open-again")


def main(arguments: Sequence[str] | None = None) -> int:
    """Take all pictures; returns the exit code, 2 without Chromium."""
    options = _parse(arguments)
    executable = find_chromium()
    if executable is None:
        print("error: no Chromium here: make chromium installs one", file=sys.stderr)
        return 2
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, chromium_browser(executable) as browser:
        root = Path(scratch)
        draw(root / "clips" / "shapes", _CLIP)
        (root / "clips" / _NO_VIDEO).write_text("no video")
        masks = root / "masks"
        masks.mkdir()
        for frame in range(0, 60, 10):
            cv2.imwrite(str(masks / f"{frame:05d}.png"), _CLIP.label_map(frame))
        (root / _BOXES).write_text(json.dumps(_detections()))
        settings = Settings(
            load=lambda _: fake_models(), workspace=root / "workspace", roots=(root / "clips",)
        )
        with served(settings) as server:
            for size, theme in itertools.product(_SIZES, ("light", "dark")):
                _visit(browser, server, size, theme, options.folder, masks)
    return 0


def _detections() -> list[dict[str, object]]:
    """A box around the fourth shape on every frame, which is no object yet when they are looked into."""
    rows: list[dict[str, object]] = []
    for frame in range(len(_CLIP)):
        x0, y0, x1, y1 = box_of(_CLIP.label_map(frame) == 4) or (0, 0, 1, 1)
        rows.append({"image_id": frame, "category_id": 37, "bbox": [x0, y0, x1 - x0, y1 - y0], "score": 0.9})
    return rows


def _visit(
    browser: Browser, server: Served, size: ViewportSize, theme: str, folder: Path, masks: Path
) -> None:
    context = browser.new_context(
        viewport=size,
        color_scheme="dark" if theme == "dark" else "light",
        has_touch=size["width"] < size["height"],
        reduced_motion="reduce",
    )
    editor = Editor(context.new_page(), server.address)
    editor.visit()
    Walk(editor, folder, f"{{}}-{size['width']}-{theme}.png").go(masks)
    context.close()


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="screen_states.py", description="Pictures of every state of the editor."
    )
    parser.add_argument("folder", type=Path, help="where to put them")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
