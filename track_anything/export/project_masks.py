"""A project as the source of masks that exporters and mattes ask."""

import numpy as np
from numpy.typing import NDArray

from track_anything.matting import MaskSource
from track_anything.project import Project
from track_anything.review import MaskReport, report
from track_anything.types import FrameIndex, Mask, ObjectId


class ProjectMasks(MaskSource):
    """The masks of single objects of a project, cleaned as each object is to be."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def mask(self, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """See ``MaskSource``."""
        return self._project.mask(frame, object_id)

    def probability(self, frame: FrameIndex, object_id: ObjectId) -> NDArray[np.float32]:
        """See ``MaskSource``."""
        return self._project.probability(frame, object_id)

    def standing(self, frame: FrameIndex, object_id: ObjectId) -> MaskReport:
        """See ``MaskSource``."""
        return next(report(self._project, [frame], [object_id]))
