"""Networks and frames to test with: tiny sizes, or the published sizes with stand-in weights."""

import importlib.util
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.modeling.network_config import NetworkConfig
from tracker.modeling.xmem import XMem

TINY = NetworkConfig(
    encoder_depth=18,
    encoder_width=4,
    key_width=8,
    value_width=16,
    hidden_width=8,
    value_encoder_width=4,
    fused_width=16,
    up_width=8,
)


def tiny_network(seed: int = 0, config: NetworkConfig = TINY) -> XMem:
    """A network of a few thousand weights whose answers depend on all of its inputs."""
    generator = torch.Generator().manual_seed(seed)
    network = XMem(config).eval().requires_grad_(False)
    for name, value in network.state_dict().items():
        if name.endswith("running_var") or (name.endswith("weight") and value.ndim == 1):
            value.uniform_(0.5, 1.5, generator=generator)
        elif name.endswith(("running_mean", "bias")):
            value.normal_(0, 0.1, generator=generator)
        elif value.is_floating_point():
            value.normal_(0, value[0].numel() ** -0.5, generator=generator)
    return network


def published_network(parity: Path) -> XMem:
    """The published sizes, filled as the reference numbers were."""
    spec = importlib.util.spec_from_file_location("parity_fill", parity / "fill.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = XMem(NetworkConfig()).eval().requires_grad_(False)
    filled = module.fill(network.state_dict())
    network.load_state_dict({name: torch.from_numpy(array) for name, array in filled.items()})
    return network


def normalised(frames: NDArray[np.uint8]) -> torch.Tensor:
    """(T, H, W, 3) uint8 -> (T, 3, H, W) with ImageNet's mean and standard deviation."""
    mean = torch.tensor((0.485, 0.456, 0.406)).view(3, 1, 1)
    std = torch.tensor((0.229, 0.224, 0.225)).view(3, 1, 1)
    return (torch.from_numpy(frames).permute(0, 3, 1, 2) / 255 - mean) / std


def clip(length: int, size: tuple[int, int] = (48, 64), seed: int = 0) -> list[NDArray[np.uint8]]:
    """Frames of noise that drifts to the right."""
    rng = np.random.default_rng(seed)
    texture = rng.integers(0, 256, (size[0], size[1] + 2 * length, 3), dtype=np.uint8)
    return [np.ascontiguousarray(texture[:, 2 * i : 2 * i + size[1]]) for i in range(length)]


def boxes(size: tuple[int, int] = (48, 64), objects: int = 1) -> NDArray[np.uint8]:
    """A label map with one box per object, side by side."""
    label_map = np.zeros(size, dtype=np.uint8)
    width = size[1] // objects
    for index in range(objects):
        left = index * width
        label_map[size[0] // 4 : 3 * size[0] // 4, left : left + max(1, width * 3 // 4)] = index + 1
    return label_map
