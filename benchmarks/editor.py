"""How fast the editor answers, measured in the real page in Chromium.

    python benchmarks/editor.py --json editor.json

Five waits of a person, each with what the same work takes without the editor, turn and turn about in one run:

- page ready: from asking for the page to its being ready to use, in a browser that was never there.
- seek to image: from asking for a frame that was never shown to its being drawn, against fetching a frame.
- second click to mask: from letting go of the button to the mask being drawn, against the segmenter alone.
- Track to first mask: from asking for tracking to the first tracked frame being in the lane, networks loaded.
- timeline update, 10,000 frames and 5 objects: from asking the server what changed to the lanes being drawn,
  against the server's part of it; after a frame was tracked, a click, and a change of everything.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import cv2
import numpy as np
from playwright.sync_api import Browser, ViewportSize

from sam.prompt import Prompt
from tests.browser.chromium import find_chromium
from tests.browser.editor_page import Editor, Served, chromium_browser, project_of, served
from track_anything.errors import TrackAnythingError
from track_anything.models import CachedSegmenter, Models, load_models
from track_anything.testing import ColourSegmenter, MovingShapes, ShiftingPropagator
from track_anything.types import LabelMap, Mask
from track_anything.ui import Settings
from track_anything.video.sample import sample_clip

_GLOBE = (240, 135)
_SIZE: ViewportSize = {"width": 1280, "height": 800}

_SEEK = """async (frame) => {
  const stage = document.querySelector('[data-part=canvas]');
  const began = performance.now();
  trackAnything.actions.seek(frame);
  while (stage.dataset.shown !== String(frame)) await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""
_FETCH = """async (frame) => {
  const began = performance.now();
  const answer = await fetch(trackAnything.api.ofProject(`/frames/${frame}`), { cache: 'no-store' });
  (await createImageBitmap(await answer.blob())).close();
  return performance.now() - began;
}"""
_LISTEN = """() => {
  const stage = document.querySelector('[data-part=canvas]');
  const { store } = trackAnything;
  window.took = new Promise((resolve) => window.addEventListener('pointerup', async () => {
    const began = performance.now();
    const { revision } = store.state.project;
    while (store.state.project.revision === revision) await new Promise(requestAnimationFrame);
    const drawn = stage.dataset.drawn;
    const isOnItsWay = () => stage.dataset.drawn === drawn || stage.dataset.loading || stage.dataset.dirty;
    while (isOnItsWay()) await new Promise(requestAnimationFrame);
    resolve(performance.now() - began);
  }, { once: true, capture: true }));
}"""
_TRACK = """async () => {
  const { actions, store } = trackAnything;
  const before = store.state.job?.id ?? 0;
  const began = performance.now();
  actions.track('forward');
  const hasMask = ({ job }) => job && job.id > before && job.kind === 'track' && job.frame !== null;
  while (!hasMask(store.state)) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);  // lanes and picture are drawn in the frame after
  return performance.now() - began;
}"""
_UPDATE = """async (since) => {
  const panel = document.querySelector('[data-part=timeline]');
  const { actions, api, store } = trackAnything;
  const drawn = panel.dataset.lanesDrawn;
  const began = performance.now();
  const update = await api.get(api.ofProject(`/update?since=${since}`));
  const told = performance.now();
  actions.apply(update);
  while (panel.dataset.lanesDrawn === drawn) await new Promise(requestAnimationFrame);
  return [performance.now() - began, told - began];
}"""


@dataclass(frozen=True)
class Wait:
    """Milliseconds that something took, run by run, and what it took without the editor."""

    name: str
    took: list[float]
    alone: list[float] | None = None

    def __str__(self) -> str:
        p50, p95 = (f"p{percent} {_at(self.took, percent):.0f} ms" for percent in (50, 95))
        line = f"{self.name}: {p50}, {p95}, {len(self.took)} runs"
        if self.alone is None:
            return line
        ratios = [one / other for one, other in zip(self.took, self.alone, strict=True)]
        return (
            f"{line}; {_at(ratios, 50):.2f} times ({_at(ratios, 5):.2f} to {_at(ratios, 95):.2f}) "
            f"what it takes alone, p50 {_at(self.alone, 50):.0f} ms"
        )


def main(arguments: Sequence[str] | None = None, load: Callable[..., Models] = load_models) -> int:
    """Run the benchmark; returns the exit code, 2 for what a user can mend."""
    options = _parse(arguments)
    executable = find_chromium()
    if executable is None:
        print("error: no Chromium here: make chromium installs one", file=sys.stderr)
        return 2
    waits: list[Wait] = []
    try:
        with tempfile.TemporaryDirectory() as folder, chromium_browser(executable) as browser:
            clip = sample_clip()
            settings = Settings(
                load=lambda progress: load(progress=progress),
                workspace=Path(folder, "real"),
                roots=(clip.parent,),
            )
            with served(settings) as server:
                waits.append(_page_ready(browser, server, options.runs))
                editor = _opened(browser, server, clip)
                waits.append(_seek(editor, options.runs))
                waits.append(_second_click(editor, server, options.runs))
                waits.append(_first_mask(editor, options.runs))
            waits += _timeline(browser, Path(folder), options)
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    tell(waits, options.json)
    return 0


def tell(waits: Sequence[Wait], path: Path | None) -> None:
    """Print waits, and write them as JSON where a file is named."""
    for wait in waits:
        print(wait)
    if path is not None:
        numbers = [{"name": wait.name, "took": wait.took, "alone": wait.alone} for wait in waits]
        path.write_text(json.dumps(numbers, indent=1) + "\n", "utf-8")


def _page_ready(browser: Browser, server: Served, runs: int) -> Wait:
    took = []
    for _ in range(runs):
        context = browser.new_context(viewport=_SIZE)
        editor = Editor(context.new_page(), server.address)
        began = time.perf_counter()
        editor.visit()
        took.append(1000 * (time.perf_counter() - began))
        context.close()
    return Wait("page ready", took[1:] or took)  # the first pays for the server's own start


def _seek(editor: Editor, runs: int) -> Wait:
    count = editor.state("state.project.video.frames")
    frames = np.random.default_rng(0).permutation(np.arange(20, count, 3))[:runs].tolist()
    took, alone = [], []
    for frame in frames:
        took.append(float(editor.page.evaluate(_SEEK, frame)))
        alone.append(float(editor.page.evaluate(_FETCH, (frame + 1) % count)))
    return Wait("seek to image", took, alone)


def _second_click(editor: Editor, server: Served, runs: int) -> Wait:
    editor.page.keyboard.press("Home")
    editor.wait_for_frame(0)
    editor.click_pixel(*_GLOBE)
    session = project_of(editor, server).session
    took, alone = [], []
    for run in range(runs):
        x, y = 330 - 5 * (run % 8), 60 + 7 * (run % 11)
        editor.page.wait_for_timeout(
            400
        )  # embeddings of frames around are computed ahead: not what is measured
        editor.page.evaluate(_LISTEN)
        with editor.changing():
            editor.page.mouse.click(*editor.place_of(x, y), button="right")
        took.append(float(editor.page.evaluate("window.took")))
        began = time.perf_counter()
        session.segment(0, Prompt(points=np.array([_GLOBE, (x, y)], np.float32), labels=np.array([1, 0])))
        alone.append(1000 * (time.perf_counter() - began))
        with editor.changing():
            editor.page.keyboard.press("z")
    return Wait("second click to mask", took, alone)


def _first_mask(editor: Editor, runs: int) -> Wait:
    """Track one clicked object, and stop as soon as something is to be seen."""
    took = []
    for _ in range(runs):
        took.append(float(editor.page.evaluate(_TRACK)))
        editor.page.evaluate("trackAnything.actions.control('cancel')")
        editor.wait_for_job()
        with editor.changing():
            editor.page.keyboard.press("z")
    return Wait("Track to first mask", took[1:] or took)  # before the first, the cuts may be looked for


def _timeline(browser: Browser, folder: Path, options: argparse.Namespace) -> list[Wait]:
    """A long clip of drawn shapes, tracked by the fakes, so that every frame has something of each object."""
    shapes = MovingShapes(frame_count=options.frames, height=48, width=96, shapes=4)
    clip = _written(shapes, folder / "long.avi")
    settings = Settings(load=lambda _: _fakes(), workspace=folder / "long", roots=(folder,))
    with served(settings) as server:
        editor = _opened(browser, server, clip)
        project = project_of(editor, server)
        with project.changing(None, None):
            for mask in _masks(shapes.label_map(0), options.objects):
                project.session.give_mask(frame=0, object_id=project.session.add_object(), mask=mask)
        editor.page.evaluate("trackAnything.actions.track('forward')")
        editor.wait_until("state.job.kind === 'track'")
        editor.wait_for_job(patience=3_600_000)
        changes: dict[str, Callable[[int], None]] = {
            "a frame was tracked": lambda run: project.changes.add_frame(run),
            "an object was clicked": lambda run: project.changes.add(None, {1 + run % options.objects}),
            "everything changed": lambda _: project.changes.add(),
        }
        waits = []
        for what, change in changes.items():
            name = f"timeline update, {options.frames:,} frames and {options.objects} objects, {what}"
            waits.append(Wait(name, *_updates(editor, change, options.runs)))
    return waits


def _updates(editor: Editor, change: Callable[[int], None], runs: int) -> tuple[list[float], list[float]]:
    """What the update took after each change, in all and until the server had answered."""
    took, told = [], []
    for run in range(runs):
        revision = editor.state("state.project.revision")
        change(run)
        in_all, server = editor.page.evaluate(_UPDATE, revision)
        took.append(float(in_all))
        told.append(float(server))
    return took, told


def _opened(browser: Browser, server: Served, clip: Path) -> Editor:
    editor = Editor(browser.new_context(viewport=_SIZE).new_page(), server.address)
    editor.visit()
    editor.open_path(clip)
    editor.wait_for_frame(0)
    return editor


def _masks(labels: LabelMap, count: int) -> list[Mask]:
    """Masks of the shapes; more than there are shapes are stripes of the last one."""
    last = int(labels.max())
    columns = np.flatnonzero((labels == last).any(axis=0))
    stripes = np.array_split(columns, count - last + 1)
    striped = [(labels == last) & np.isin(np.arange(labels.shape[1]), stripe) for stripe in stripes]
    return [labels == label for label in range(1, last)] + striped


def _written(shapes: MovingShapes, path: Path) -> Path:
    height, width = shapes.frame(0).shape[:2]
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (width, height))
    for frame in range(len(shapes)):
        video.write(shapes.frame(frame)[:, :, ::-1])
    video.release()
    return path


def _fakes() -> Models:
    return Models(CachedSegmenter(ColourSegmenter()), ShiftingPropagator, refine_policy=None)


def _at(values: Sequence[float], percent: float) -> float:
    return float(np.percentile(values, percent))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="editor.py", description="How fast the editor answers, in the real page."
    )
    parser.add_argument("--runs", type=int, default=30, help="how often each wait is measured (default: 30)")
    parser.add_argument("--frames", type=int, default=10_000, help="length of the clip for the timeline")
    parser.add_argument("--objects", type=int, default=5, help="lanes of the timeline")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
