"""A further click on a mask that a person's own clicks made.

Told all clicks and its own logits, the segmenter often gives up what it had for something else that fits.
Its answer therefore stands beside the mask as a correction would mend it, and what counts is which of them it
is sure of and most answers to the same clicks agree with: right masks resemble each other. But who says that
the very middle of a mask does not belong to the object has no use for the rest of it: then the answer counts.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sam.mask_prompt import probability_from_logits
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.masks import distance_inside, iou
from track_anything.prompting.asking import Ask, pixel_of
from track_anything.prompting.correction import Correction
from track_anything.prompting.prompts import likeliest
from track_anything.types import Image, Mask

_AGREEMENT = 0.5  # what likeness to all other answers counts beside predicted IoU
_SAME = 0.99  # IoU from which on two answers are one
_MOST = 4  # answers to choose from
_CORE = 0.5  # depth in a mask, as a share of its greatest, from which on a click is in its middle


@dataclass(frozen=True, eq=False)
class FurtherClick:
    """A mask, the clicks that made it, and one more.

    Attributes:
        image: (H, W, 3) RGB.
        mask: (H, W), what the clicks before the last one made.
        logits: (256, 256) of that mask.
        prompt: all clicks, the newest last, and the box if there is one.
        others: (H, W) pixels that are known to belong to other objects.
    """

    image: Image
    mask: Mask
    logits: NDArray[np.float32]
    prompt: Prompt
    others: Mask

    def answers(self, ask: Ask) -> Candidates:
        """Masks that the clicks may mean, the likeliest first; never one without a pixel.

        Args:
            ask: what the segmenter says to a prompt.
        """
        going_on = ask(self.prompt.with_logits(self.logits))
        alone = ask(self.prompt)
        if not going_on.masks[going_on.best].any():  # the mask before leads to nothing
            going_on = alone
        if not self.mask.any() or self._is_refused:
            return going_on
        several = ask(replace(self.prompt, box=None, wants_all=True))
        offers = _best_of(going_on) + _all_of(self._held().answers(ask))
        jury = [self.mask, alone.masks[alone.best], *several.masks]
        offers = [offer for offer in offers if offer[0].any()]
        return _ranked(offers, [self._worth(index, offers, jury) for index in range(len(offers))])

    @property
    def _is_refused(self) -> bool:
        """Whether the newest click says that the middle of the mask does not belong to the object."""
        if self.prompt.labels[-1]:
            return False
        depth = distance_inside(self.mask)  # (H, W)
        return bool(depth[pixel_of(self.prompt.points[-1])] >= _CORE * depth.max())

    def _held(self) -> Correction:
        """The newest click as one about the mask that was there."""
        probability = probability_from_logits(self.logits, self.mask.shape)
        return Correction(
            self.image, self.mask, probability, self.prompt.points, self.prompt.labels, self.others
        )

    def _worth(self, index: int, offers: "list[_Offer]", jury: list[Mask]) -> float:
        """How sure the segmenter is of an answer, and how much it is like all others."""
        mask, score, _ = offers[index]
        rest = [other for place, (other, _, _) in enumerate(offers) if place != index]
        agreement = float(np.mean([iou(mask, other) for other in (*jury, *rest)]))
        is_obedient = bool(mask[pixel_of(self.prompt.points[-1])]) == bool(self.prompt.labels[-1])
        return score + _AGREEMENT * agreement - (not is_obedient)


def in_turn(prompt: Prompt, image: Image, others: Mask, ask: Ask) -> Candidates:
    """Answers to a box and clicks that are all told at once, as if they had been made one after the other.

    Args:
        prompt: a box, clicks, or both.
        image: (H, W, 3) RGB.
        others: (H, W) pixels that are known to belong to other objects.
        ask: what the segmenter says to a prompt.
    """
    order = np.arange(len(prompt.labels))
    first = 1 if prompt.box is None else 0
    if first:  # what opens is a click that says what the object is
        opening = int(np.argmax(prompt.labels == 1))
        order = np.concatenate(([opening], np.delete(order, opening)))
    points, labels = prompt.points[order], prompt.labels[order]
    found = ask(replace(prompt, points=points[:first], labels=labels[:first]))
    for count in range(first + 1, len(order) + 1):
        chosen = likeliest(found) if count == 2 and first else found.best
        so_far = replace(prompt, points=points[:count], labels=labels[:count])
        found = FurtherClick(image, found.masks[chosen], found.logits[chosen], so_far, others).answers(ask)
    return found


_Offer = tuple[Mask, float, NDArray[np.float32]]  # (H, W), predicted IoU, (256, 256) logits


def _best_of(found: Candidates) -> list[_Offer]:
    best = found.best
    return [(found.masks[best], float(found.scores[best]), found.logits[best])]


def _all_of(found: Candidates) -> list[_Offer]:
    return [
        (mask, float(score), logits)
        for mask, score, logits in zip(found.masks, found.scores, found.logits, strict=True)
    ]


def _ranked(offers: list[_Offer], worths: list[float]) -> Candidates:
    """The few answers that differ, by what they are worth; the first counts as the best."""
    chosen: list[_Offer] = []
    for place in np.argsort([-worth for worth in worths], kind="stable"):
        mask, score, logits = offers[place]
        if len(chosen) < _MOST and all(iou(mask, other) < _SAME for other, _, _ in chosen):
            chosen.append((mask, score, logits))
    masks, scores, logits_of = zip(*chosen, strict=True)
    scores_of = np.array(scores, np.float32)
    scores_of[0] = scores_of.max()
    return Candidates(np.stack(masks), scores_of, np.ones_like(scores_of), np.stack(logits_of))
