"""Pictures of the editor's page, taken into a folder."""

import io
from pathlib import Path

from PIL import Image

from tests.browser.editor_page import Editor

_SETTLING = 500  # ms for hints and bars


class Album:
    """Takes pictures of an editor.

    Args:
        editor: the page.
        folder: where they go.
        names: what a file is called, with ``{}`` for what is shown.
    """

    def __init__(self, editor: Editor, folder: Path, names: str) -> None:
        self.editor = editor
        self.page = editor.page
        self._folder = folder
        self._names = names

    moments = 0  # of what passes, no picture is taken

    def pass_by(self) -> None:
        """Nothing: an album holds states alone."""

    def take(self, name: str) -> None:
        """Write what is seen."""
        self.page.wait_for_timeout(_SETTLING)
        picture = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        picture.save(self._folder / self._names.format(name), optimize=True)
