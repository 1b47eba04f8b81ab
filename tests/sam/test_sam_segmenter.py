"""Segment Anything meets the contract of a segmenter, with released weights too."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from sam.errors import ImageError, PromptError
from sam.prompt import Prompt
from sam.sam_segmenter import SamSegmenter
from sam.segmenter import Candidates, Segmenter
from sam.transforms import logits_to_source
from tests.sam.segmenter_contract import CONTRACT, Check

Image = NDArray[np.uint8]


@contextmanager
def counted_passes(module: nn.Module) -> Iterator[list[Any]]:
    """A list that grows by the arguments of each forward pass of a module."""
    passes: list[Any] = []
    hook = module.register_forward_hook(lambda _module, arguments, _output: passes.append(arguments))
    try:
        yield passes
    finally:
        hook.remove()


def assert_close(one: Candidates, other: Candidates) -> None:
    assert np.allclose(one.logits, other.logits, atol=1e-4)
    assert np.allclose(one.scores, other.scores, atol=1e-5)
    assert (one.masks != other.masks).mean() < 1e-3


@pytest.mark.parametrize("check", CONTRACT, ids=lambda check: check.__name__)
def test_contract(check: Check, toy_segmenter: SamSegmenter, photo: Image) -> None:
    check(toy_segmenter, photo)


@pytest.mark.weights
@pytest.mark.parametrize("check", CONTRACT[:1], ids=lambda check: check.__name__)
def test_contract_with_released_weights(check: Check, mobile_sam: SamSegmenter, photo: Image) -> None:
    check(mobile_sam, photo)


@pytest.mark.weights
def test_a_click_on_a_disc_finds_the_disc(mobile_sam: SamSegmenter, photo: Image) -> None:
    answer = mobile_sam.predict(mobile_sam.embed(photo), Prompt.clicks([(60, 45)], [(130, 10)]))
    disc = (photo == (220, 60, 50)).all(axis=2)
    assert (answer.masks[0] & disc).sum() / (answer.masks[0] | disc).sum() > 0.9


def test_it_fits_the_protocol(toy_segmenter: SamSegmenter) -> None:
    segmenter: Segmenter[Any] = toy_segmenter
    assert segmenter is toy_segmenter


def test_prompts_on_an_embedded_frame_run_no_encoder(toy_segmenter: SamSegmenter, photo: Image) -> None:
    with counted_passes(toy_segmenter.network.image_encoder) as passes:
        embedding = toy_segmenter.embed(photo)
        first = toy_segmenter.predict(embedding, Prompt.click(60, 45))
        toy_segmenter.predict(embedding, Prompt.click(60, 45).with_logits(first.logits[first.best]))
        toy_segmenter.predict_batch(embedding, [Prompt.click(3, 4), Prompt.click(5, 6)])
    assert len(passes) == 1


@pytest.mark.parametrize("size", [(1, 1), (3, 4000), (4000, 3), (1024, 1024), (33, 57), (1500, 1100)])
def test_any_size_and_aspect(size: tuple[int, int], toy_segmenter: SamSegmenter) -> None:
    height, width = size
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    embedding = toy_segmenter.embed(image)
    assert embedding.source_size == size
    answer = toy_segmenter.predict(embedding, Prompt.click(width - 1, height - 1))
    assert answer.masks.shape == (3, height, width)
    assert np.isfinite(answer.logits).all()


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        [[1, 2, 3]],
    ],
    ids=["grey", "alpha", "empty", "float", "list"],
)
def test_what_is_no_image_is_refused(image: Any, toy_segmenter: SamSegmenter) -> None:
    with pytest.raises(ImageError, match=r"\(H, W, 3\) uint8 RGB"):
        toy_segmenter.embed(image)


def test_an_image_that_is_a_view_is_embedded_as_its_copy(toy_segmenter: SamSegmenter, photo: Image) -> None:
    view = photo[::-1, ::-1]
    assert not view.flags.c_contiguous
    seen = toy_segmenter.embed(view)
    assert torch.equal(seen.features, toy_segmenter.embed(view.copy()).features)


def test_a_batch_answers_as_each_prompt_alone(toy_segmenter: SamSegmenter, photo: Image) -> None:
    embedding = toy_segmenter.embed(photo)
    logits = np.random.default_rng(1).normal(0, 5, (256, 256)).astype(np.float32)
    prompts = [
        Prompt.click(60, 45),
        Prompt(box=np.array([10, 10, 80, 70], np.float32)),
        Prompt.click(5, 80),
        Prompt.clicks([(60, 45)], [(3, 3)]),
        Prompt.click(60, 45).with_logits(logits),
        Prompt(box=np.array([20, 5, 90, 50], np.float32)),
        Prompt(logits=logits),
    ]
    with counted_passes(toy_segmenter.network.mask_decoder) as passes:
        answers = toy_segmenter.predict_batch(embedding, prompts)
    assert len(passes) == 5  # clicks, boxes, two clicks, click with logits, logits
    for prompt, answer in zip(prompts, answers, strict=True):
        assert_close(answer, toy_segmenter.predict(embedding, prompt))


def test_an_empty_batch_has_no_answers(toy_segmenter: SamSegmenter, photo: Image) -> None:
    assert toy_segmenter.predict_batch(toy_segmenter.embed(photo), []) == []


def test_one_bad_prompt_refuses_the_batch(toy_segmenter: SamSegmenter, photo: Image) -> None:
    embedding = toy_segmenter.embed(photo)
    with pytest.raises(PromptError, match=r"click \(500, 4\)"):
        toy_segmenter.predict_batch(embedding, [Prompt.click(3, 4), Prompt.click(500, 4)])


def test_a_box_that_overhangs_means_its_part_inside(toy_segmenter: SamSegmenter, photo: Image) -> None:
    embedding = toy_segmenter.embed(photo)
    height, width = photo.shape[:2]
    overhanging = toy_segmenter.predict(embedding, Prompt(box=np.array([30, 20, 9000, 9000], np.float32)))
    inside = toy_segmenter.predict(embedding, Prompt(box=np.array([30, 20, width, height], np.float32)))
    assert np.array_equal(overhanging.logits, inside.logits)


def test_every_part_of_a_prompt_is_heard(toy_segmenter: SamSegmenter, photo: Image) -> None:
    embedding = toy_segmenter.embed(photo)
    box = np.array([30, 20, 100, 80], np.float32)
    base = Prompt(points=[[60, 45]], labels=[1], box=box)
    heard = [
        base,
        Prompt(points=[[60, 45]], labels=[0], box=box),
        Prompt(points=[[61, 45]], labels=[1], box=box),
        Prompt(points=[[60, 45]], labels=[1], box=box + 3),
        base.with_logits(np.full((256, 256), 4, np.float32)),
    ]
    answers = [toy_segmenter.predict(embedding, prompt).logits for prompt in heard]
    for i, one in enumerate(answers):
        assert not any(np.array_equal(one, other) for other in answers[i + 1 :])


def test_stability_is_the_iou_of_a_strict_and_a_lenient_threshold(
    toy_segmenter: SamSegmenter, photo: Image
) -> None:
    answer = toy_segmenter.predict(toy_segmenter.embed(photo), Prompt.click(60, 45))
    logits = logits_to_source(torch.from_numpy(answer.logits)[None], photo.shape[:2])[0].numpy()
    for stability, mask, at_source in zip(answer.stability, answer.masks, logits, strict=True):
        assert np.array_equal(mask, at_source > 0)
        strict, lenient = (at_source > 1).sum(), (at_source > -1).sum()
        assert stability == pytest.approx(strict / lenient if lenient else 0)


def test_an_empty_answer_is_not_stable(toy_segmenter: SamSegmenter, photo: Image) -> None:
    embedding = toy_segmenter.embed(photo)

    def sink(_module: nn.Module, _arguments: Any, output: Any) -> Any:
        return torch.full_like(output[0], -9.0), output[1]

    hook = toy_segmenter.network.mask_decoder.register_forward_hook(sink)
    try:
        answer = toy_segmenter.predict(embedding, Prompt.click(60, 45))
    finally:
        hook.remove()
    assert not answer.masks.any()
    assert answer.stability.tolist() == [0, 0, 0]


def test_nothing_is_recorded_for_a_backward_pass(toy_segmenter: SamSegmenter, photo: Image) -> None:
    assert not toy_segmenter.network.training
    assert not toy_segmenter.embed(photo).features.requires_grad
    assert toy_segmenter.device == torch.device("cpu")
