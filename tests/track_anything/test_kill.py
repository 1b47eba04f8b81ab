"""Rule 3: a crash loses at most the frame in hand.

The gate kills at six chosen moments; TRACK_ANYTHING_KILLS=20 adds as many random ones.
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.track_anything.pointing import at
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_session

CLIP = MovingShapes(frame_count=130, height=48, width=64)
CHOSEN = ((1, 0.0), (9, 0.002), (10, 0.0), (10, 0.004), (11, 0.001), (100, 0.003))
"""Frames that are announced before the kill, and seconds after that: the first one, round the first
checkpoint, and late."""

TRACK = """
import sys
from pathlib import Path
from track_anything.testing import MovingShapes, fake_session

session = fake_session(MovingShapes(frame_count=130, height=48, width=64), Path(sys.argv[1]))
for result in session.unfinished():
    print(result.index, flush=True)
"""


def start(folder: Path) -> Session:
    session = fake_session(CLIP, folder)
    session.click(frame=0, object_id=session.add_object(), **at(CLIP.centre(0)))
    session.track()
    return session


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    session = start(tmp_path_factory.mktemp("undisturbed") / "project")
    for _ in session.unfinished():
        pass
    return [session.label_map(frame).tobytes() for frame in range(CLIP.frame_count)]


def random_moments() -> list[tuple[int, float]]:
    chosen = random.Random(0)
    count = int(os.environ.get("TRACK_ANYTHING_KILLS", "0"))
    return [(chosen.randint(1, 120), chosen.random() * 0.005) for _ in range(count)]


@pytest.mark.parametrize(("frames", "seconds"), [*CHOSEN, *random_moments()])
def test_kill_9_at_any_moment_costs_one_frame_at_most(
    frames: int, seconds: float, tmp_path: Path, undisturbed: list[bytes]
) -> None:
    folder = tmp_path / "project"
    start(folder).close()
    process = subprocess.Popen([sys.executable, "-c", TRACK, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    announced = -1
    for _ in range(frames):
        announced = int(process.stdout.readline())
    time.sleep(seconds)  # the moment within a frame is what differs here; nothing is awaited
    process.kill()
    rest, _ = process.communicate()
    announced = max([announced, *(int(line) for line in rest.split() if line.isdigit())])

    session = fake_session(CLIP, folder)
    (number,) = session.project.unfinished_passes()
    first_left = session.project.frames_left(number)[0]
    assert first_left > announced, "a frame that was announced as done is gone"
    for _ in session.unfinished():
        pass
    masks = [session.label_map(frame).tobytes() for frame in range(CLIP.frame_count)]
    np.testing.assert_equal(masks, undisturbed)
    session.close()
