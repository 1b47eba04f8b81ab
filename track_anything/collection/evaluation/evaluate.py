"""Predicted masks held against true ones."""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from track_anything.collection.evaluation.evaluation import Calibration, Evaluation, ObjectScore
from track_anything.collection.evaluation.matching import (
    matched_frames,
    matched_objects,
    matched_video,
    predicted_part,
)
from track_anything.errors import InputError
from track_anything.masks import iou
from track_anything.masks.data_sets import AnnotatedVideo, DataSet
from track_anything.masks.measures import boundary_accuracy, region_similarity
from track_anything.types import FrameIndex, Mask, ObjectId

_COVERS = 0.5  # IoU above which a predicted object covers a true one, as in MOTS
_RIGHT = 0.7  # IoU from which on a mask can be trusted
_TENTHS = 10


def evaluate(
    predicted: DataSet,
    truth: DataSet,
    *,
    by_overlap: bool = False,
    leaves_out_ends: bool = False,
    is_partial: bool = False,
) -> Evaluation:
    """Score all true objects on all true frames; what was not predicted counts as empty.

    Args:
        predicted: the masks to be scored.
        truth: the true ones.
        by_overlap: match objects by overlap and not by id.
        leaves_out_ends: the first and the last frame do not count, as in the semi-supervised DAVIS
            benchmarks, where the first is given.
        is_partial: videos and frames that were not predicted do not count.

    Raises:
        InputError: the truth has no object, sizes differ, or frames cannot be matched.
    """
    truth = predicted_part(truth, predicted) if is_partial else truth
    notes: list[str] = []
    scores: list[ObjectScore] = []
    trusted: list[tuple[float, float]] = []
    for name, video in truth:
        found = matched_video(name, truth, predicted)
        if found is None:
            notes.append(f"{name} was not predicted: all of its objects score 0 where they are")
            other = AnnotatedVideo(video.size, video.frames, {})
        else:
            other = predicted.videos[found]
        scored = _Scored(name, video, other, leaves_out_ends=leaves_out_ends)
        notes += scored.notes
        scores += scored.scores(by_overlap=by_overlap)
        notes += scored.surplus
        trusted += scored.trusted
    if not scores:
        raise InputError("the truth has no object on a frame that counts: give another one")
    return Evaluation(tuple(scores), _calibration(trusted), tuple(notes))


class _Scored:
    """One video, scored.

    Attributes:
        notes: what is missing.
        surplus: what the truth lacks.
        trusted: score and IoU of every predicted mask that has a score and a true object.
    """

    def __init__(
        self, name: str, truth: AnnotatedVideo, predicted: AnnotatedVideo, *, leaves_out_ends: bool
    ) -> None:
        if truth.size != predicted.size:
            (height, width), (rows, columns) = truth.size, predicted.size
            raise InputError(
                f"the masks of {name} have {columns} x {rows} pixels but the true ones {width} x {height}: "
                "bring them to one size"
            )
        self._name, self._truth, self._predicted = name, truth, predicted
        self._places = matched_frames(name, truth, predicted)
        frames = range(len(truth.frames))
        self._frames: Sequence[FrameIndex] = frames[1:-1] if leaves_out_ends else frames
        missing = sum(frame not in self._places for frame in self._frames)
        self.notes = [f"{name}: {missing} frames were not predicted"] if missing else []
        self.surplus: list[str] = []
        self.trusted: list[tuple[float, float]] = []

    def scores(self, *, by_overlap: bool) -> Iterator[ObjectScore]:
        """The score of every true object; none when no frame counts."""
        if not self._frames:
            return
        overlaps = self._overlaps()
        pairs = matched_objects(self._truth, self._predicted, overlaps, by_overlap=by_overlap)
        surplus = sorted(self._predicted.tracks.keys() - set(pairs.values()))
        if surplus:
            shown = ", ".join(map(str, surplus[:5]))
            self.surplus = [f"{self._name}: predicted objects that the truth lacks are not scored: {shown}"]
        for number, track in sorted(self._truth.tracks.items()):
            own = [self._truth.mask(frame, number) for frame in self._frames]
            masks = [self._mask(frame, pairs.get(number)) for frame in self._frames]
            region = [region_similarity(mask, true) for mask, true in zip(masks, own, strict=True)]
            self._take_trust(pairs.get(number), region)
            yield ObjectScore(
                self._name,
                number,
                track.name,
                track.category,
                tuple(self._truth.frames[frame] for frame in self._frames),
                tuple(region),
                tuple(boundary_accuracy(mask, true) for mask, true in zip(masks, own, strict=True)),
                tuple(bool(true.any()) for true in own),
                _switches([{o: overlaps[number, o][at] for o in self._predicted.tracks} for at in self._at]),
            )

    @property
    def _at(self) -> range:
        return range(len(self._frames))

    def _mask(self, frame: FrameIndex, number: ObjectId | None) -> Mask:
        place = self._places.get(frame)
        if place is None or number is None:
            return np.zeros(self._truth.size, np.bool_)
        return self._predicted.mask(place, number)

    def _overlaps(self) -> dict[tuple[ObjectId, ObjectId], list[float]]:
        """IoU of each true and predicted object on each frame that counts; 0 where one of them is not."""
        found = {
            pair: [0.0] * len(self._frames) for pair in product(self._truth.tracks, self._predicted.tracks)
        }
        for at, frame in enumerate(self._frames):
            place = self._places.get(frame)
            others = [] if place is None else [(o, mask) for o, _, _, mask in self._predicted.masks(place)]
            for own, _, _, true in self._truth.masks(frame):
                for other, mask in others:
                    found[own, other][at] = iou(mask, true)
        return found

    def _take_trust(self, number: ObjectId | None, region: Sequence[float]) -> None:
        segments = {} if number is None else self._predicted.tracks[number].segments
        for frame, score in zip(self._frames, region, strict=True):
            segment = segments.get(self._places.get(frame, -1))
            if segment is not None and segment.score is not None:
                self.trusted.append((segment.score, score))


def _switches(overlaps: Sequence[dict[ObjectId, float]]) -> int:
    """How often the predicted object that covers a true one is another than the last one that did."""
    switches, last = 0, None
    for on_frame in overlaps:
        covering = max(on_frame, key=lambda number: on_frame[number], default=None)
        if covering is None or on_frame[covering] <= _COVERS:
            continue
        switches += last is not None and covering != last
        last = covering
    return switches


def _calibration(trusted: Sequence[tuple[float, float]]) -> Calibration | None:
    if not trusted:
        return None
    scores = np.array([score for score, _ in trusted])  # (N,)
    is_right = np.array([overlap >= _RIGHT for _, overlap in trusted])  # (N,)
    tenth = np.minimum((scores * _TENTHS).astype(int), _TENTHS - 1)
    gaps = np.abs(np.bincount(tenth, scores, _TENTHS) - np.bincount(tenth, is_right, _TENTHS))
    return Calibration(
        len(trusted), float(scores.mean()), float(is_right.mean()), float(gaps.sum() / len(trusted))
    )
