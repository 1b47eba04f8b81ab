"""A moving picture of the editor's page: what is seen, and where the pointer is."""

import io
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw

from tests.browser.editor_page import Editor

SHOWN = (896, 560)  # pixels of the moving picture
_QUALITY = 55
_STOP, _PASSING = 1600, 130  # ms that a state and a moment on the way are shown
_SETTLING = 400  # ms for hints and bars
_ARROW = ((0, 0), (0, 17), (4, 13), (7, 19), (10, 18), (7, 12), (12, 12))  # pixels of the moving picture

# Headless Chromium draws no pointer: the page says where it is.
_FOLLOW_POINTER = """() => addEventListener('pointermove', ({ clientX, clientY }) => {
  window.pointerAt = [clientX, clientY];
}, { capture: true })"""


class Reel:
    """Takes pictures of an editor, one after the other, as long as each is shown.

    Args:
        editor: the page.
        moments: how many pictures of each thing that takes a while.
    """

    def __init__(self, editor: Editor, moments: int) -> None:
        self.moments = moments
        self._page = editor.page
        self._page.evaluate(_FOLLOW_POINTER)
        self._pictures: list[Image.Image] = []
        self._durations: list[int] = []

    def take(self, name: str) -> None:
        """A state that is stopped at; a moving picture needs no name for it."""
        del name
        self._page.wait_for_timeout(_SETTLING)
        self._shoot(_STOP)

    def pass_by(self) -> None:
        """A moment on the way."""
        self._shoot(_PASSING)

    def save(self, path: Path) -> None:
        """Write all of it as an animated WebP."""
        save_animation(path, self._pictures, self._durations)

    def _shoot(self, duration: int) -> None:
        picture = Image.open(io.BytesIO(self._page.screenshot())).convert("RGB")
        scale = SHOWN[0] / picture.width
        picture = picture.resize(SHOWN, Image.Resampling.LANCZOS)
        at = self._page.evaluate("window.pointerAt ?? null")
        if at is not None:
            draw_pointer(picture, at[0] * scale, at[1] * scale)
        self._pictures.append(picture)
        self._durations.append(duration)


def draw_pointer(picture: Image.Image, x: float, y: float) -> None:
    """Draw an arrow whose tip is at a pixel."""
    arrow = [(x + right, y + down) for right, down in _ARROW]
    ImageDraw.Draw(picture).polygon(arrow, fill="white", outline="black")


def save_animation(path: Path, pictures: Iterable[Image.Image], durations: Iterable[int]) -> None:
    """Write pictures as a WebP that begins again at its end.

    Args:
        path: of the file.
        pictures: of one size, at least one.
        durations: milliseconds that each is shown.
    """
    first, *others = pictures
    first.save(
        path,
        format="WEBP",
        save_all=True,
        append_images=others,
        duration=list(durations),
        loop=0,
        quality=_QUALITY,
        method=6,
    )
