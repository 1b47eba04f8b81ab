"""The segmenters by name."""

from pathlib import Path
from typing import Any

from sam.segmenter import Segmenter
from track_anything.errors import WeightsError
from track_anything.models.network_choice import NetworkChoice
from track_anything.models.runtime import Runtime
from track_anything.types import Choices


def _sam(checkpoint: Path | None, runtime: Runtime) -> Segmenter[Any]:
    """Segment Anything or MobileSAM: which one is recognised from the checkpoint.

    MobileSAM's encoder runs by the engine; the large ones, and what answers prompts, by torch.
    """
    from sam.build import AUTO, build_segmenter
    from sam.errors import CheckpointError

    if checkpoint is None:
        raise WeightsError("a segmenter of this kind needs a checkpoint: give its file")
    try:
        if runtime.engine == "torch":
            return build_segmenter(AUTO, checkpoint, runtime.device, precision=runtime.precision)
        from sam.modeling.tiny_vit import TinyVit
        from track_anything.models.compiled.encoder import CompiledEncoder

        segmenter = build_segmenter(AUTO, checkpoint)
        encoder = segmenter.network.image_encoder
        if not isinstance(encoder, TinyVit):
            return build_segmenter(AUTO, checkpoint, precision=runtime.rest_precision)
        segmenter.network.image_encoder = CompiledEncoder(encoder, runtime.precision, runtime.unit)
        return segmenter
    except CheckpointError as error:
        raise WeightsError(str(error)) from error


SegmenterChoice = NetworkChoice[[Path | None, Runtime], Segmenter[Any]]
"""Built from a checkpoint, for how it is to run."""

SEGMENTERS: Choices[SegmenterChoice, [Path | None, Runtime], Segmenter[Any]] = Choices(
    "segmenter",
    {
        "mobile-sam": NetworkChoice(_sam, "MobileSAM, for a CPU", weights="mobile-sam"),
        "sam-vit-b": NetworkChoice(_sam, "Segment Anything, ViT-B", weights="sam-vit-b"),
        "sam-vit-l": NetworkChoice(_sam, "Segment Anything, ViT-L", weights="sam-vit-l"),
        "sam-vit-h": NetworkChoice(_sam, "Segment Anything, ViT-H", weights="sam-vit-h"),
    },
)
"""By name; a new one is one line."""
