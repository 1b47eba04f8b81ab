__all__ = [
    "AutomaticMask",
    "AutomaticMasks",
    "Candidates",
    "CheckpointError",
    "Edges",
    "ImageError",
    "Prompt",
    "PromptError",
    "Proposals",
    "SamEmbedding",
    "SamError",
    "SamSegmenter",
    "Segmenter",
    "build_segmenter",
    "logits_from_mask",
    "masks_in_boxes",
]

from .automatic import AutomaticMasks
from .automatic_mask import AutomaticMask
from .box_masks import masks_in_boxes
from .build import build_segmenter
from .edges import Edges
from .embedding import SamEmbedding
from .errors import CheckpointError, ImageError, PromptError, SamError
from .mask_prompt import logits_from_mask
from .prompt import Prompt
from .proposals import Proposals
from .sam_segmenter import SamSegmenter
from .segmenter import Candidates, Segmenter
