"""Promptable segmentation: an image is embedded once, then clicks, boxes and masks are answered cheaply.

Segment Anything (Kirillov et al., ICCV 2023) and MobileSAM (Zhang et al., 2023) in plain torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from sam.errors import CheckpointError, ImageError, PromptError, SamError
from sam.prompt import Prompt
from sam.segmenter import Candidates, Segmenter

if TYPE_CHECKING:
    from sam.automatic import AutomaticMasks
    from sam.automatic_mask import AutomaticMask
    from sam.build import build_segmenter
    from sam.embedding import SamEmbedding
    from sam.mask_prompt import logits_from_mask
    from sam.sam_segmenter import SamSegmenter

__all__ = [
    "AutomaticMask",
    "AutomaticMasks",
    "Candidates",
    "CheckpointError",
    "ImageError",
    "Prompt",
    "PromptError",
    "SamEmbedding",
    "SamError",
    "SamSegmenter",
    "Segmenter",
    "build_segmenter",
    "logits_from_mask",
]

_HEAVY = {
    "AutomaticMask": "sam.automatic_mask",
    "AutomaticMasks": "sam.automatic",
    "SamEmbedding": "sam.embedding",
    "SamSegmenter": "sam.sam_segmenter",
    "build_segmenter": "sam.build",
    "logits_from_mask": "sam.mask_prompt",
}


def __getattr__(name: str) -> object:
    """Import what needs torch or OpenCV only when it is asked for: ``import sam`` stays cheap (PEP 562)."""
    if name not in _HEAVY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HEAVY[name]), name)
