"""The conversation about one object on one frame, and the mask that is known from it."""

from collections import OrderedDict
from collections.abc import Callable, Generator
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sam.automatic import AutomaticMasks
from sam.automatic_mask import AutomaticMask
from sam.mask_prompt import logits_from_mask
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.errors import InputError
from track_anything.models import Models, explained_shortage
from track_anything.project import Project
from track_anything.project.claims import Claim, Statements
from track_anything.project.edits import GiveMask, Withdraw
from track_anything.prompting.asking import asking
from track_anything.prompting.correction import Correction
from track_anything.prompting.further_click import FurtherClick, in_turn
from track_anything.prompting.prompts import check_found, edit_from_prompt, explained, likeliest, prompt_of
from track_anything.types import FrameIndex, Mask, ObjectId
from track_anything.video import Video

EVERYTHING = AutomaticMasks(points_per_side=16, min_region=100)  # coarse enough for a laptop's patience

_LOGITS_KEPT = 64  # answers; 256 KiB each


class Prompted(NamedTuple):
    """What came of something that a person said.

    Attributes:
        object_id: the object it was about.
        candidates: the answers.
        chosen: the one whose mask is known now.
    """

    object_id: ObjectId
    candidates: Candidates
    chosen: int


class Prompting:
    """What a person says about objects becomes known masks.

    On a frame where nothing was there, clicks and boxes say what the object is. Where a mask was there that
    came from tracking, painting or an import, clicks are about that mask: see ``Correction``. A box says
    everything anew, the clicks made before it included.

    Args:
        project: where masks go.
        video: the frames.
        models: gives the networks; called when they are needed first.
    """

    def __init__(self, project: Project, video: Video, models: Callable[[], Models]) -> None:
        self._project = project
        self._video = video
        self._models = models
        self._logits: OrderedDict[int, NDArray[np.float32]] = OrderedDict()  # (256, 256) per give_mask edit

    def ask(self, frame: FrameIndex, prompt: Prompt) -> Candidates:
        """What the segmenter makes of a prompt, without its slips of a few pixels; nothing is changed.

        Raises:
            InputError: no such frame, a click outside of it, or nothing that belongs to an object.
        """
        self._check(frame, prompt)
        with explained_shortage():
            segmenter = self._models().segmenter
            return asking(segmenter, segmenter.embed(self._video.frame(frame)))(prompt)

    def everything(
        self, frame: FrameIndex, settings: AutomaticMasks = EVERYTHING
    ) -> Generator[tuple[int, int], None, list[AutomaticMask]]:
        """What the segmenter finds on a frame by itself; yields (steps done, in all), returns the masks."""
        self._project.check_frame(frame)
        with explained_shortage():
            image, segmenter = self._video.frame(frame), self._models().segmenter
            return (yield from settings.steps(segmenter, image, segmenter.embed(image)))

    def click(
        self, frame: FrameIndex, object_id: ObjectId | None, x: float, y: float, *, positive: bool = True
    ) -> Prompted:
        """Add a click to what was said about an object on a frame, and take the likeliest answer.

        Args:
            frame: the frame.
            object_id: the object; None = a new one, which is made if something is found.
            x: of the pixel, from 0.
            y: likewise.
            positive: whether the pixel belongs to the object.

        Raises:
            InputError: no such object or frame, a click outside of it, one that finds nothing, a negative one
                where there is nothing to take away from, or a positive one on another object's known mask.
        """
        if object_id is None:
            return self.begin_object(frame, prompt_of([(x, y)], [int(positive)]))
        said = self._statements(frame, object_id)
        earlier = said.newest or GiveMask(frame, object_id)
        prompt = prompt_of([*earlier.points, (x, y)], [*earlier.labels, int(positive)], earlier.box)
        is_correction = self._is_correction(frame, said, prompt)
        if is_correction:
            stored = self._project.stored_mask(frame, object_id)
            found = self._mended(frame, object_id, said, prompt, stored)
        elif said.given:
            found = self._went_on(frame, object_id, said.given[-1][0], prompt)
        else:
            found = self.ask(frame, prompt)
        return self.take(frame, object_id, prompt, found, may_be_empty=is_correction)

    def box(
        self, frame: FrameIndex, object_id: ObjectId | None, box: tuple[float, float, float, float]
    ) -> Prompted:
        """Say that an object fills a box (x0, y0, x1, y1) on a frame; clicks that were made there stay."""
        if object_id is None:
            return self.begin_object(frame, prompt_of([], [], box))
        earlier = self._statements(frame, object_id).newest or GiveMask(frame, object_id)
        prompt = prompt_of(earlier.points, earlier.labels, box)
        return self.take(frame, object_id, prompt, self.ask(frame, prompt))

    def reprompt(self, frame: FrameIndex, object_id: ObjectId, prompt: Prompt | None) -> Prompted | None:
        """Put other clicks and another box in the place of what was said; None = nothing was said.

        Raises:
            InputError: as for ``click``.
        """
        said = self._statements(frame, object_id)
        if prompt is None:
            self._project.edit(Withdraw(object_id, frame, frame + 1))
            return None
        is_correction = self._is_correction(frame, said, prompt)
        if is_correction:
            found = self._replayed(frame, object_id, said, prompt)
        else:
            others = self._known_of_others(frame, object_id)
            found = in_turn(prompt, self._video.frame(frame), others, partial(self.ask, frame))
        return self.take(frame, object_id, prompt, found, may_be_empty=is_correction)

    def choose(self, frame: FrameIndex, object_id: ObjectId, candidate: int) -> Prompted:
        """Take another answer to the newest click on a frame; it stays one step to undo.

        Raises:
            InputError: there was no click that had several answers, or no such answer.
        """
        said = self._statements(frame, object_id)
        given = said.newest
        if given is None or not given.points:
            raise InputError("there is no click on this frame with several answers to choose from")
        prompt = prompt_of(given.points, given.labels, given.box)
        is_correction = self._is_correction(frame, said, prompt)
        if is_correction:
            before = self._mask_before_last(frame, object_id, said)
            found = self._mended(frame, object_id, said, prompt, before)
        elif (claim := said.before_last) is not None:
            found = self._went_on(frame, object_id, claim, prompt)
        elif prompt.is_ambiguous:
            found = self.ask(frame, prompt)
        else:
            raise InputError("there is no click on this frame with several answers to choose from")
        is_there = 0 <= candidate < len(found.masks)
        if not is_there or not (is_correction or found.masks[candidate].any()):
            raise InputError(f"there is no answer {candidate} to this click: choose another one")
        if self._project.state.edits[-1][1] is given:
            self._project.undo()
        return self.take(frame, object_id, prompt, found, candidate, may_be_empty=is_correction)

    def begin_object(self, frame: FrameIndex, prompt: Prompt) -> Prompted:
        """A new object, once the prompt for it has an answer: one that fails makes no object."""
        found = self.ask(frame, prompt)
        check_found(frame, found.masks[likeliest(found)])
        return self.take(frame, self._project.add_object(), prompt, found)

    def take(
        self,
        frame: FrameIndex,
        object_id: ObjectId,
        prompt: Prompt,
        found: Candidates,
        candidate: int | None = None,
        *,
        may_be_empty: bool = False,
    ) -> Prompted:
        """Make an answer to a prompt the known mask of an object.

        Args:
            frame: the frame.
            object_id: the object.
            prompt: what was said.
            found: the answers to it.
            candidate: which one; None = the likeliest.
            may_be_empty: whether an answer without a pixel says that the object is not there.

        Raises:
            InputError: no such object, or an answer without a pixel.
        """
        self._project.check_object(object_id)
        chosen = candidate
        if chosen is None:
            chosen = likeliest(found) if prompt.is_ambiguous and not may_be_empty else found.best
        if not may_be_empty:
            check_found(frame, found.masks[chosen])
        number = self._project.give_mask(edit_from_prompt(frame, object_id, prompt), found.masks[chosen])
        self._logits[number] = found.logits[chosen].copy()
        while len(self._logits) > _LOGITS_KEPT:
            self._logits.popitem(last=False)
        return Prompted(object_id, found, chosen)

    def paint(self, frame: FrameIndex, object_id: ObjectId, shown: Mask) -> None:
        """Take over what a person changed in the (H, W) mask that was shown, with a brush, say.

        Pixels that stay as they were shown keep what is stored for them: a clean-up is not painted into the
        mask, and no pixel that another object's mask hides comes to light.
        """
        label_map = self._project.label_map(frame)
        before, others = label_map == object_id, (label_map > 0) & (label_map != object_id)
        kept = self._project.stored_mask(frame, object_id) & ~(before & ~shown) & ~others
        self._project.give_mask(GiveMask(frame, object_id), kept | (shown & ~before))

    def _statements(self, frame: FrameIndex, object_id: ObjectId) -> Statements:
        self._project.check_frame(frame)
        self._project.check_object(object_id)
        return self._project.statements(frame, object_id)

    def _is_correction(self, frame: FrameIndex, said: Statements, prompt: Prompt) -> bool:
        return prompt.box is None and bool(self._project.claimed_mask(frame, said.base).any())

    def _went_on(self, frame: FrameIndex, object_id: ObjectId, claim: Claim, prompt: Prompt) -> Candidates:
        """The answers to a person's clicks, the last of which is about the mask of a claim."""
        mask = self._project.claimed_mask(frame, claim)
        logits = self._logits.get(claim.newest_edit)
        further = FurtherClick(
            self._video.frame(frame),
            mask,
            logits_from_mask(mask) if logits is None else logits,
            prompt,
            self._known_of_others(frame, object_id),
        )
        return further.answers(partial(self.ask, frame))

    def _mended(
        self, frame: FrameIndex, object_id: ObjectId, said: Statements, prompt: Prompt, mask: Mask
    ) -> Candidates:
        """What the newest click of a prompt makes of a (H, W) mask."""
        others = self._known_of_others(frame, object_id)
        self._check(frame, prompt, may_take_away=True)
        probability = self._project.claimed_probability(frame, said.base)
        with explained_shortage():
            image, segmenter = self._video.frame(frame), self._models().segmenter
            correction = Correction(image, mask, probability, prompt.points, prompt.labels, others)
            if correction.is_adding and others[correction.pixel]:
                raise InputError("this spot is known to be another object's: take it away there first")
            embedding = segmenter.embed(image)
            return correction.answers(lambda prompt: segmenter.predict(embedding, prompt))

    def _replayed(
        self, frame: FrameIndex, object_id: ObjectId, said: Statements, prompt: Prompt
    ) -> Candidates:
        """The answer to the last of several clicks on the mask that was there before all of them."""
        mask = self._project.claimed_mask(frame, said.base)
        for count in range(1, len(prompt.points) + 1):
            so_far = Prompt(points=prompt.points[:count], labels=prompt.labels[:count])
            found = self._mended(frame, object_id, said, so_far, mask)
            mask = found.masks[found.best]
        return found

    def _mask_before_last(self, frame: FrameIndex, object_id: ObjectId, said: Statements) -> Mask:
        """The (H, W) mask that the newest click was about."""
        newest = said.given[-1][1]
        points, labels = newest.points[:-1], newest.labels[:-1]
        if not points:
            return self._project.claimed_mask(frame, said.base)
        if (claim := said.before_last) is not None:
            return self._project.claimed_mask(frame, claim)
        found = self._replayed(frame, object_id, said, prompt_of(points, labels))
        return np.asarray(found.masks[found.best], np.bool_)

    def _known_of_others(self, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """The (H, W) pixels that a person said are of other objects."""
        known = np.zeros(self._project.size, np.bool_)
        for other, claim in self._project.claims(frame).items():
            if other != object_id and claim.is_known:
                known |= self._project.claimed_mask(frame, claim)
        return known

    def _check(self, frame: FrameIndex, prompt: Prompt, *, may_take_away: bool = False) -> None:
        self._project.check_frame(frame)
        with explained():
            prompt.check_inside(*self._project.size)
        is_about_nothing = prompt.box is None and prompt.logits is None and not prompt.labels.any()
        if is_about_nothing and not may_take_away:
            raise InputError("Click what belongs to it first.")
