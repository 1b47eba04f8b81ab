"""RAFT as a way to find motion, and to remove objects by it."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.track_anything.drawn_frames import draw
from tests.track_anything.inpaint.drawn import SIZE, disc, panned, psnr
from tests.track_anything.video.motion.test_flow import textured
from track_anything.cli import main
from track_anything.errors import InputError, WeightsError
from track_anything.export import manifest_path
from track_anything.inpaint import FlowInpainter, HoleShape
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models
from track_anything.video.motion.raft import Raft


@pytest.mark.weights
@pytest.mark.parametrize("longest_side", [640, 100])
@pytest.mark.parametrize(("right", "down"), [(0, 0), (4, 0), (-3, 5)])
def test_a_picture_that_moves_as_a_whole_moves_everywhere(
    raft_weights: Path, right: int, down: int, longest_side: int
) -> None:
    first = textured(90, 125)  # no whole number of cells
    second = np.roll(first, (down, right), axis=(0, 1))
    flow = Raft(raft_weights, iterations=6).estimator(longest_side)(first, second)
    assert flow.shape == (90, 125, 2)
    assert flow.dtype == np.float32
    inside = flow[16:-16, 16:-16]
    assert np.abs(inside - [right, down]).mean() < 0.3


@pytest.mark.weights
@pytest.mark.parametrize("size", [(15, 200), (16, 16), (17, 40)])
def test_pictures_of_any_size_are_taken(raft_weights: Path, size: tuple[int, int]) -> None:
    picture = textured(*size)
    flow = Raft(raft_weights, iterations=2).estimator(640)(picture, picture)
    assert flow.shape == (*size, 2)
    assert np.abs(flow).mean() < 0.5


@pytest.mark.weights
def test_a_background_that_moves_is_restored(raft_weights: Path) -> None:
    clip = panned(5, (2, 1), lambda frame: disc(24 + 9 * frame, 30, 9, SIZE))
    inpainter = FlowInpainter(HoleShape(0, 0), motion=Raft(raft_weights, iterations=6))
    filled = list(inpainter.inpaint(clip))
    assert psnr(np.stack(filled), np.stack(clip.truth), np.stack(clip.masks)) > 35


@pytest.mark.weights
def test_the_command_line_takes_it_and_the_manifest_names_it(
    raft_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes = MovingShapes(frame_count=3, height=48, width=64)
    with Session.create(draw(tmp_path / "frames", shapes), tmp_path / "project", fake_models) as session:
        session.add_object()
        for frame in range(3):
            session.give_mask(frame=frame, object_id=1, mask=shapes.label_map(frame) == 1)
    arguments = ["inpaint", str(tmp_path / "project"), "--output"]
    assert main([*arguments, str(tmp_path / "out"), "--flow", "raft"]) == 0
    assert main([*arguments, str(tmp_path / "own"), "--flow", "raft", "--weights", str(raft_weights)]) == 0
    assert main([*arguments, str(tmp_path / "plain")]) == 0
    told = [json.loads(manifest_path(tmp_path / name).read_text("utf-8")) for name in ("out", "own", "plain")]
    assert [manifest["flow"] for manifest in told] == ["raft", "raft", "dis"]
    capsys.readouterr()
    assert main([*arguments, str(tmp_path / "none"), "--flow", "guess"]) == 2
    assert "dis, raft" in capsys.readouterr().err
    assert main([*arguments, str(tmp_path / "none"), "--weights", str(raft_weights)]) == 2
    assert "dense inverse search takes no weights: leave out --weights" in capsys.readouterr().err


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="give 1 iteration or more"):
        Raft(tmp_path / "weights.pth", iterations=0)
    with pytest.raises(WeightsError, match=r"weights\.pth"):
        FlowInpainter(motion=Raft(tmp_path / "weights.pth")).inpaint([])
