"""Noticing that a propagated mask can no longer be trusted, that an object left, and that it came back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from track_anything.drift.confidence import Calibration, load_calibration
from track_anything.drift.look import Contest, Look, Scene, look_at_mask, look_at_propagated, pack, unpack
from track_anything.drift.signals import Signals, compare
from track_anything.types import Image, Mask, ObjectId
from tracker.propagator import Propagated

_MOST_KNOWN_LOOKS = 32


class Presence(Enum):
    """Whether an object is in the picture."""

    PRESENT = "present"
    ABSENT = "absent"


@dataclass(frozen=True)
class DriftPolicy:
    """When a mask counts as drifted, and what it takes to believe that an object is back.

    Attributes:
        drifted_below: confidence, 0 to 1, under which a mask has drifted.
        recent: looks that a new one is held against, at least 1.
        lost_below: confidence, 0 to 1, under which a mask that does not have the colours of the object either
            (``return_colours``) is of something else: the object is gone.
        least_area: share of the usual area under which what is left is a remnant of an object that is gone.
        leaving_area: share of the usual area, 0 to 1, under which an object at the border of the frame is
            leaving it.
        left_change: 1 - IoU with the mask of such an object, 0 to 1, from which on one of low confidence
            (``lost_below``) is elsewhere, and so of something else, whatever its colours: the object has
            left, and has to be recognised when it comes back.
        return_confidence: least confidence, 0 to 1, of an object that is seen where there is no frame before
            that it could be followed from: after an absence or a cut.
        return_colours: share of its colours, 0 to 1, that no known mask has, at most, in that case.
    """

    drifted_below: float = 0.5
    lost_below: float = 0.2
    recent: int = 5
    least_area: float = 0.01
    leaving_area: float = 0.7
    left_change: float = 0.9
    return_confidence: float = 0.6
    return_colours: float = 0.45


@dataclass(frozen=True)
class Assessment:
    """What the monitor makes of one object on one frame.

    Attributes:
        presence: whether the object is there.
        confidence: that the answer is right, 0 to 1: for a mask, that its IoU with the truth is at least 0.7.
        drifted_for: frames in a row, up to this one, on which the mask could not be trusted; 0 = it can be.
        reason: the signal that speaks loudest against the mask; empty when it can be trusted.
        signals: the evidence; None for an absent object.
        is_withheld: the propagator did find something, but it is not believed to be the object.
    """

    presence: Presence
    confidence: float
    drifted_for: int = 0
    reason: str = ""
    signals: Signals | None = None
    is_withheld: bool = False


@dataclass
class _Watched:
    """What the monitor remembers of one object."""

    known: list[Look] = field(default_factory=list)
    recent: list[Look] = field(default_factory=list)
    is_present: bool = True
    drifted_for: int = 0
    usual_area: float = 0.0

    def follow(self, look: Look, most: int) -> None:
        """Take in one more look at the object in its place."""
        self.recent = [*self.recent, look][-most:]
        self.usual_area = float(np.median([recent.area for recent in self.recent]))

    def is_leaving(self, share: float) -> bool:
        """Whether it was at the border of the frame when last seen, and less of it was seen than usual."""
        last = self.recent[-1] if self.recent else None
        return last is not None and last.touches_border and last.area < share * self.usual_area


class DriftMonitor:
    """Holds every propagated mask against what its object looked like before.

    Args:
        policy: when a mask counts as drifted.
        calibration: from evidence to confidence; None = the one that comes with the package.
    """

    def __init__(self, policy: DriftPolicy | None = None, calibration: Calibration | None = None) -> None:
        self._policy = policy or DriftPolicy()
        self._calibration = calibration or load_calibration()
        self._objects: dict[ObjectId, _Watched] = {}

    def vouch(self, image: Image, masks: Mapping[ObjectId, Mask], *, continues: bool = True) -> None:
        """Take in known masks.

        Args:
            image: (H, W, 3) the frame that they are of.
            masks: (H, W) each; an empty one says that the object is absent.
            continues: whether the pass goes on from this frame; False for a frame that lies elsewhere.
        """
        scene = Scene.of(image)
        for object_id, mask in masks.items():
            look = look_at_mask(scene, mask)
            watched = self._objects.setdefault(object_id, _Watched())
            if not look.is_empty:
                watched.known = [*watched.known, look][-_MOST_KNOWN_LOOKS:]
            if continues:
                watched.is_present = not look.is_empty
                watched.drifted_for = 0
                watched.recent = []
                if watched.is_present:
                    watched.usual_area = look.area

    def check(
        self,
        image: Image,
        propagated: Propagated,
        *,
        skip: Collection[ObjectId] = (),
        is_cut: bool = False,
    ) -> dict[ObjectId, Assessment]:
        """Assess the masks of the next frame.

        Args:
            image: (H, W, 3).
            propagated: what the propagator says about it.
            skip: objects that are known here; ``vouch`` for them instead.
            is_cut: whether another shot begins here, so that nothing can be followed from the frame before.
        """
        scene, contest = Scene.of(image), Contest.of(propagated)
        return {
            object_id: self._assess(scene, contest, object_id, is_cut=is_cut)
            for object_id in propagated.object_ids
            if object_id not in skip
        }

    def save(self, path: Path) -> None:
        """Write what the monitor remembers, so that ``load`` continues exactly where this left off."""
        arrays: dict[str, NDArray[np.generic]] = {}
        for object_id, watched in self._objects.items():
            facts = (watched.is_present, watched.drifted_for, watched.usual_area)
            arrays[f"{object_id}/facts"] = np.array(facts, np.float64)
            arrays |= {f"{object_id}/known/{name}": array for name, array in pack(watched.known).items()}
            arrays |= {f"{object_id}/recent/{name}": array for name, array in pack(watched.recent).items()}
        with path.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stubs take the names for options

    def load(self, path: Path) -> None:
        """Replace what the monitor remembers by what was saved."""
        with np.load(path) as saved:
            arrays = dict(saved)
        self._objects = {}
        for name in [name for name in arrays if name.endswith("/facts")]:
            object_id = name.partition("/")[0]
            is_present, drifted_for, usual_area = arrays[name].tolist()
            self._objects[int(object_id)] = _Watched(
                unpack(_below(arrays, f"{object_id}/known/")),
                unpack(_below(arrays, f"{object_id}/recent/")),
                bool(is_present),
                int(drifted_for),
                usual_area,
            )

    def _assess(self, scene: Scene, contest: Contest, object_id: ObjectId, *, is_cut: bool) -> Assessment:
        watched, propagated = self._objects.setdefault(object_id, _Watched()), contest.propagated
        look = look_at_propagated(scene, contest, object_id)
        is_remnant = look.area < self._policy.least_area * watched.usual_area
        must_be_recognised = is_cut or not watched.is_present
        if must_be_recognised:
            watched.recent = []  # nothing goes on from there
        if look.is_empty or is_remnant:
            watched.is_present = False
            return self._absent(watched, propagated, object_id)

        signals = compare(look, watched.recent, watched.known)
        confidence = self._calibration.seen(signals.values)
        has_its_colours = signals.colour_drift <= self._policy.return_colours
        is_recognised = has_its_colours and confidence >= self._policy.return_confidence
        is_lost = confidence < self._policy.lost_below
        is_elsewhere = signals.shape_change >= self._policy.left_change
        has_left = is_lost and is_elsewhere and watched.is_leaving(self._policy.leaving_area)
        watched.is_present = (is_recognised or not must_be_recognised) and not has_left
        if not watched.is_present or (is_lost and not has_its_colours):
            return self._absent(watched, propagated, object_id)

        watched.follow(look, self._policy.recent)
        has_drifted = confidence < self._policy.drifted_below
        watched.drifted_for = watched.drifted_for + 1 if has_drifted else 0
        reason = self._calibration.seen.main_objection(signals.values) if has_drifted else ""
        return Assessment(Presence.PRESENT, confidence, watched.drifted_for, reason, signals)

    def _absent(self, watched: _Watched, propagated: Propagated, object_id: ObjectId) -> Assessment:
        """The object is not there; what was found in its place, if anything, is of something else."""
        watched.drifted_for = 0
        has_pixels = bool((propagated.label_map == object_id).any())
        channel = propagated.object_ids.index(object_id) + 1
        confidence = 0.5 if has_pixels else 1 - float(propagated.probabilities[channel].max())
        return Assessment(Presence.ABSENT, confidence, is_withheld=has_pixels)


def _below(arrays: Mapping[str, NDArray[np.generic]], prefix: str) -> dict[str, NDArray[np.generic]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
