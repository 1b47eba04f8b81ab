"""Networks and frames to test with: tiny sizes, or the published sizes with stand-in weights."""

import importlib.util
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from sam.modeling.common import EMBEDDING_DIM
from tracker.memory_config import MemoryConfig
from tracker.modeling.canvas import Canvas
from tracker.modeling.network_config import NetworkConfig
from tracker.modeling.sam_memory import SamMemory, SamMemoryConfig
from tracker.modeling.xmem import XMem
from tracker.sam_memory_propagator import SamMemoryPropagator
from tracker.xmem_config import XMemConfig

# 8 channels at least: gradients of narrower convolutions, channels last, write past their ends in oneDNN's
# code for AVX2 (torch 2.13), which ends the process.
TINY = NetworkConfig(
    encoder_depth=18,
    encoder_width=8,
    key_width=8,
    value_width=16,
    hidden_width=8,
    value_encoder_width=8,
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


def tiny_sam_memory(seed: int = 0) -> SamMemory:
    """Small widths around the segmenter's decoder, whose answers depend on all inputs."""
    generator = torch.Generator().manual_seed(seed)
    network = SamMemory(SamMemoryConfig(key_width=8, value_width=16, hidden_width=8, fused_width=16)).eval()
    for name, value in network.requires_grad_(False).state_dict().items():
        if name.endswith("weight") and value.ndim == 1:
            value.uniform_(0.5, 1.5, generator=generator)
        elif name.endswith("bias"):
            value.normal_(0, 0.1, generator=generator)
        else:
            value.normal_(0, value[0].numel() ** -0.5, generator=generator)
    return network


TINY_SIDE = 128
"""Long side of the canvas that ``embedded`` lays frames out on."""


def embedded(image: NDArray[np.uint8]) -> torch.Tensor:
    """A stand-in for a segmenter's embedding (256, h, w): colours and their products, blurred to cells."""
    canvas = Canvas.fit_long(image.shape[:2], TINY_SIDE)
    pixels = canvas.place_image(image, torch.device("cpu"))  # (1, 3, H, W)
    cells = F.avg_pool2d(pixels, 16)[0]  # (3, h, w)
    waves = torch.linspace(0.2, 3, EMBEDDING_DIM)[:, None, None]
    return torch.sin(waves * cells.repeat(EMBEDDING_DIM // 3 + 1, 1, 1)[:EMBEDDING_DIM])


def sam_memory_propagator(precision: str = "float32") -> SamMemoryPropagator:
    """A propagator around ``tiny_sam_memory`` that writes every second frame."""
    memory = MemoryConfig(
        top_k=8, min_working_frames=2, max_working_frames=4, num_prototypes=6, max_long_term_elements=20
    )
    config = XMemConfig(mem_every=2, internal_size=None, memory=memory)
    return SamMemoryPropagator(tiny_sam_memory(), embedded, config, precision=precision, long_side=TINY_SIDE)


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
