from pathlib import Path

import pytest

from track_anything.checkpoints import Checkpoints
from track_anything.errors import ProjectError
from track_anything.testing import MovingShapes, ShiftingPropagator

CLIP = MovingShapes()


@pytest.fixture
def propagator() -> ShiftingPropagator:
    propagator = ShiftingPropagator()
    propagator.remember(CLIP.frame(0), CLIP.label_map(0))
    return propagator


def test_only_the_newest_memory_of_a_pass_is_kept(tmp_path: Path, propagator: ShiftingPropagator) -> None:
    checkpoints = Checkpoints(tmp_path / "memory")
    assert checkpoints.newest(7) is None
    checkpoints.save(propagator, 7, 30)
    checkpoints.save(propagator, 8, 5)
    checkpoints.save(propagator, 7, 20)  # a backward pass
    assert checkpoints.newest(7) == (20, tmp_path / "memory" / "0007.000020.npz")
    assert checkpoints.newest(8) is not None
    checkpoints.discard(7)
    assert [path.name for path in (tmp_path / "memory").iterdir()] == ["0008.000005.npz"]


def test_a_full_disk_leaves_the_earlier_memory(
    tmp_path: Path, propagator: ShiftingPropagator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(propagator, 7, 10)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(ProjectError, match="No space left on device.*free some disk space and resume"):
        checkpoints.save(propagator, 7, 20)
    assert [path.name for path in tmp_path.iterdir()] == ["0007.000010.npz"]
