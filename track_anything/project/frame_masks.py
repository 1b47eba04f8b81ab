"""What the mask of each object on a frame is: the layers that the edits of a state point at, put together."""

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from threading import RLock
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from track_anything.masks import clipped_to
from track_anything.project.claims import NO_CLAIM, Claim
from track_anything.project.clean_up import CleanUp, softened
from track_anything.project.layers import Layers, LostLayerError
from track_anything.project.soft_masks import SoftMasks
from track_anything.project.state import State
from track_anything.types import FrameIndex, LabelMap, Mask, ObjectId

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")


def _without_lost_layers(
    ask: "Callable[Concatenate[FrameMasks, _Asked], _Answer]",
) -> "Callable[Concatenate[FrameMasks, _Asked], _Answer]":
    """Ask again when a layer turns out to be damaged: from then on it is as if it had not been written."""

    @wraps(ask)
    def asked(masks: "FrameMasks", /, *about: _Asked.args, **more: _Asked.kwargs) -> _Answer:
        while True:  # every time there is one layer less to lose
            try:
                return ask(masks, *about, **more)
            except LostLayerError:
                continue

    return asked


class FrameMasks:
    """The masks of a project as of a state that the caller names, so that "before" is the same question.

    Masks are stored as they were given or tracked, and cleaned when they are asked for. Where a layer cannot
    be read any more, what was there before it shows.

    Args:
        layers: what edits wrote.
        soft_masks: the probabilities behind what passes wrote.
        size: (height, width) of every mask.
        state: the one that is asked about most; claims of another are not kept.
    """

    def __init__(self, layers: Layers, soft_masks: SoftMasks, size: tuple[int, int], state: State) -> None:
        self._layers = layers
        self._soft_masks = soft_masks
        self._size = size
        self._current = state
        self._replayed: dict[FrameIndex, tuple[frozenset[int], dict[ObjectId, Claim]]] = {}
        self._changing = RLock()

    def follow(self, state: State, frames: Collection[FrameIndex] | None) -> None:
        """Keep the claims of this state from now on; those on ``frames`` have changed, None = all."""
        with self._changing:
            self._current = state
            if frames is None:
                self._replayed.clear()
            for frame in frames or ():
                self._replayed.pop(frame, None)

    def claims(self, state: State, frame: FrameIndex) -> Mapping[ObjectId, Claim]:
        """Where the masks come from, replayed when the edits about the frame or its layers have changed."""
        with self._changing:
            written = self._layers.edits_of(frame)
            is_current = state is self._current
            seen, claims = self._replayed.get(frame, (None, {})) if is_current else (None, {})
            if seen != written:
                lost = self._layers.lost_on(frame)  # a mask that was given and is lost was not given
                replayed = state.claims(frame, written, lost)
                claims = {o: replayed[o] for o in state.objects if o in replayed}
                if is_current:
                    self._replayed[frame] = written, claims
            return claims

    @_without_lost_layers
    def stored_mask(self, state: State, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """The (H, W) mask of an object as it was given or tracked; a copy."""
        return self.stored(frame, self.claims(state, frame).get(object_id, NO_CLAIM))

    @_without_lost_layers
    def without(self, state: State, frame: FrameIndex, left_out: Collection[ObjectId]) -> LabelMap:
        """The (H, W) label map of a frame as it was given or tracked, as if some objects were not there."""
        others = {o: claim for o, claim in self.claims(state, frame).items() if o not in left_out}
        return self.flattened(frame, others)

    def stored(self, frame: FrameIndex, claim: Claim) -> Mask:
        """The (H, W) mask that a claim stands for; LostLayerError when one of its layers is lost."""
        mask = np.zeros(self._size, np.bool_)  # (H, W)
        for number, id_in_layer in claim.parts:
            mask |= self._layers.read(frame, number) == id_in_layer
        return mask

    @_without_lost_layers
    def mask(self, state: State, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """The (H, W) mask of an object, cleaned; empty where nothing is known or propagated."""
        claims = self.claims(state, frame)
        mask = self.stored(frame, claims.get(object_id, NO_CLAIM))
        clean_up = state.clean_ups.get(object_id)
        return mask if clean_up is None else self._cleaned(mask, frame, claims, object_id, clean_up)

    @_without_lost_layers
    def probability(self, state: State, frame: FrameIndex, object_id: ObjectId) -> NDArray[np.float32]:
        """How sure the tracker was of each pixel, (H, W) float32 from 0 to 1, following a clean-up."""
        claim = self.claims(state, frame).get(object_id, NO_CLAIM)
        stored = self.stored(frame, claim)
        probability = self.stored_probability(state, frame, claim)
        if object_id not in state.clean_ups:
            return probability
        cleaned = self.mask(state, frame, object_id)
        return clipped_to(softened(probability, stored, cleaned), cleaned)

    def stored_probability(self, state: State, frame: FrameIndex, claim: Claim) -> NDArray[np.float32]:
        """The (H, W) probability behind a claim, above 0.5 just inside its mask; 0 or 1 if none was kept."""
        mask = self.stored(frame, claim)
        is_propagated = len(claim.parts) == 1 and claim.newest_edit in state.passes
        kept = self._soft_masks.read(frame, *claim.parts[0]) if is_propagated else None
        return mask.astype(np.float32) if kept is None else clipped_to(kept, mask)

    @_without_lost_layers
    def label_map(
        self, state: State, frame: FrameIndex, clean_ups: Mapping[ObjectId, CleanUp] | None = None
    ) -> LabelMap:
        """All masks in one (H, W) label map: known ones above propagated ones, later above earlier ones.

        Args:
            state: the state.
            frame: the frame.
            clean_ups: instead of those of the state.
        """
        claims = self.claims(state, frame)
        chosen = state.clean_ups if clean_ups is None else clean_ups
        label_map = self.flattened(frame, claims)
        shown = [object_id for object_id in chosen if object_id in claims]
        if not shown:
            return label_map
        masks = {object_id: self.stored(frame, claim) for object_id, claim in claims.items()}
        for object_id in shown:
            others = (label_map > 0) & (label_map != object_id)
            masks[object_id] = chosen[object_id].apply(masks[object_id], others)
        cleaned = np.zeros(self._size, np.uint8)  # (H, W)
        for object_id in _from_below(claims):
            cleaned[masks[object_id]] = object_id
        return cleaned

    def flattened(self, frame: FrameIndex, claims: Mapping[ObjectId, Claim]) -> LabelMap:
        """What some claims stand for in one (H, W) label map, as it was given or tracked."""
        label_map = np.zeros(self._size, np.uint8)  # (H, W)
        for object_id in _from_below(claims):
            label_map[self.stored(frame, claims[object_id])] = object_id
        return label_map

    def _cleaned(
        self,
        mask: Mask,
        frame: FrameIndex,
        claims: Mapping[ObjectId, Claim],
        object_id: ObjectId,
        clean_up: CleanUp,
    ) -> Mask:
        others = {other: claim for other, claim in claims.items() if other != object_id}
        return clean_up.apply(mask, self.flattened(frame, others) > 0)


def _from_below(claims: Mapping[ObjectId, Claim]) -> list[ObjectId]:
    """The objects in the order in which their masks are laid over each other."""
    return sorted(claims, key=lambda o: (claims[o].is_known, claims[o].newest_edit, o))
