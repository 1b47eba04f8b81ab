"""Promptable segmentation: an image is embedded once, then clicks, boxes and masks are answered cheaply.

Segment Anything (Kirillov et al., ICCV 2023) and MobileSAM (Zhang et al., 2023) in plain torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from sam.errors import CheckpointError, ImageError, PromptError, SamError
from sam.mask_prompt import logits_from_mask
from sam.prompt import Prompt
from sam.segmenter import Candidates, Segmenter

if TYPE_CHECKING:
    from sam.build import build_segmenter
    from sam.embedding import SamEmbedding
    from sam.sam_segmenter import SamSegmenter

__all__ = [
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

_TORCH_BACKED = {
    "SamEmbedding": "sam.embedding",
    "SamSegmenter": "sam.sam_segmenter",
    "build_segmenter": "sam.build",
}


def __getattr__(name: str) -> object:
    """Import what needs torch only when it is asked for: ``import sam`` stays cheap (PEP 562)."""
    if name not in _TORCH_BACKED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_TORCH_BACKED[name]), name)
