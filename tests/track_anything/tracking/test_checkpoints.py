"""The memory of a pass is kept for going on, whole or not at all."""

from pathlib import Path

import pytest

from track_anything.drift import DriftMonitor
from track_anything.errors import ProjectError
from track_anything.testing import MovingShapes, ShiftingPropagator
from track_anything.tracking.checkpoints import Checkpoints

CLIP = MovingShapes()


@pytest.fixture
def propagator() -> ShiftingPropagator:
    propagator = ShiftingPropagator()
    propagator.remember(CLIP.frame(0), CLIP.label_map(0))
    return propagator


def test_only_the_newest_memory_of_a_pass_is_kept(tmp_path: Path, propagator: ShiftingPropagator) -> None:
    checkpoints = Checkpoints(tmp_path / "memory")
    assert checkpoints.newest(7) is None
    checkpoints.save(7, 30, propagator)
    checkpoints.save(8, 5, propagator)
    checkpoints.save(7, 20, propagator)  # a backward pass
    assert checkpoints.newest(7) == 20
    assert checkpoints.newest(8) is not None
    checkpoints.discard(7)
    assert {path.name for path in (tmp_path / "memory").iterdir()} == {"0008.000005.npz", "0008.000005.drift"}


def test_memory_and_monitor_are_loaded_together_or_not_at_all(
    tmp_path: Path, propagator: ShiftingPropagator
) -> None:
    checkpoints, monitor = Checkpoints(tmp_path), DriftMonitor()
    assert not checkpoints.load(7, propagator, monitor)
    monitor.vouch(CLIP.frame(0), {1: CLIP.label_map(0) == 1})
    checkpoints.save(7, 10, propagator, monitor)
    other, fresh = ShiftingPropagator(), DriftMonitor()
    assert checkpoints.load(7, other, fresh)
    ours, theirs = propagator.step(CLIP.frame(1)), other.step(CLIP.frame(1))
    assert monitor.check(CLIP.frame(1), ours) == fresh.check(CLIP.frame(1), theirs)
    (tmp_path / "0007.000010.drift").unlink()
    assert checkpoints.newest(7) is None


def test_a_full_disk_leaves_the_earlier_memory(
    tmp_path: Path, propagator: ShiftingPropagator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(7, 10, propagator)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(ProjectError, match="No space left on device.*free some disk space and resume"):
        checkpoints.save(7, 20, propagator)
    assert {path.name for path in tmp_path.iterdir()} == {"0007.000010.npz", "0007.000010.drift"}
