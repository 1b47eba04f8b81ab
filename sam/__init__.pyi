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

from .automatic import AutomaticMasks
from .automatic_mask import AutomaticMask
from .build import build_segmenter
from .embedding import SamEmbedding
from .errors import CheckpointError, ImageError, PromptError, SamError
from .mask_prompt import logits_from_mask
from .prompt import Prompt
from .sam_segmenter import SamSegmenter
from .segmenter import Candidates, Segmenter
