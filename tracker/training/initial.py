"""A network before its first iteration."""

from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor, nn

from tracker.build import LIGHT_WEIGHTS, read_xmem
from tracker.checkpoint import read_checkpoint
from tracker.errors import TrainingError
from tracker.modeling.canvas import normalise
from tracker.modeling.network_config import NetworkConfig
from tracker.modeling.xmem import XMem
from tracker.training.clips import ClipBatch
from tracker.training.config import TrainingConfig

_TRUNK_PARTS = {"conv1": "conv1", "bn1": "bn1", "layer1": "res2", "layer2": "layer2", "layer3": "layer3"}
"""From torchvision's names to the key encoder's."""


def initial_network(config: TrainingConfig, data: Path) -> XMem:
    """The network that a run begins with.

    Args:
        config: says whether it goes on from a whole network, or from a trunk, or from noise.
        data: the folder that its paths are below.

    Raises:
        CheckpointError: a file cannot be read.
        TrainingError: it is of other sizes than ``config.network``.
    """
    if not config.initial:
        return new_network(config.network, data / config.trunk if config.trunk else None, config.seed)
    path = LIGHT_WEIGHTS if config.initial == "xmem-light" else data / config.initial
    network = read_xmem(path).float()
    if network.config != config.network:
        raise TrainingError(f"{path} is a network of other sizes than [network]: write its sizes there")
    return network


def new_network(config: NetworkConfig, trunk: Path | None, seed: int) -> XMem:
    """A network to train.

    The key projection begins as a rotation, which keeps the distances between features and so makes the
    first matches as good as the trunk's.

    Args:
        config: its sizes.
        trunk: an ImageNet ResNet of that depth for the key encoder, or None.
        seed: of everything else.

    Raises:
        CheckpointError: the trunk cannot be read.
        TrainingError: it is of another depth or width.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = XMem(config)
        nn.init.orthogonal_(network.key_proj.key_proj.weight)
        nn.init.zeros_(network.key_proj.key_proj.bias)  # type: ignore[arg-type]  # it has one
        for module in network.value_encoder.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    if trunk is not None:
        _load_trunk(network, trunk)
    return network.eval()


def _load_trunk(network: XMem, path: Path) -> None:
    expected = network.key_encoder.state_dict()
    found: dict[str, Tensor] = {}
    for name, tensor in read_checkpoint(path).items():
        part, _, rest = name.partition(".")
        if part in _TRUNK_PARTS:
            found[f"{_TRUNK_PARTS[part]}.{rest}"] = tensor
    if {n: t.shape for n, t in found.items()} != {n: t.shape for n, t in expected.items()}:
        raise TrainingError(f"the trunk {path} is not a ResNet of the sizes in [network]: choose one that is")
    network.key_encoder.load_state_dict(found)


@torch.no_grad()
def calibrate_norms(network: XMem, batches: Iterable[ClipBatch]) -> None:
    """Measure the statistics of the value encoder's normalisations once, on first frames and their masks.

    They stay as they are from then on, so that training computes what inference will: a batch of training
    holds too few clips for statistics of its own.
    """
    norms = [module for module in network.value_encoder.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # an average over all batches
        norm.train()
    for batch in batches:
        pixels = normalise(batch.frames[:, 0])  # (B, 3, S, S)
        f16 = network.encode_key(pixels).f16
        masks = batch.masks[:, 0]  # (B, K, S, S)
        sensory = masks.new_zeros(*masks.shape[:2], network.config.hidden_width, *f16.shape[-2:])
        network.encode_value(pixels, f16, masks, sensory, deep_update=False)
    for norm in norms:
        norm.eval()
