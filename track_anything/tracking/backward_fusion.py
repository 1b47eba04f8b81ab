"""What forward passes have found of the objects that a backward pass finds again."""

from dataclasses import replace

from track_anything.drift.refine import resolve_overlaps
from track_anything.project import Project
from track_anything.project.edits import Propagate
from track_anything.tracking.fusion import FusedResult, PassResult, fuse
from track_anything.tracking.propagation import FrameResult
from track_anything.types import FrameIndex, ObjectId


class BackwardFusion:
    """The forward passes over the spans of a backward pass, to be blended with what that finds.

    A pass that comes from a frame on which the object is known to be absent has seen nothing that it could
    carry on; where only one of the two comes from a frame on which the object is seen, it alone counts.

    Args:
        project: where the forward passes wrote.
        edit: the backward pass; one that is fused with none is left as it is.
    """

    def __init__(self, project: Project, edit: Propagate) -> None:
        self._project = project
        self._edit = edit
        self._seen: dict[tuple[FrameIndex, ObjectId], bool] = {}

    def blend(self, result: FrameResult) -> FrameResult:
        """The result of a frame with both passes in it, for the objects that both have followed there."""
        both = self._found_twice(result)
        if not both:
            return result
        masks = {object_id: result.label_map == object_id for object_id in result.probabilities}
        confidence, probabilities = dict(result.confidence), dict(result.probabilities)
        for object_id, number in both.items():
            before, after = self._project.state.known[object_id].neighbours(result.index)
            forward = self._forward(number, result.index, object_id, result.index - before)
            backward = PassResult(
                probabilities[object_id], masks[object_id], confidence[object_id], after - result.index
            )
            chosen: PassResult | FusedResult = forward
            if self._is_seen(before, object_id) and self._is_seen(after, object_id):
                chosen = fuse(forward, backward)
            elif self._is_seen(after, object_id):
                chosen = backward
            masks[object_id], confidence[object_id] = chosen.mask, chosen.confidence
            probabilities[object_id] = chosen.probability
        label_map = resolve_overlaps(masks, probabilities)
        return replace(result, label_map=label_map, confidence=confidence, probabilities=probabilities)

    def _found_twice(self, result: FrameResult) -> dict[ObjectId, int]:
        """Per object that both directions have followed to a frame, the number of its forward pass."""
        frame, state = result.index, self._project.state
        return {
            object_id: number
            for number in self._edit.fuses
            if self._project.has_pass_mask(number, frame)
            for object_id in state.passes[number].followed_on(frame) & self._edit.followed_on(frame)
            if frame not in state.frames_known(object_id)
        }

    def _forward(self, number: int, frame: FrameIndex, object_id: ObjectId, distance: int) -> PassResult:
        record = self._project.pass_records(number)[frame]
        return PassResult(
            self._project.pass_probability(number, frame, object_id),
            self._project.pass_mask(number, frame, object_id),
            record.get("confidence", {}).get(str(object_id), 0.0),
            distance,
        )

    def _is_seen(self, frame: FrameIndex, object_id: ObjectId) -> bool:
        key = frame, object_id
        if key not in self._seen:
            self._seen[key] = bool(self._project.mask(frame, object_id).any())
        return self._seen[key]
