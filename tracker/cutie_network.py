"""Cutie's network as its authors publish it, by the package ``rf-cutie``, which is an extra.

Cheng et al., "Putting the Object Back into Video Object Segmentation", CVPR 2024.
"""

import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from tracker.checkpoint import read_checkpoint
from tracker.errors import CheckpointError, TrackerError

_STRIDE = 16
_WIDTH_OF = {1024: "base", 256: "small"}  # channels of the image encoder's last stage
_TOLD_BY = "pix_feat_proj.weight"
_EVERY = 5  # frames from one that is remembered to the next, as its authors run it on long videos
_building = threading.Lock()


@dataclass(frozen=True, eq=False)
class FrameFeatures:
    """What the network sees in a frame.

    Attributes:
        stages: of the image encoder, for the decoder.
        pixels: (1, C, h, w) that memory is joined to.
        key: (1, C, h, w), by which memory is searched.
        shrinkage: (1, 1, h, w) of the key.
        selection: (1, C, h, w) of the key.
    """

    stages: Any
    pixels: torch.Tensor
    key: torch.Tensor
    shrinkage: torch.Tensor
    selection: torch.Tensor


@dataclass(frozen=True, eq=False)
class CutieNetwork:
    """The network, and how it is run.

    Attributes:
        model: ``cutie.model.cutie.CUTIE`` in evaluation mode.
        config: of the package.
        name: tells networks apart whose memories do not fit each other.
    """

    model: Any
    config: Any
    name: str

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        device: torch.device = next(self.model.parameters()).device
        return device

    def padding(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Columns left and right, and rows above and below, that (height, width) lacks."""
        rows, columns = (-side % _STRIDE for side in size)
        return columns // 2, columns - columns // 2, rows // 2, rows - rows // 2

    def image(self, image: NDArray[np.uint8]) -> torch.Tensor:
        """(1, 3, H', W') of an (H, W, 3) image, with sides that the network takes."""
        planes = torch.from_numpy(np.ascontiguousarray(image)).to(self.device).permute(2, 0, 1)[None].float()
        return F.pad(planes / 255, self.padding((image.shape[0], image.shape[1])))

    def features(self, image: torch.Tensor) -> FrameFeatures:
        """What it sees in such an image."""
        stages, pixels = self.model.encode_image(image)
        return FrameFeatures(stages, pixels, *self.model.transform_key(stages[0]))


def new_cutie(width: str, changes: Mapping[str, Any] | None = None) -> CutieNetwork:
    """A network without trained weights.

    Args:
        width: ``base`` or ``small``.
        changes: of the package's configuration, by its names.

    Raises:
        TrackerError: the package, or one that it needs, is not there.
    """
    try:
        from cutie.model.cutie import CUTIE
        from omegaconf import OmegaConf
    except ImportError as error:  # there is another package of that name
        raise TrackerError(
            f"Cutie's package is not whole ({error}): pip install 'track-anything[cutie]'"
        ) from error

    warnings.filterwarnings("ignore", "`torch.cuda.amp.autocast", FutureWarning)  # the package's own
    folder = files("cutie.config")
    read = [OmegaConf.create((folder / f"model/{name}.yaml").read_text("utf-8")) for name in ("base", width)]
    told = OmegaConf.create((folder / "eval_config.yaml").read_text("utf-8"))
    used = (
        "top_k",
        "stagger_updates",
        "chunk_size",
        "save_aux",
        "max_internal_size",
        "flip_aug",
        "long_term",
    )
    config = OmegaConf.create({name: told[name] for name in used})
    config.model = OmegaConf.merge(*({k: v for k, v in each.items() if k != "defaults"} for each in read))
    config.merge_with({"use_long_term": True, "mem_every": _EVERY, "max_mem_frames": _EVERY})
    config.merge_with(dict(changes or {}))
    with _without_fetching():
        return CutieNetwork(CUTIE(config).eval(), config, f"Cutie {width}")


def load_cutie(path: Path, device: str = "cpu") -> CutieNetwork:
    """Read published weights, base or small; only tensors are read from the file, no code.

    Raises:
        CheckpointError: it is no such file.
    """
    state = read_checkpoint(path)
    channels = state[_TOLD_BY].shape[1] if _TOLD_BY in state and state[_TOLD_BY].ndim == 4 else 0
    if channels not in _WIDTH_OF:
        raise CheckpointError(
            f"{path} holds no weights of Cutie: give cutie-base-mega.pth or cutie-small-mega.pth"
        )
    network = new_cutie(_WIDTH_OF[channels])
    try:
        told = network.model.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise CheckpointError(f"{path} holds weights of another network than {network.name}") from error
    lacking = [name for name in told.missing_keys if "num_batches" not in name]
    if lacking:
        raise CheckpointError(f"{path} lacks {len(lacking)} weights of {network.name}, {lacking[0]} for one")
    network.model.to(device)
    return network


@contextmanager
def _without_fetching() -> Iterator[None]:
    """Encoders without ImageNet's weights, which the package would fetch, and which its own overwrite."""
    from cutie.model.utils import resnet

    def without_weights(make: Any, pretrained: bool = True, **others: Any) -> Any:  # noqa: ANN401, ARG001
        return make(pretrained=False, **others)

    with _building:
        makers = {name: getattr(resnet, name) for name in ("resnet18", "resnet50")}
        try:
            for name, make in makers.items():
                setattr(resnet, name, partial(without_weights, make))
            yield
        finally:
            for name, make in makers.items():
                setattr(resnet, name, make)
