"""Five drawn clips to be labelled, a tracker that goes astray in three of them, and who labels them."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sam.canvas import LOGITS_SIZE
from sam.prompt import Prompt
from sam.segmenter import Candidates
from tests.browser.editor_page import Editor
from tests.track_anything.drawn_frames import draw
from track_anything.models import CachedSegmenter, Models
from track_anything.testing import ColourSegmenter, MovingShapes, ShiftingPropagator
from track_anything.types import Image, LabelMap
from tracker.propagator import Propagated

REACH = 8  # frames that the tracker finds its way over
SHORT, LONG = REACH - 2, 2 * REACH
CLIPS = {
    "1 street": MovingShapes(SHORT, 120, 200, shapes=1),
    "2 square": MovingShapes(LONG, 120, 200, shapes=1),
    "3 bridge": MovingShapes(LONG, 120, 200, shapes=1),
    "4 market": MovingShapes(SHORT, 120, 200, shapes=1),
    "5 harbour": MovingShapes(LONG, 120, 200, shapes=1),
}
ASKED = sum(clip.frame_count == LONG for clip in CLIPS.values())
_ASIDE = 14  # pixels by which a mask that has gone astray lies beside the object
_GREY, _ALIKE = 24, 40  # of 255: between the channels of a pixel, and between pixels of one colour
_SURE = 0.55  # probability inside of a mask that has gone astray


def draw_clips(folder: Path) -> Path:
    """The clips as folders of pictures, in a folder."""
    for name, clip in CLIPS.items():
        draw(folder / name, clip)
    return folder


class DiscSegmenter(ColourSegmenter):
    """Answers with all of the colour under each click, and with nothing on grey."""

    def predict(self, embedding: Image, prompt: Prompt) -> Candidates:
        """One mask, whatever is asked."""
        mask = np.zeros(embedding.shape[:2], np.bool_)  # (H, W)
        for x, y in prompt.points[prompt.labels == 1].round().astype(int):
            if np.ptp(embedding[y, x].astype(int)) > _GREY:
                mask |= (np.abs(embedding.astype(int) - embedding[y, x]) < _ALIKE).all(axis=2)
        sure = np.array([0.95 if mask.any() else 0.0], np.float32)
        logits = np.zeros((1, LOGITS_SIZE, LOGITS_SIZE), np.float32)
        return Candidates(mask[None], sure, np.ones(1, np.float32), logits)


class StrayingPropagator(ShiftingPropagator):
    """Follows for some frames, for more the more it was given; then its masks lie beside the object."""

    def __init__(self) -> None:
        super().__init__()
        self._steps = self._given = 0

    def remember(self, image: Image, label_map: LabelMap, *, permanent: bool = True) -> None:
        """Take over the masks of a frame."""
        super().remember(image, label_map, permanent=permanent)
        self._steps, self._given = 0, self._given + permanent

    def step(self, image: Image) -> Propagated:
        """Shift every mask to where its colour is now, or beside that."""
        found = super().step(image)
        self._steps += 1
        if self._steps <= REACH * self._given:
            return found
        label_map = np.roll(found.label_map, _ASIDE, axis=1)  # (H, W)
        inside = np.stack([label_map == object_id for object_id in (0, *found.object_ids)])
        unsure = np.where(inside, _SURE, (1 - _SURE) / max(len(found.object_ids), 1)).astype(np.float32)
        return Propagated(label_map, unsure, found.object_ids, found.confidence, found.familiarity)


def straying_models() -> Models:
    """Models of which none needs weights; masks are not refined."""
    return Models(CachedSegmenter(DiscSegmenter()), StrayingPropagator, refine_policy=None)


@dataclass
class Labeller:
    """A person at the page, whose presses are counted.

    Attributes:
        editor: the page.
        clicks: of the mouse.
        keys: that were pressed; a word that is typed is one.
        corrected: frames that were corrected, as (video, frame).
        seconds: from the first press to the last.
    """

    editor: Editor
    clicks: int = 0
    keys: int = 0
    corrected: list[tuple[str, int]] = field(default_factory=list)
    seconds: float = 0.0

    def click(self, selector: str) -> None:
        """Press something."""
        self.clicks += 1
        self.editor.page.click(selector)

    def correct(self, x: float, y: float) -> None:
        """Click a source pixel of the shown frame."""
        self.clicks += 1
        name, frame = self.editor.state("[state.project.name, state.frame]")
        self.corrected.append((name, frame))
        self.editor.click_pixel(x, y)

    def choose(self, selector: str, value: str) -> None:
        """Choose in a list: a press to open it, one to choose."""
        self.clicks += 2
        self.editor.page.select_option(selector, value)

    def wait_for_background(self) -> None:
        """Wait until nothing runs ahead."""
        self.editor.wait_until("state.collection !== null && state.collection.ahead === null")


def label_all(labeller: Labeller, folder: Path, look: Callable[[str], None] = lambda _: None) -> list[Path]:
    """Propose, correct what is asked for, review, hand out; returns the data sets that were downloaded.

    Args:
        labeller: at the page of the collection.
        folder: where downloads go.
        look: told the name of what is seen.
    """
    editor = labeller.editor
    began = time.monotonic()
    look("untouched")
    labeller.click("#ta-propose")
    editor.wait_until("state.collection.ahead !== null")
    look("proposing")
    labeller.wait_for_background()
    look("in-doubt")
    labeller.click("#ta-collection-next")
    editor.wait_until("state.project !== null")
    while _arrive(editor):
        name, frame = editor.state("[state.project.name, state.frame]")
        is_doubted = editor.state(f"state.collection.next.some((each) => each.video === {name!r})")
        if is_doubted and (name, frame) not in labeller.corrected:
            if not labeller.corrected:
                look("asked")
            labeller.correct(*CLIPS[name].centre(frame))
            if len(labeller.corrected) == 1:
                look("corrected")
            labeller.click("#ta-next-video")
        else:
            labeller.click("#ta-reviewed")
        editor.wait_until(f"state.project?.name !== {name!r} || state.dialog === 'collection'")
    look("reviewed")
    made = [_hand_out(labeller, form, folder) for form in ("ytvis", "yolo")]
    labeller.seconds = time.monotonic() - began
    return made


def _arrive(editor: Editor) -> bool:
    """Wait until a video is shown, True, or the page of the collection."""
    editor.wait_until(
        "(state.dialog === 'collection' && state.opening === null)"
        " || (state.project !== null && state.dialog === null && state.busy === 0)"
    )
    if editor.state("state.dialog === 'collection'"):
        return False  # nothing is left, or it waits for what runs ahead
    editor.wait_for_frame(int(editor.state("state.frame")))
    return True


def _hand_out(labeller: Labeller, form: str, folder: Path) -> Path:
    labeller.choose("#ta-data-set-form", form)
    with labeller.editor.page.expect_download() as coming:
        labeller.click("#ta-data-set")
    target = folder / coming.value.suggested_filename
    coming.value.save_as(target)
    return target
