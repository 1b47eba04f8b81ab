"""Fusion on a real clip: no jump on the way from one known mask to the next."""

from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np

from track_anything.masks import iou, read_mask
from track_anything.models import CachedSegmenter, Models
from track_anything.project import Description, Project
from track_anything.project.edits import SetRange
from track_anything.session import Session
from track_anything.testing import ColourSegmenter
from track_anything.video import open_video
from tracker.build import LIGHT_WEIGHTS, light_propagator, load_xmem

LAST = 11


def test_a_fused_span_of_a_real_clip_has_no_seam(shared_data: Path, tmp_path: Path) -> None:
    data = shared_data / "davis2016-train-256p"
    video = open_video(data / "JPEGImages" / "bear")
    truths = sorted((data / "Annotations" / "bear").glob("*.png"))
    new_propagator = partial(light_propagator, load_xmem(LIGHT_WEIGHTS))
    models = Models(CachedSegmenter(ColourSegmenter()), new_propagator, refine_policy=None)
    project = Project.create(tmp_path / "project", Description(Path("bear"), "", video.info))
    with Session(project, video, lambda: models) as session:
        bear = session.add_object("bear")
        for frame in (0, LAST):
            session.give_mask(frame=frame, object_id=bear, mask=read_mask(truths[frame], project.size))
        session.edit(SetRange(0, LAST + 1))
        session.track().run()
        found = [project.mask(frame, bear) for frame in range(LAST + 1)]
    steadiness = [iou(one, other) for one, other in pairwise(found)]
    assert np.count_nonzero(found[LAST // 2])
    assert min(steadiness[0], steadiness[-1]) > median(steadiness) - 0.05
    assert min(steadiness) > median(steadiness) - 0.05
