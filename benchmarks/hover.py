"""How long a person waits for the preview of a click, from the pointer's move to its being drawn.

    python benchmarks/hover.py --json hover.json

The sample clip at 480p in the real page with the real networks, turn and turn about in one run:

- pointer to preview: from the event of a pointer that then rests to the frame in which the preview is drawn.
- answer: the part of it from sending the question to having the mask, as the page sees it.
- segmenter: the same click without the editor.

The frame was embedded before, as it is soon after a person looks at it.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import cv2
import numpy as np
from playwright.sync_api import Browser, ViewportSize

from benchmarks.editor import Wait, tell
from tests.browser.chromium import find_chromium
from tests.browser.editor_page import Editor, Served, chromium_browser, project_of, served
from track_anything.errors import TrackAnythingError
from track_anything.models import Models, load_models
from track_anything.prompting.preview import preview
from track_anything.ui import Settings
from track_anything.video.sample import sample_clip

_SIZE: ViewportSize = {"width": 1280, "height": 800}
_HEIGHT = 480
_FRAMES = 3

_LISTEN = """([x, y]) => {
  const stage = document.querySelector('[data-part=canvas]');
  const { api, store } = trackAnything;
  if (!api.isTimed) {
    const { post } = api;
    api.isTimed = true;
    api.post = async function (...request) {
      const began = performance.now();
      const answer = await post.apply(this, request);
      if (request[0].endsWith('/preview')) window.answered = performance.now() - began;
      return answer;
    };
  }
  window.took = new Promise((resolve) => window.addEventListener('pointermove', async ({ timeStamp }) => {
    const isNear = ({ hover }) => hover && Math.abs(hover.x - x) < 2 && Math.abs(hover.y - y) < 2;
    while (!isNear(store.state) || stage.dataset.dirty) await new Promise(requestAnimationFrame);
    resolve([performance.now() - timeStamp, window.answered]);
  }, { once: true, capture: true }));
}"""


def main(arguments: Sequence[str] | None = None, load: Callable[..., Models] = load_models) -> int:
    """Run the benchmark; returns the exit code, 2 for what a user can mend."""
    options = _parse(arguments)
    executable = find_chromium()
    if executable is None:
        print("error: no Chromium here: make chromium installs one", file=sys.stderr)
        return 2
    try:
        with tempfile.TemporaryDirectory() as folder, chromium_browser(executable) as browser:
            clip = scaled(sample_clip(), Path(folder, "clips", "480p"))
            settings = Settings(
                load=lambda progress: load(progress=progress),
                workspace=Path(folder, "workspace"),
                roots=(clip.parent,),
            )
            with served(settings) as server:
                waits = previews(browser, server, clip, options.runs)
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    tell(waits, options.json)
    return 0


def scaled(clip: Path, folder: Path) -> Path:
    """The first frames of a video at 480p, as a folder of images."""
    folder.mkdir(parents=True)
    video = cv2.VideoCapture(str(clip))
    for frame in range(_FRAMES):
        _, image = video.read()
        width = round(image.shape[1] * _HEIGHT / image.shape[0])
        enlarged = cv2.resize(image, (width, _HEIGHT), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(folder / f"{frame:05}.png"), enlarged)
    video.release()
    return folder


def previews(browser: Browser, server: Served, clip: Path, runs: int) -> list[Wait]:
    """Rest the pointer at one place after the other."""
    editor = Editor(browser.new_context(viewport=_SIZE).new_page(), server.address)
    editor.visit()
    editor.open_path(clip)
    editor.wait_for_frame(0)
    editor.page.mouse.move(*editor.place_of(20, 20))
    editor.wait_until("state.hover !== null")  # the frame is embedded by then
    editor.page.wait_for_timeout(3000)  # and those around it, which is not what is measured
    session = project_of(editor, server).session
    height, width = session.project.size
    took, answered, alone = [], [], []
    for x, y in np.random.default_rng(0).uniform((0.2, 0.2), (0.8, 0.8), (runs, 2)):
        column, row = int(x * width), int(y * height)
        editor.page.evaluate(_LISTEN, [column, row])
        editor.page.mouse.move(*editor.place_of(column, row))
        in_all, answer = editor.page.evaluate("window.took")
        began = time.perf_counter()
        preview(session.models.segmenter, session.video.frame(0), column, row)
        alone.append(1000 * (time.perf_counter() - began))
        took.append(float(in_all))
        answered.append(float(answer))
    return [Wait("pointer to preview", took, alone), Wait("answer", answered, alone)]


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hover.py", description="How fast the preview of a click is there.")
    parser.add_argument("--runs", type=int, default=40, help="how many places (default: 40)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
