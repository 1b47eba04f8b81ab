"""The network against the published one, and its parts against what they are defined to be."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from track_anything.errors import WeightsError
from track_anything.video.motion.raft.correlation import CHANNELS, RADIUS, Correlation
from track_anything.video.motion.raft.network import RaftNetwork, load_network
from track_anything.video.motion.raft.update import UpdateBlock

WINDOW = 2 * RADIUS + 1


def scene(x: np.ndarray, y: np.ndarray) -> torch.Tensor:
    """(1, 3, H, W): waves in every direction, of 0 to 255."""
    red = 128 + 60 * np.sin(x / 5.3) * np.cos(y / 7.1) + 40 * np.sin((x + 2 * y) / 11.7)
    green, blue = 128 + 90 * np.sin(y / 6.1 + x / 23), 128 + 80 * np.cos(x / 9.7 - y / 4.3)
    picture = np.clip(np.rint(np.stack([red, green, blue])), 0, 255)
    return torch.from_numpy(picture)[None].float()


@pytest.mark.weights
def test_the_flow_is_the_published_one(raft_weights: Path) -> None:
    golden = json.loads((Path(__file__).parent / "golden.json").read_text("utf-8"))
    y, x = np.mgrid[:128, :160].astype(np.float64)
    first, second = scene(x, y), scene(x - 3.5 + y / 40, y + 2 - x / 50)
    with torch.inference_mode():
        flow = load_network(raft_weights)(first / 127.5 - 1, second / 127.5 - 1, 6)
    assert flow.shape == (1, 2, 128, 160)
    np.testing.assert_allclose(flow[0, :, 8::16, 8::16].permute(1, 2, 0), golden["flow"], atol=2e-3)


def test_weights_are_read_by_their_released_names(tmp_path: Path) -> None:
    network = RaftNetwork()
    own = network.state_dict()
    released = {f"module.{name}": tensor for name, tensor in own.items()}
    twice = {
        name.replace("downsample.1", "norm3"): tensor for name, tensor in released.items() if "cnet" in name
    }
    torch.save(released | twice, tmp_path / "raft.pth")
    loaded = load_network(tmp_path / "raft.pth")
    assert not loaded.training
    for name, tensor in loaded.state_dict().items():
        assert torch.equal(tensor, own[name]), name
    assert sum(each.numel() for each in network.parameters()) == 5_257_536


@pytest.mark.parametrize("content", [b"", b"no weights", None], ids=["empty", "text", "other weights"])
def test_what_holds_no_weights_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "weights.pth"
    if content is None:
        torch.save({"weight": torch.zeros(3)}, path)
    else:
        path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"weights\.pth does not hold weights of RAFT.*give raft-things"):
        load_network(path)
    with pytest.raises(WeightsError, match="No such file"):
        load_network(tmp_path / "nowhere.pth")


def test_correlations_are_looked_up_round_a_place_column_by_column() -> None:
    generator = torch.Generator().manual_seed(0)
    first, second = torch.randn((2, 1, 16, 9, 12), generator=generator)
    places = torch.zeros((1, 2, 9, 12))
    places[:, 0], places[:, 1] = 7, 4  # every place looks at column 7, row 4
    found = Correlation(first, second)(places)
    assert found.shape == (1, CHANNELS, 9, 12)
    window = found[0, : WINDOW**2].reshape(WINDOW, WINDOW, 9, 12)
    for right, down in [(0, 0), (2, -1), (-4, 4), (4, 3)]:
        expected = torch.einsum("chw,c->hw", first[0], second[0, :, 4 + down, 7 + right]) / 4
        torch.testing.assert_close(window[RADIUS + right, RADIUS + down], expected)
    coarse = found[0, WINDOW**2 : 2 * WINDOW**2].reshape(WINDOW, WINDOW, 9, 12)
    cells = [second[0, :, 2 * row : 2 * row + 2, 4:6].mean(dim=(1, 2)) for row in (1, 2)]
    between = torch.einsum("chw,c->hw", first[0], cells[1]) / 4  # row 4 is row 2 of the half, column 7 is 3.5
    beside = torch.einsum("chw,c->hw", first[0], second[0, :, 4:6, 6:8].mean(dim=(1, 2))) / 4
    further = torch.einsum("chw,c->hw", first[0], second[0, :, 4:6, 8:10].mean(dim=(1, 2))) / 4
    torch.testing.assert_close(coarse[RADIUS, RADIUS], (beside + further) / 2)
    torch.testing.assert_close(coarse[RADIUS - 1, RADIUS], (between + beside) / 2)


def test_beyond_the_border_nothing_is_alike() -> None:
    ones = torch.ones((1, 4, 8, 8))
    places = torch.full((1, 2, 8, 8), -20.0)
    assert (Correlation(ones, ones)(places)[:, : WINDOW**2] == 0).all()


def test_an_even_flow_stays_even_when_it_is_made_finer() -> None:
    flow = torch.tensor([1.5, -2.0]).reshape(1, 2, 1, 1).expand(1, 2, 6, 7)
    with torch.inference_mode():
        fine = UpdateBlock().finer(torch.randn(1, 128, 6, 7), flow)
    assert fine.shape == (1, 2, 48, 56)
    torch.testing.assert_close(fine[0, 0, 8:-8, 8:-8], torch.full((32, 40), 12.0))
    torch.testing.assert_close(fine[0, 1, 8:-8, 8:-8], torch.full((32, 40), -16.0))
