"""Segment Anything behind the contract of ``sam.segmenter``."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sam.embedding import SamEmbedding
from sam.modeling.sam import Sam
from sam.prompt import Prompt
from sam.segmenter import Candidates
from sam.transforms import image_to_canvas, logits_to_source, points_to_canvas

_STABILITY_OFFSET = 1.0

# Of many prompts, so many go through the decoder at once. Each takes some 20 MiB there: on a processor
# more of them leave the caches, and 8 at once take 1.7 times as long as one by one.
_AT_ONCE = 32
_AT_ONCE_ON_CPU = 2


class SamSegmenter:
    """Embeds images and answers prompts with one of the SAM networks.

    Args:
        network: weights loaded; the segmenter runs on whatever device they are on.
    """

    def __init__(self, network: Sam) -> None:
        self._network = network.eval().requires_grad_(False)

    @property
    def network(self) -> Sam:
        """The network, for whoever wants to look inside."""
        return self._network

    @property
    def device(self) -> torch.device:
        """Where the network and its embeddings live."""
        return next(self._network.parameters()).device

    def embed(self, image: NDArray[np.uint8]) -> SamEmbedding:
        """Encode an (H, W, 3) uint8 RGB image of any size: expensive, so keep the result.

        Raises:
            ImageError: the array is no such image.
        """
        canvas = image_to_canvas(image).to(self.device)  # (1, 3, 1024, 1024)
        with torch.inference_mode():
            features = self._network.encode(canvas)  # (1, 256, 64, 64)
        height, width = image.shape[:2]
        return SamEmbedding(features, (height, width))

    def predict(self, embedding: SamEmbedding, prompt: Prompt) -> Candidates:
        """Answer one prompt: three candidates for a lone click, otherwise one mask. Runs no encoder.

        Raises:
            PromptError: a click or the whole box lies outside the image.
        """
        return self.predict_batch(embedding, [prompt])[0]

    def predict_batch(self, embedding: SamEmbedding, prompts: Sequence[Prompt]) -> list[Candidates]:
        """Answer several prompts on one image, of those of the same form as many at once as pays.

        Args:
            embedding: of the image they are all about.
            prompts: any number, in any mixture of forms.

        Returns:
            One answer per prompt, in order; the same as ``predict`` gives for each alone.

        Raises:
            PromptError: a click or the whole box of a prompt lies outside the image.
        """
        by_form: dict[tuple[int, bool, bool, bool], list[int]] = {}
        for index, prompt in enumerate(prompts):
            prompt.check_inside(*embedding.source_size)
            form = len(prompt.points), prompt.box is not None, prompt.logits is not None, prompt.is_ambiguous
            by_form.setdefault(form, []).append(index)
        answers: dict[int, Candidates] = {}
        for indices in by_form.values():
            same_form = [prompts[index] for index in indices]
            answers.update(zip(indices, self._answer(embedding, same_form), strict=True))
        return [answers[index] for index in range(len(prompts))]

    def predict_points(
        self, embedding: SamEmbedding, points: NDArray[np.float32], *, min_predicted_iou: float
    ) -> Iterator[Candidates]:
        """Take each of many points for a lone positive click, and leave out the candidates of little promise.

        Nothing is kept of a click that was answered: the memory needed does not grow with their number.

        Args:
            embedding: of the image that the points lie on.
            points: (N, 2) float32 ``(x, y)`` in source pixels.
            min_predicted_iou: candidates whose predicted IoU is lower are left out.

        Yields:
            N answers in the order of the points, each with 0 to 3 candidates; those that ``predict`` gives.

        Raises:
            PromptError: a point lies outside the image.
        """
        clicks = [Prompt.click(x, y) for x, y in points.tolist()]
        for click in clicks:
            click.check_inside(*embedding.source_size)
        for some in self._in_parts(clicks):
            low_res, scores = self._decode(embedding, some)
            for logits, predicted_iou in zip(low_res, scores, strict=True):  # (3, 256, 256) and (3,)
                good = predicted_iou >= min_predicted_iou  # the others need not be brought to source size
                yield _candidates(logits[good], predicted_iou[good], embedding.source_size)

    def _answer(self, embedding: SamEmbedding, prompts: Sequence[Prompt]) -> list[Candidates]:
        """Answer prompts that agree in the number of points and in having a box and logits."""
        decoded = (self._decode(embedding, some) for some in self._in_parts(prompts))
        # One prompt at a time: at source size, the logits of many would not fit into memory.
        return [
            _candidates(*answer, embedding.source_size)
            for low_res, scores in decoded
            for answer in zip(low_res, scores, strict=True)
        ]

    def _in_parts(self, prompts: Sequence[Prompt]) -> Iterator[Sequence[Prompt]]:
        """As many at a time as the decoder takes at once."""
        at_once = _AT_ONCE_ON_CPU if self.device.type == "cpu" else _AT_ONCE
        for start in range(0, len(prompts), at_once):
            yield prompts[start : start + at_once]

    @torch.inference_mode()
    def _decode(self, embedding: SamEmbedding, prompts: Sequence[Prompt]) -> tuple[Tensor, Tensor]:
        """Logits (B, M, 256, 256) and predicted IoU (B, M) for prompts that agree in form."""
        size = embedding.source_size
        points = np.stack([points_to_canvas(prompt.points, size) for prompt in prompts])  # (B, N, 2)
        labels = np.stack([prompt.labels for prompt in prompts])  # (B, N)
        corners = [_clip(prompt.box, size) for prompt in prompts if prompt.box is not None]
        boxes = [points_to_canvas(pair, size).reshape(4) for pair in corners]
        logits = [prompt.logits[None] for prompt in prompts if prompt.logits is not None]
        return self._network.decode(
            embedding.features,
            self._tensor(points),
            self._tensor(labels),
            self._tensor(np.stack(boxes)) if boxes else None,  # (B, 4)
            self._tensor(np.stack(logits)) if logits else None,  # (B, 1, 256, 256)
            is_ambiguous=prompts[0].is_ambiguous,
        )

    def _tensor(self, array: NDArray[np.float32] | NDArray[np.int64]) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device)


def _clip(box: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """The two corners of a box (2, 2), moved into the image: the network knows no others."""
    height, width = size
    return np.clip(box.reshape(2, 2), 0, np.array([width, height], np.float32))


@torch.inference_mode()
def _candidates(low_res: Tensor, scores: Tensor, size: tuple[int, int]) -> Candidates:
    """Masks, their expected quality and stability from logits (M, 256, 256) and scores (M,)."""
    logits = logits_to_source(low_res[:, None], size)[:, 0]  # (M, H, W), where M may be 0
    return Candidates(
        masks=(logits > 0).cpu().numpy(),
        scores=scores.cpu().numpy(),
        stability=_stability(logits).cpu().numpy(),
        logits=low_res.cpu().numpy(),
    )


def _stability(logits: Tensor) -> Tensor:
    """How little each mask (M, H, W) depends on the threshold: IoU of a strict and a lenient one, (M,).

    "Stability score" of Kirillov et al., ICCV 2023, appendix B; 0 where even the lenient mask is empty.
    """
    strict = (logits > _STABILITY_OFFSET).sum(dim=(1, 2))
    lenient = (logits > -_STABILITY_OFFSET).sum(dim=(1, 2))
    return strict / lenient.clamp(min=1)
