"""The segmenters by name."""

from pathlib import Path
from typing import Any

from sam.segmenter import Segmenter
from track_anything.errors import WeightsError
from track_anything.models.network_choice import NetworkChoice
from track_anything.types import Choices


def _sam(checkpoint: Path | None, device: str, precision: str) -> Segmenter[Any]:
    """Segment Anything or MobileSAM: which one is recognised from the checkpoint."""
    from sam.build import AUTO, build_segmenter
    from sam.errors import CheckpointError

    if checkpoint is None:
        raise WeightsError("a segmenter of this kind needs a checkpoint: give its file")
    try:
        return build_segmenter(AUTO, checkpoint, device, precision=precision)
    except CheckpointError as error:
        raise WeightsError(str(error)) from error


SegmenterChoice = NetworkChoice[[Path | None, str, str], Segmenter[Any]]
"""Built from a checkpoint, on a device, in a precision."""

SEGMENTERS: Choices[SegmenterChoice, [Path | None, str, str], Segmenter[Any]] = Choices(
    "segmenter",
    {
        "mobile-sam": NetworkChoice(_sam, "MobileSAM, for a CPU", weights="mobile-sam"),
        "sam-vit-b": NetworkChoice(_sam, "Segment Anything, ViT-B", weights="sam-vit-b"),
        "sam-vit-l": NetworkChoice(_sam, "Segment Anything, ViT-L", weights="sam-vit-l"),
        "sam-vit-h": NetworkChoice(_sam, "Segment Anything, ViT-H", weights="sam-vit-h"),
    },
)
"""By name; a new one is one line."""
