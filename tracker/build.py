"""From a checkpoint to a network, and from a name to a propagator."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from tracker.checkpoint import read_checkpoint
from tracker.continuity import ContinuityConfig
from tracker.errors import CheckpointError
from tracker.feature_propagator import FeatureMemoryPropagator
from tracker.joint_propagator import Carrier, JointPropagator, Partner
from tracker.memory_config import MemoryConfig
from tracker.mirrored_propagator import MirroredPropagator
from tracker.modeling.inference import ready_for_inference
from tracker.modeling.low_precision import LowPrecisionXMem
from tracker.modeling.network_config import NetworkConfig
from tracker.modeling.sam_memory import SamMemory, SamMemoryConfig
from tracker.modeling.value_encoder import MASK_CHANNELS
from tracker.modeling.xmem import XMem
from tracker.propagator import Propagator
from tracker.region_of_interest import RegionConfig
from tracker.sam_memory_propagator import SamMemoryPropagator
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator
from tracker.zoom import ZoomConfig
from tracker.zooming_propagator import ZoomingPropagator

LIGHT_WEIGHTS = Path(__file__).parent / "weights" / "xmem-light.safetensors"
"""The network that comes with the package; ``MODEL_CARD.md`` beside it says how it was trained."""

SAM_MEMORY_WEIGHTS = Path(__file__).parent / "weights" / "sam-memory.safetensors"
"""The network on MobileSAM's features that comes with the package; the same card tells of it."""

PERMISSIVE_WEIGHTS = Path(__file__).parent / "weights" / "sam-memory-permissive.safetensors"
"""The same network, trained on nothing but data that may be used commercially."""

LIGHT_CONFIG = XMemConfig(
    enlarge_to=256,
    continuity=ContinuityConfig(),
    position=5.0,
    region=RegionConfig(),
    memory=MemoryConfig(min_working_frames=3, max_working_frames=6, max_long_term_elements=5_000),
)
"""How ``xmem-light`` runs: half of XMem's memory, since reading it would cost more than the network, and
small frames enlarged to what it was trained on at most, since it loses large objects that are blurred. Of
most frames it sees what is around objects."""


def light_propagator(network: XMem, config: XMemConfig | None = None) -> XMemPropagator:
    """A propagator with an empty memory around a light network."""
    return XMemPropagator(network, config or LIGHT_CONFIG)


PAIR_REDUCTION = 0.8
"""Size of the mirrored frames of a pair, as a share of the others'."""


def light_pair(network: XMem, config: XMemConfig | None = None) -> JointPropagator:
    """Two views by one light network, which err differently: the frame, and a smaller one in a mirror."""
    config = config or LIGHT_CONFIG
    return JointPropagator(light_propagator(network, config), [_in_a_mirror(network, config)])


def _in_a_mirror(network: XMem, config: XMemConfig) -> Partner:
    """The second view of a pair."""
    return Partner(MirroredPropagator(light_propagator(network, replace(config, reduction=PAIR_REDUCTION))))


def zooming(network: XMem, whole: Carrier, config: XMemConfig | None = None) -> ZoomingPropagator:
    """A propagator beside which a light network looks closer at small objects."""
    return ZoomingPropagator(whole, light_propagator(network, config), ZoomConfig())


def zooming_light(network: XMem, config: XMemConfig | None = None) -> ZoomingPropagator:
    """What ``--tracker xmem-light`` is."""
    return zooming(network, light_propagator(network, config), config)


def zooming_pair(network: XMem, config: XMemConfig | None = None) -> ZoomingPropagator:
    """What ``--tracker xmem-light-pair`` is."""
    return zooming(network, light_pair(network, config), config)


SAM_MEMORY_SHARE = 0.5
"""How much ``sam-memory`` counts beside a view of a pair: it knows people better, and small objects less."""

LEAST_SIDE = 410
"""Longer side in pixels of frames that ``sam-memory`` joins in on: it sees smaller ones enlarged, and so
blurred, more than 2.5 times, and there its masks cost more than they bring."""


LONGEST_STEPS = 4
"""How many times as seldom ``sam-memory`` joins in while it says what the light network says already."""


def joint(network: XMem, new_sam_memory: Callable[[], SamMemoryPropagator]) -> ZoomingPropagator:
    """A ``light_pair``, and memory on the segmenter's features, which knows other things by sight."""
    by_features = Partner(new_sam_memory(), share=SAM_MEMORY_SHARE, least_side=LEAST_SIDE)
    partners = [_in_a_mirror(network, LIGHT_CONFIG), by_features]
    return zooming(network, JointPropagator(light_propagator(network), partners))


def light_joint(
    network: XMem, new_sam_memory: Callable[[], SamMemoryPropagator], *, every: int
) -> ZoomingPropagator:
    """One view by a light network, which memory on the segmenter's features puts right every few frames."""
    longest = LONGEST_STEPS * every
    by_features = Partner(new_sam_memory(), every=every, longest=longest, least_side=LEAST_SIDE)
    return zooming(network, JointPropagator(light_propagator(network), [by_features]))


BUILDERS: Mapping[str, Callable[..., Propagator]] = {
    "feature-memory": FeatureMemoryPropagator,
    "sam-memory": SamMemoryPropagator,
    "xmem": XMemPropagator,
    "xmem-light": zooming_light,
    "xmem-light-pair": zooming_pair,
}
"""Propagators by name: what it sees frames with (shared by all propagations), then its configuration."""

_MASK_CONV = "value_encoder.conv1.weight"
_SENSORY = "decoder.hidden_update.transform.weight"
_BOTTLENECK = "key_encoder.res2.0.conv3.weight"


def load_xmem(checkpoint: Path, device: torch.device | str = "cpu", *, precision: str = "float32") -> XMem:
    """``read_xmem``, made ready to run fast on a device; what ``XMemPropagator`` wants.

    Args:
        checkpoint: as for ``read_xmem``.
        device: a torch device.
        precision: ``float32``, or ``bfloat16`` for convolutions that are faster and rounded.

    Raises:
        CheckpointError: as ``read_xmem``.
    """
    network = ready_for_inference(read_xmem(checkpoint)).to(device)
    return LowPrecisionXMem(network) if precision == "bfloat16" else network


def read_xmem(checkpoint: Path) -> XMem:
    """Read a published XMem checkpoint, or one of a network that differs from it in sizes alone.

    All sizes are read from the checkpoint. One trained on single objects has no channel for the masks of
    the other objects; it is added with weights of zero.

    Args:
        checkpoint: a torch or safetensors file; code inside it is never run.

    Returns:
        The network on the CPU, in evaluation mode, with the checkpoint's names.

    Raises:
        CheckpointError: the file is missing, damaged, unsafe or of another architecture.
    """
    state = read_checkpoint(checkpoint)
    try:
        state = _with_all_mask_channels(state)
        config = _config_of(state)
    except (KeyError, IndexError) as error:
        raise CheckpointError(
            f"{checkpoint} is not an XMem checkpoint: it lacks {error}; give XMem.pth or one of its kind"
        ) from error
    with torch.device("meta"):  # the checkpoint's own tensors become the parameters: nothing is drawn first
        network = XMem(config)
    _check_fit(network.state_dict(), state, checkpoint)
    network.load_state_dict(state, assign=True)
    return network.eval()


def load_sam_memory(checkpoint: Path, device: torch.device | str = "cpu") -> SamMemory:
    """Read the weights of a memory network on a segmenter's features; what ``SamMemoryPropagator`` wants.

    All sizes are read from the checkpoint.

    Args:
        checkpoint: a safetensors or torch file; code inside it is never run.
        device: a torch device.

    Raises:
        CheckpointError: the file is missing, damaged, unsafe or of another architecture.
    """
    state = read_checkpoint(checkpoint)
    try:
        key_width = state["key_proj.key_proj.weight"].shape[0]
        value_width = state["mask_encoder.blocks.1.conv2.weight"].shape[0]
        fused_width = state["fusion.conv2.weight"].shape[0]
        hidden_width = state["deep_update.transform.weight"].shape[0] // 3
    except (KeyError, IndexError) as error:
        raise CheckpointError(
            f"{checkpoint} is no sam-memory checkpoint: it lacks {error}; leave out the option to use the "
            "weights of the package"
        ) from error
    with torch.device("meta"):
        network = SamMemory(SamMemoryConfig(key_width, value_width, hidden_width, fused_width))
    _check_fit(network.state_dict(), state, checkpoint)
    network.load_state_dict(state, assign=True)
    return network.eval().requires_grad_(False).to(device)


def _with_all_mask_channels(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    weight = state[_MASK_CONV]  # (C, 3 + mask channels, 7, 7)
    is_single_object = weight.shape[1] == 3 + MASK_CHANNELS - 1
    return {**state, _MASK_CONV: F.pad(weight, (0, 0, 0, 0, 0, 1))} if is_single_object else dict(state)


def _config_of(state: Mapping[str, Tensor]) -> NetworkConfig:
    def width(name: str) -> int:
        return state[name].shape[0]

    return NetworkConfig(
        encoder_depth=50 if _BOTTLENECK in state else 18,
        encoder_width=width("key_encoder.conv1.weight"),
        key_width=width("key_proj.key_proj.weight"),
        value_width=width("value_encoder.fuser.block2.conv2.weight"),
        hidden_width=width(_SENSORY) // 3 if _SENSORY in state else 0,
        value_encoder_width=width(_MASK_CONV),
        fused_width=width("decoder.fuser.block2.conv2.weight"),
        up_width=width("decoder.up_8_4.out_conv.conv2.weight"),
    )


def _check_fit(expected: Mapping[str, Tensor], found: Mapping[str, Tensor], checkpoint: Path) -> None:
    complaints = {
        "lacks": [name for name in expected if name not in found],
        "has the unknown": [name for name in found if name not in expected],
        "has another shape of": [
            name for name in expected if name in found and expected[name].shape != found[name].shape
        ],
    }
    reasons = [f"{verb} {_first(names)}" for verb, names in complaints.items() if names]
    if reasons:
        raise CheckpointError(
            f"{checkpoint} looks like the network but {' and '.join(reasons)}: fetch the published file again"
        )


def _first(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
