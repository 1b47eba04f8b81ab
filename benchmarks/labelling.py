"""Counts what a person does to label five clips in the editor, and takes the pictures of its guide.

    python benchmarks/labelling.py docs/pictures

The clips are drawn and the networks are fakes: clicks are counted, and accuracy is not. The tracker goes
astray in three of the clips, and the person corrects what the page asks for.
"""

import argparse
import json
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
from tests.browser.labelling import CLIPS, Labeller, draw_clips, label_all, straying_models
from track_anything.collection.desk import Collection
from track_anything.ui import Settings

_SIZE: ViewportSize = {"width": 1280, "height": 800}
_KEPT = ("in-doubt", "asked", "reviewed")


def main(arguments: Sequence[str] | None = None) -> int:
    """Label all, print the counts as JSON; returns the exit code, 2 without Chromium."""
    options = _parse(arguments)
    executable = find_chromium()
    if executable is None:
        print("error: no Chromium here: make chromium installs one", file=sys.stderr)
        return 2
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work, chromium_browser(executable) as browser:
        settings = Settings(
            load=lambda _: straying_models(),
            workspace=Path(work) / "workspace",
            collection=Collection(draw_clips(Path(work) / "clips")),
        )
        with served(settings) as server:
            size: ViewportSize = {"width": 390, "height": 844} if options.phone else _SIZE
            context = browser.new_context(viewport=size, color_scheme="dark" if options.dark else "light")
            editor = Editor(context.new_page(), server.address)
            editor.visit("/" + server.app.state.collection.link())
            album = Album(editor, options.folder, "collection-{}.png")
            person = Labeller(editor)
            taken = _KEPT if not options.all else None
            label_all(
                person, Path(work), lambda name: album.take(name) if taken is None or name in taken else None
            )
    told = {
        "clips": len(CLIPS),
        "frames": sum(clip.frame_count for clip in CLIPS.values()),
        "corrected": len(person.corrected),
        "clicks": person.clicks,
        "seconds": round(person.seconds, 1),
    }
    print(json.dumps(told))
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="labelling.py", description="Clicks to label a collection.")
    parser.add_argument("folder", type=Path, help="where pictures go")
    parser.add_argument("--dark", action="store_true", help="the dark page")
    parser.add_argument("--phone", action="store_true", help="in the window of a phone")
    parser.add_argument("--all", action="store_true", help="pictures of every step")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
