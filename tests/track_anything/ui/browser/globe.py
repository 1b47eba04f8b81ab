"""A drawn globe that turns where the sample clip has its own, and networks that know it without weights."""

from pathlib import Path

import av
import cv2
import numpy as np

from sam.canvas import LOGITS_SIZE
from sam.mask_prompt import logits_from_mask
from sam.prompt import Prompt
from sam.segmenter import Candidates, Segmenter
from track_anything.models import CachedSegmenter, Models
from track_anything.testing import ShiftingPropagator
from track_anything.types import Image, Mask

SIZE, FRAMES, RATE = (270, 480), 150, 30
GLOBE, RADIUS = (240, 135), 114
_SKY, _GROUND, _BANDS = 24, 150, 14  # grey levels; how far bands on the ground differ from it
_REACH = 30  # pixels round a negative click that are taken away


def picture(index: int) -> Image:
    """The (H, W, 3) frame: bands go round the globe, everything else stays."""
    rows, columns = np.ogrid[: SIZE[0], : SIZE[1]]
    sky = np.broadcast_to(_SKY + (rows // 16 + columns // 16) % 2 * 6, SIZE)
    ground = _GROUND + _BANDS * np.sin((columns - 2.2 * index) / 12)
    grey = np.where(globe(), ground, sky).round().astype(np.uint8)
    return np.stack([grey, grey, grey // 2 + 60], axis=2)


def globe() -> Mask:
    """The (H, W) pixels of the globe, on every frame."""
    drawn = np.zeros(SIZE, np.uint8)
    cv2.circle(drawn, GLOBE, RADIUS, 1, thickness=-1)
    return drawn > 0


def draw_globe(folder: Path) -> Path:
    """The clip as a video file."""
    path = folder / "b.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "crf": "8"})
        stream.height, stream.width, stream.pix_fmt = *SIZE, "yuv420p"
        for index in range(FRAMES):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(index))))
        container.mux(stream.encode())
    return path


class GlobeSegmenter:
    """Answers with the bright thing under a click, without what lies round negative clicks."""

    def embed(self, image: Image) -> Image:
        """The image itself."""
        return image

    def predict(self, embedding: Image, prompt: Prompt) -> Candidates:
        """A lone click may mean what is round it, the whole, or a little more than that."""
        size = embedding.shape[0], embedding.shape[1]
        prompt.check_inside(*size)
        seeds = [(int(x), int(y)) for x, y in prompt.points[prompt.labels == 1].round()]
        if prompt.box is not None:
            x0, y0, x1, y1 = prompt.box
            seeds.append((int((x0 + x1) / 2), int((y0 + y1) / 2)))
        elif not seeds and prompt.logits is not None:
            row, column = np.unravel_index(int(prompt.logits.argmax()), prompt.logits.shape)
            scale = max(size) / LOGITS_SIZE
            seeds.append((min(int(column * scale), size[1] - 1), min(int(row * scale), size[0] - 1)))
        is_bright = embedding[..., 0] > (_SKY + _GROUND) // 2
        whole = np.zeros(size, np.bool_)
        for x, y in seeds:
            whole |= is_bright if is_bright[y, x] else _round((x, y), size)
        for x, y in prompt.points[prompt.labels == 0].round().astype(int):
            whole &= ~_round((int(x), int(y)), size)
        if not prompt.is_ambiguous or not seeds:
            return _candidates([whole], [0.95])
        more = cv2.dilate(whole.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        return _candidates([whole & _round(seeds[0], size), whole, more], [0.7, 0.95, 0.8])


def _round(place: tuple[int, int], size: tuple[int, int]) -> Mask:
    drawn = np.zeros(size, np.uint8)
    cv2.circle(drawn, place, _REACH, 1, thickness=-1)
    return drawn > 0


def _candidates(masks: list[Mask], scores: list[float]) -> Candidates:
    logits = np.stack([logits_from_mask(mask.astype(np.float32)) for mask in masks])  # (M, 256, 256)
    return Candidates(np.stack(masks), np.array(scores, np.float32), np.ones(len(masks), np.float32), logits)


def globe_models(segmenter: Segmenter[Image]) -> Models:
    """Models around such a segmenter, of which none needs weights; masks are not refined."""
    return Models(CachedSegmenter(segmenter), ShiftingPropagator, refine_policy=None)
