"""Mending a mask by one click: what the segmenter says to it, held to the mask that was there.

The segmenter knows nothing of a mask but what its prompt tells. A lone click on a tracked frame therefore
gives whatever lies under it; with points deep inside the mask, its box and its soft logits the same click is
about the mask. The answer is a suggestion still: a click on what is missing may only add, one on what is too
much may only take away, chiefly the piece that was clicked. Elsewhere counts what several answers agree on
and the tracker was not sure of. A mask that is but a part of what the clicks alone mean is let go of.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from sam.mask_prompt import logits_from_mask
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.drift.reprompt import interior_points
from track_anything.drift.thin import grid_cell, thin_part
from track_anything.masks import box_of, distance_inside, iou, padded, touching
from track_anything.project.clean_up import without_specks
from track_anything.prompting.asking import Ask, clicked, pixel_of
from track_anything.prompting.region import disc_at, fine_detail, region_at
from track_anything.prompting.whole import outgrowing
from track_anything.types import Image, Mask

_IMPLIED = 3  # points inside the mask that go with the clicks
_STABLE = 0.45  # least IoU of the single answer and the whole at the click, for it to be trusted
_SURE = 0.9  # probability of the opposite from which on the tracker's word counts at the click, too
_SURER = 0.1  # unless it was as sure where the click says that it was wrong
_THIN = 3.0  # cells of the segmenter's mask grid
_REACH = 0.25  # of a click on something thin, in sides of a square as large as the mask
_DOUBT = 0.17  # least mean probability of the opposite with which a piece elsewhere may change
_WORTH = 0.3  # least depth times trust of an implied point, as a share of the best one's
_FAR = 0.45  # sides of a square as large as the mask between it and a click on what is missing
_SAME = 0.99  # IoU from which on two answers are one
_MOST = 3  # answers to choose from
_BY_REGION = 0.5  # predicted IoU told for a mask that the segmenter had no part in


@dataclass(frozen=True, eq=False)
class Correction:
    """A mask, and what a person says about it.

    Attributes:
        image: (H, W, 3) RGB.
        mask: (H, W), as it is shown when the last click is made.
        probability: (H, W) float32, how sure the tracker was of what it is made from, 0 to 1.
        points: (N, 2) clicks as (x, y), the newest last; at least one.
        labels: (N,) 1 = belongs to the object, 0 = does not.
        others: (H, W) pixels that are known to belong to other objects.
    """

    image: Image
    mask: Mask
    probability: NDArray[np.float32]
    points: NDArray[np.float32]
    labels: NDArray[np.int64]
    others: Mask

    @property
    def is_adding(self) -> bool:
        """Whether the newest click says that something is missing."""
        return bool(self.labels[-1])

    @property
    def pixel(self) -> tuple[int, int]:
        """(row, column) of the newest click."""
        return pixel_of(self.points[-1])

    def prompt(self, implied: int = _IMPLIED) -> Prompt:
        """The clicks and what is trusted of the mask: soft logits, its box, so many points deep inside."""
        inside = self.implied_points[:implied]
        points = np.concatenate((inside, self.points[self._stands]))
        labels = np.concatenate((np.ones(len(inside), np.int64), self.labels[self._stands]))
        box = box_of(self.mask)
        if box is None:  # earlier clicks have taken all of it away
            return Prompt(points=points, labels=labels)
        positive, around = self.points[self._stands & (self.labels == 1)], fine_detail(self.mask)
        low = np.minimum(box[:2], positive.min(axis=0, initial=np.inf) - around)
        high = np.maximum(box[2:], positive.max(axis=0, initial=-np.inf) + around + 1)
        widened = np.concatenate((low, high)).astype(np.float32)
        tight = None if self._is_far else widened
        return Prompt(points=points, labels=labels, box=tight, logits=logits_from_mask(self._trust))

    def answers(self, ask: Ask) -> Candidates:
        """Masks that the click may mean, the likeliest first, each held to the mask that was there.

        Where that is let go of, the first is it and the whole together, and the last is the whole alone.
        """
        long, short = self.prompt(), replace(self.prompt(_IMPLIED - 1), wants_all=True)
        one, several = ask(long), ask(short)
        changes = [self._change(one.masks[one.best], long)]
        changes += [self._change(mask, short) for mask in several.masks]
        says_what_is_so = bool(self.mask[self.pixel]) == self.is_adding
        likeliest = np.zeros_like(self.mask) if says_what_is_so else self._likeliest(changes)
        sure = float(one.scores[one.best])
        # Who says what is so already means the mask that is there, unless another one is chosen.
        offers = [(self._applied(likeliest), sure if changes[0].any() else _BY_REGION)]
        mending = [(changes[0], sure), (self._piece(changes[0]), sure)]
        mending += zip(changes[1:], several.scores, strict=True)
        offers += [
            (self._applied(change), float(score))
            for change, score in mending
            if says_what_is_so or change[self.pixel]
        ]
        points, labels = self.points[self._stands], self.labels[self._stands]
        whole = outgrowing(self.mask, offers[0][0], self._is_open, points, labels, ask)
        if whole is not None and (more := self._allowed(whole.mask & ~self.mask))[self.pixel]:
            alone = without_specks(whole.mask & ~self.others, clicked(self.points, self.mask.shape))
            offers = [(self._applied(more), whole.score), offers[0], (alone, whole.score)]
        return _distinct(offers)

    def _likeliest(self, changes: Sequence[Mask]) -> Mask:
        """What is most likely meant, (H, W), of the changes of a single answer and of several.

        Of several, the first is about a part and the last about the whole: where that one is of another mind
        about the piece at the click, nothing counts but what all of them say about it.
        """
        one, *several = changes
        piece = self._piece(one)
        is_agreed = iou(piece, self._piece(several[-1])) >= _STABLE
        piece = piece if is_agreed else self._piece(np.logical_and.reduce((one, *several)))
        change = near = self._in_reach(piece)
        # Later clicks are about what is left, one on something thin is about that; others about all the mask.
        if is_agreed and near is piece and len(self.points) == 1:
            agreed = np.logical_and.reduce((one, *(several[1:] or several))) & ~near
            change = near | self._doubtful(_thick(agreed, fine_detail(self.mask)) & ~self._limbs)
        if change[self.pixel]:
            return change
        spot = disc_at(self.mask, self.pixel)
        if near.any():  # the answer has a hole at the very click
            return change | self._allowed(spot)
        region = self._allowed(region_at(self.image, self.mask, self.probability, self.pixel))
        return change | (region if region[self.pixel] else self._allowed(spot))

    def _in_reach(self, near: Mask) -> Mask:
        """The piece (H, W) at the newest click; of one that is thin there, what lies within its reach."""
        detail = fine_detail(self.mask)
        depth = float(distance_inside(near)[self.pixel])
        if depth >= detail:
            return near
        rows, columns = np.ogrid[: near.shape[0], : near.shape[1]]
        distance = np.hypot(rows - self.pixel[0], columns - self.pixel[1])  # (H, W)
        within = near & (distance <= max(_REACH * np.sqrt(np.count_nonzero(self.mask)), detail))
        return touching(within, within & disc_at(self.mask, self.pixel))

    def _doubtful(self, change: Mask) -> Mask:
        """The connected parts of a change (H, W) of which the tracker was not sure before."""
        _, labels = cv2.connectedComponents(change.astype(np.uint8), connectivity=8)
        doubt = self._trust if self.is_adding else 1 - self._trust
        areas = np.bincount(labels.ravel())
        mean = np.bincount(labels.ravel(), weights=doubt.ravel()) / np.maximum(areas, 1)
        return np.asarray(change & (mean >= _DOUBT)[labels], np.bool_)

    def _change(self, answer: Mask, prompt: Prompt) -> Mask:
        """The pixels (H, W) that an answer to a prompt adds or takes away, as far as other clicks allow it.

        An answer that has lost what is trusted is about something else.
        """
        implied = prompt.points[: len(prompt.points) - np.count_nonzero(self._stands)]
        if not all(answer[pixel_of(point)] for point in implied):
            return np.zeros_like(answer)
        return self._allowed(answer & ~self.mask if self.is_adding else self.mask & ~answer)

    def _allowed(self, change: Mask) -> Mask:
        """A change (H, W) without what others hold, and without pieces where an earlier click objects."""
        change = change & ~self.others if self.is_adding else change
        against = clicked(self.points[self._stands & (self.labels != self.labels[-1])], self.mask.shape)
        return change & ~touching(change, against & change)

    def _piece(self, change: Mask) -> Mask:
        """The connected parts of a change (H, W) at the newest click, as far as the tracker left it open."""
        change = change & self._is_open
        return touching(change, change & disc_at(self.mask, self.pixel))

    def _applied(self, change: Mask) -> Mask:
        """The mask (H, W) after a change, without specks that nobody clicked."""
        spots, start = clicked(self.points, self.mask.shape), self._start
        if self.is_adding:
            return without_specks(start | change, spots) & ~(self.others & ~start)
        return without_specks(start & ~change, spots) & start

    @cached_property
    def _is_open(self) -> Mask:
        """(H, W): where the tracker was not all but sure, or no surer than it was at the click."""
        against = 1 - self._trust if self.is_adding else self._trust  # how sure it was of the opposite
        return np.asarray(against < max(_SURE, float(against[self.pixel]) + _SURER), np.bool_)

    @cached_property
    def _start(self) -> Mask:
        """The mask (H, W) without specks that nobody clicked."""
        spots = clicked(self.points, self.mask.shape)
        return without_specks(self.mask, spots) & ~(self.others & ~self.mask)

    @cached_property
    def _is_far(self) -> bool:
        """Whether so much is missing that the box of the mask says nothing about the object."""
        if not self.is_adding or not self.mask.any():
            return False
        side = float(np.sqrt(np.count_nonzero(self.mask)))
        return float(distance_inside(~self.mask)[self.pixel]) > _FAR * side

    @cached_property
    def _limbs(self) -> Mask:
        """(H, W): what is too thin in the mask for the segmenter to draw, and so to take away."""
        return thin_part(self.mask, _THIN * grid_cell(self.mask.shape[:2]))

    @cached_property
    def _stands(self) -> NDArray[np.bool_]:
        """(N,): which clicks were not taken back by a newer one of the opposite kind at the same spot."""
        distance = np.hypot(*(self.points - self.points[-1]).T)  # (N,)
        return np.asarray(
            (self.labels == self.labels[-1]) | (distance > 2 * fine_detail(self.mask)), np.bool_
        )

    @cached_property
    def implied_points(self) -> NDArray[np.float32]:
        """Pixels deep inside of what is trusted, away from every click; (N, 2) of (x, y), N may be 0."""
        box = box_of(self.mask)
        if box is None:
            return np.zeros((0, 2), np.float32)
        around = padded(box, 1)
        top, left = around[0].start, around[1].start
        mask = self.mask[around]
        rows, columns = np.ogrid[top : top + mask.shape[0], left : left + mask.shape[1]]
        reach = max(0.25 * float(np.sqrt(np.count_nonzero(self.mask))), 1.0)
        trust = np.clip(2 * self._trust[around] - 1, 0, 1)  # what is as likely as not says nothing
        inside = distance_inside(mask)
        for point in self.points:
            row, column = pixel_of(point)
            distance = np.hypot(rows - row, columns - column)
            is_within = self.mask[row, column]
            own = 2 * float(inside[row - top, column - left]) if is_within else 0.0  # what it is about itself
            own = max(own, fine_detail(self.mask))
            trust *= np.where(distance < own, 0, np.minimum(distance / reach, 1))
        points = interior_points(mask, trust, _IMPLIED)
        worth = [inside[pixel_of(point)] * trust[pixel_of(point)] for point in points]
        found = points[np.array(worth) >= _WORTH * max(worth)] if worth else points
        return found + np.array((left, top), np.float32)

    @cached_property
    def _trust(self) -> NDArray[np.float32]:
        """(H, W): what the tracker thought, where the mask still says the same; else what the mask says."""
        was = self.probability > 0.5
        return np.where(self.mask == was, self.probability, self.mask).astype(np.float32)


def _distinct(offers: Sequence[tuple[Mask, float]]) -> Candidates:
    """The first few of (mask, score) that differ, the first of them as the best one."""
    found, told = [offers[0][0]], [offers[0][1]]
    for mask, score in offers[1:]:
        if len(found) < _MOST and all(iou(mask, earlier) < _SAME for earlier in found):
            found.append(mask)
            told.append(score)
    told[0] = max(told)
    logits = np.stack([logits_from_mask(mask) for mask in found])  # (M, 256, 256)
    scores = np.array(told, np.float32)
    return Candidates(np.stack(found), scores, np.ones_like(scores), logits)


def _thick(mask: Mask, pixels: float) -> Mask:
    """The connected parts of a (H, W) mask that are at least so deep somewhere: no slivers of an outline."""
    box = box_of(mask)
    if box is None:
        return mask
    around, thick = padded(box, 1), np.zeros_like(mask)
    part = mask[around]
    thick[around] = touching(part, (distance_inside(np.pad(part, 1))[1:-1, 1:-1] >= pixels) & part)
    return thick
