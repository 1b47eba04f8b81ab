"""What a click would give, for as long as that is known without an encoder pass."""

from typing import Any

from sam.prompt import Prompt
from track_anything.models import CachedSegmenter, explained_shortage
from track_anything.project.clean_up import without_specks
from track_anything.prompting.asking import clicked
from track_anything.prompting.prompts import explained, likeliest
from track_anything.types import Image, Mask


def preview(segmenter: CachedSegmenter[Any], image: Image, x: float, y: float) -> tuple[Mask, float] | None:
    """The likeliest (H, W) answer to a lone click, and its score; None = the image is not embedded.

    Args:
        segmenter: remembers what it has embedded.
        image: (H, W, 3).
        x: of the pixel, from 0.
        y: likewise.

    Raises:
        InputError: the click is outside of the image.
    """
    prompt, (height, width) = Prompt.click(x, y), image.shape[:2]
    with explained():
        prompt.check_inside(height, width)
    embedding = segmenter.kept(image)
    if embedding is None:
        return None
    with explained_shortage():
        found = segmenter.predict(embedding, prompt)
    chosen = likeliest(found)
    mask = without_specks(found.masks[chosen], clicked(prompt.points, (height, width)))
    return mask, float(found.scores[chosen])
