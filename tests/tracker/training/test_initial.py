"""What a network begins its training with."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tests.tracker.stand_in import TINY, tiny_network
from tests.tracker.training.conftest import STILLS
from tracker.errors import TrainingError
from tracker.training.clips import ClipMaker
from tracker.training.config import StageConfig, TrainingConfig
from tracker.training.initial import calibrate_norms, initial_network, new_network

TORCHVISION = {"res2": "layer1"}


def trunk_file(folder: Path, **changes: torch.Tensor) -> Path:
    state = {}
    for name, tensor in tiny_network(seed=5).key_encoder.state_dict().items():
        part, _, rest = name.partition(".")
        state[f"{TORCHVISION.get(part, part)}.{rest}"] = tensor
    path = folder / "trunk.safetensors"
    save_file(state | {"layer4.0.conv1.weight": torch.zeros(1)} | changes, path)
    return path


def test_the_same_seed_makes_the_same_network_and_leaves_the_global_one_alone() -> None:
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    one, same, other = (new_network(TINY, None, seed).state_dict() for seed in (0, 0, 1))
    assert torch.equal(torch.rand(1), expected)
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["decoder.pred.weight"], other["decoder.pred.weight"])


def test_a_trunk_is_taken_over_by_torchvisions_names(tmp_path: Path) -> None:
    network = new_network(TINY, trunk_file(tmp_path), 0)
    expected = tiny_network(seed=5).key_encoder.state_dict()
    found = network.key_encoder.state_dict()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_trunk_of_other_sizes_is_refused(tmp_path: Path) -> None:
    path = trunk_file(tmp_path, **{"conv1.weight": torch.zeros(5, 3, 7, 7)})
    with pytest.raises(TrainingError, match="is not a ResNet of the sizes"):
        new_network(TINY, path, 0)


def test_norms_of_the_value_encoder_are_measured_and_then_fixed(data: Path) -> None:
    network = new_network(TINY, None, 0)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    maker = ClipMaker(data, (STILLS,), "cpu")
    stage = StageConfig("any", 1, frames=2, size=32, batch=2)
    batches = [maker.batch(stage, torch.Generator().manual_seed(seed)) for seed in range(3)]
    calibrate_norms(network, batches)
    changed = {name for name, tensor in network.state_dict().items() if not torch.equal(tensor, before[name])}
    assert "value_encoder.bn1.running_mean" in changed
    statistics = ("running_mean", "running_var", "num_batches_tracked")
    assert all(name.startswith("value_encoder.") and name.endswith(statistics) for name in changed)
    assert not any(module.training for module in network.modules())


def test_a_run_can_begin_with_a_whole_network_of_its_sizes_alone(
    tmp_path: Path, config: TrainingConfig
) -> None:
    trained = tiny_network(seed=7)
    save_file(trained.state_dict(), tmp_path / "trained.safetensors")
    begun = initial_network(replace(config, initial="trained.safetensors"), tmp_path)
    expected = trained.state_dict()
    assert all(torch.equal(tensor, expected[name]) for name, tensor in begun.state_dict().items())
    with pytest.raises(TrainingError, match="of other sizes than"):
        initial_network(replace(config, initial="xmem-light"), tmp_path)
