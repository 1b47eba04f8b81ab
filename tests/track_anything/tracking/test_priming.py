"""Every known frame counts: up to eight whole, the others as prototypes, within bounds."""

from pathlib import Path

import numpy as np
import pytest

from tests.track_anything.pointing import at
from track_anything.project.edits import Clear, Propagate
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_session
from track_anything.tracking import priming
from track_anything.tracking.priming import MOST_COMPRESSED, MOST_WHOLE, priming_of
from track_anything.tracking.propagation import prime
from track_anything.types import Mask
from tracker.build import LIGHT_CONFIG, LIGHT_WEIGHTS, load_xmem
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator

CLIP = MovingShapes(frame_count=100, height=40, width=56)
PASS = Propagate(0, 100, 1, (1,))


@pytest.fixture
def session(tmp_path: Path) -> Session:
    session = fake_session(CLIP, tmp_path / "project")
    session.click(frame=0, object_id=session.add_object(), **at(CLIP.centre(0)))
    return session


def know(session: Session, *frames: int) -> None:
    for frame in frames:
        session.give_mask(frame=frame, object_id=1, mask=CLIP.label_map(frame) == 1)


def test_up_to_eight_are_all_whole(session: Session) -> None:
    know(session, *range(10, 90, 10))
    assert priming_of(session.project, PASS) == priming.Priming(tuple(range(10, 90, 10)))


def test_of_more_all_others_are_compressed(session: Session) -> None:
    know(session, *range(10, 40))
    chosen = priming_of(session.project, PASS)
    assert len(chosen.whole) == MOST_WHOLE
    assert sorted(chosen) == list(range(10, 40))


def test_what_is_left_out_of_very_many_lies_between_two_that_are_not(session: Session) -> None:
    know(session, *range(1, 100))
    chosen = priming_of(session.project, PASS)
    assert len(chosen.compressed) == MOST_COMPRESSED
    assert np.diff(sorted({0, *chosen, 100})).max() <= 4


def test_frames_without_the_object_are_not_begun_with(session: Session) -> None:
    know(session, *range(10, 20))
    session.edit(Clear(1, 30, 60))
    assert sorted(priming_of(session.project, PASS)) == list(range(10, 20))


def test_compressed_frames_are_in_memory_and_take_less_than_whole_ones() -> None:
    network = load_xmem(LIGHT_WEIGHTS)
    config = XMemConfig(internal_size=64, memory=LIGHT_CONFIG.memory)
    known: list[tuple[np.ndarray, dict[int, Mask]]] = [
        (CLIP.frame(frame), {1: np.asarray(CLIP.label_map(frame) == 1)}) for frame in range(0, 60, 3)
    ]
    whole, both = XMemPropagator(network, config), XMemPropagator(network, config)
    prime(whole, None, known[:8])
    prime(both, None, known[:8], known[8:])
    assert whole.memory_use().permanent == both.memory_use().permanent == 8
    assert whole.memory_use().long_term == 0
    assert both.memory_use().long_term > 0
    assert both.memory_use().working < LIGHT_CONFIG.memory.max_working_frames  # type: ignore[operator]
