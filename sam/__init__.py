"""Promptable segmentation: an image is embedded once, then clicks, boxes and masks are answered cheaply.

Segment Anything (Kirillov et al., ICCV 2023) and MobileSAM (Zhang et al., 2023) in plain torch.
"""

from sam.errors import CheckpointError, PromptError, SamError
from sam.prompt import Prompt

__all__ = ["CheckpointError", "Prompt", "PromptError", "SamError"]
