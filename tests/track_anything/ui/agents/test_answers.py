"""What agents are told of a frame in doubt."""

import numpy as np

from tests.track_anything.ui.desk_fixtures import CLIP, Page
from track_anything.project.edits import GiveMask, Propagate
from track_anything.ui.agents.answers import doubtful_frame


def test_an_agent_is_told_that_an_object_was_not_found_on_a_frame_in_doubt(page: Page) -> None:
    project = page.project.session.project
    project.give_mask(GiveMask(0, project.add_object("ball")), CLIP.label_map(0) == 1)
    number = project.begin_pass(Propagate(0, 12, 1, (1,)))
    record = {"confidence": {"1": 0.5}, "absent": [1]}
    project.write_pass(number, 4, np.zeros_like(CLIP.label_map(4)), record)
    ((frame, object_id),) = page.project.session.frames_in_doubt()
    told = doubtful_frame(page.project, frame, object_id, is_shown=False)
    assert told == {
        "frame": 4,
        "object_id": 1,
        "name": "ball",
        "status": "absent",
        "confidence": 0.5,
        "reason": "",
    }
