"""Free words: detectors of the transformers library, an extra; a person brings or names their weights.

Grounding DINO (Liu et al., ECCV 2024) and OWLv2 (Minderer et al., NeurIPS 2023). Nothing is fetched unless
the weights are called ``hub:NAME``.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

from track_anything.errors import InputError, WeightsError
from track_anything.models.detector import LEAST_SCORE, Detection
from track_anything.models.phrases import things_in
from track_anything.types import Image

_HUB = "hub:"


class OpenVocabularyLocator:
    """A ``TextLocator`` that understands any words its network was trained on.

    Args:
        weights: a folder as ``save_pretrained`` writes it, or ``hub:NAME`` to let transformers fetch NAME.
        device: where it runs.

    Raises:
        WeightsError: there are none, or they hold no detector that is asked by words.
    """

    def __init__(self, weights: Path | None, device: str) -> None:
        named = "" if weights is None else weights.as_posix()
        is_of_hub = named.startswith(_HUB)
        if weights is None or not (is_of_hub or weights.is_dir()):
            raise WeightsError(
                f"{named or 'no weights'}: there is no such folder: give one of a detector for transformers "
                "with --locator-weights FOLDER, or hub:NAME, which is fetched"
            )
        place = named.removeprefix(_HUB) if is_of_hub else str(weights)
        transformers = import_module("transformers")
        try:
            self._processor: Any = transformers.AutoProcessor.from_pretrained(
                place, local_files_only=not is_of_hub
            )
            model: Any = transformers.AutoModelForZeroShotObjectDetection.from_pretrained(
                place, local_files_only=not is_of_hub, use_safetensors=True
            )
        except (OSError, ValueError, KeyError, ImportError) as error:
            why = " ".join(str(error).split())[:200]
            raise WeightsError(
                f"{named} holds no detector that is asked by words ({why}): give Grounding DINO or OWLv2"
            ) from error
        self._model = model.eval().to(device)
        self._device = device

    def check(self, phrase: str) -> None:
        """Raise InputError when a phrase names nothing."""
        things_in(phrase)

    def locate(self, image: Image, phrase: str, *, least: float = LEAST_SCORE) -> list[Detection]:
        """Find the things that a phrase names, asked for one by one; see ``TextLocator``."""
        import torch

        size = image.shape[0], image.shape[1]
        found: list[Detection] = []
        for thing in things_in(phrase):
            asked = self._processor(text=[[thing]], images=image, return_tensors="pt").to(self._device)
            self._check_length(asked, thing)
            with torch.inference_mode():
                answer = self._model(**asked)
            (told,) = self._processor.post_process_grounded_object_detection(
                answer, threshold=least, target_sizes=[size], **self._more(asked)
            )
            scores, boxes = told["scores"].tolist(), told["boxes"].tolist()
            found += [
                Detection(thing, float(score), _clipped(box, size))
                for score, box in zip(scores, boxes, strict=True)
            ]
        inside = [each for each in found if each.box[0] < each.box[2] and each.box[1] < each.box[3]]
        return sorted(inside, key=lambda each: -each.score)

    def _more(self, asked: Any) -> dict[str, Any]:  # noqa: ANN401 - a package without types
        """What Grounding DINO wants beside: the words, and how sure it must be of each."""
        if self._model.config.model_type != "grounding-dino":
            return {}
        return {"input_ids": asked["input_ids"], "text_threshold": 0.0}

    def _check_length(self, asked: Any, thing: str) -> None:  # noqa: ANN401 - likewise
        config = getattr(self._model.config, "text_config", None)
        longest = getattr(config, "max_position_embeddings", None)
        if longest is not None and asked["input_ids"].shape[-1] > longest:
            raise InputError(f"{thing[:40]!r} is too long for the network: use fewer words")


def _clipped(box: list[float], size: tuple[int, int]) -> tuple[float, float, float, float]:
    height, width = size
    x0, y0, x1, y1 = box
    return max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))
