"""The numbers of the published SAM and MobileSAM."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from sam.build import ENCODERS, build_network
from sam.canvas import GRID_SIZE, LOGITS_SIZE
from sam.embedding import SamEmbedding
from sam.modeling.sam import Sam
from sam.prompt import Prompt
from sam.sam_segmenter import SamSegmenter
from sam.transforms import logits_to_source, points_to_canvas

Golden = Mapping[str, NDArray[Any]]
DECODER_TOLERANCE = 1e-4
EMBEDDING_TOLERANCE = 1e-3
LEAST_IOU = 0.99


def relative_error(found: NDArray[Any], expected: NDArray[Any]) -> float:
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def prompts_named(golden: Golden, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in golden:
        if name.startswith(prefix) and name.endswith("_prompt"):
            yield name.removesuffix("_prompt"), json.loads(str(golden[name]))


@pytest.fixture(scope="module")
def stand_in(fill_stand_in: Callable[[nn.Module], None]) -> Sam:
    network = build_network("sam-vit-b").eval().requires_grad_(False)
    fill_stand_in(network)
    return network


@pytest.mark.parametrize("model", ENCODERS)
def test_names_and_shapes_are_those_of_the_published_checkpoint(model: str, parity: Path) -> None:
    if model == "mobile-sam":
        published = json.loads((parity / "mobile_sam_state_dict.json").read_text())
    else:
        published = json.loads((parity / "sam_state_dict.json").read_text())[
            model.removeprefix("sam-").replace("-", "_")
        ]
    with torch.device("meta"):
        network = build_network(model)
    assert {name: list(tensor.shape) for name, tensor in network.state_dict().items()} == published


@pytest.mark.slow
def test_decoder_gives_the_published_logits_and_scores(stand_in: Sam, golden: Golden) -> None:
    draws = np.random.default_rng(int(golden["decoder_seed"]))
    features = torch.from_numpy(draws.standard_normal((1, 256, GRID_SIZE, GRID_SIZE)).astype(np.float32))
    assert np.array_equal(features[:, ::16].numpy(), golden["embedding_seed_normal"])
    cases = list(prompts_named(golden, "dec_"))
    assert len(cases) >= 7
    for case, prompt in cases:
        box = torch.tensor(prompt["box"], dtype=torch.float32) if "box" in prompt else None
        logits = torch.from_numpy(golden["mask_input"]) if "mask" in prompt else None
        points = torch.tensor(prompt.get("pc", np.zeros((1, 0, 2))), dtype=torch.float32)
        labels = torch.tensor(prompt.get("pl", np.zeros((1, 0))), dtype=torch.int64)
        for kind in ("multi", "single"):
            low_res, scores = stand_in.decode(
                features, points, labels, box, logits, is_ambiguous=kind == "multi"
            )
            expected = golden[f"{case}_{kind}_low_res"]
            stride = LOGITS_SIZE // expected.shape[-1]
            error = relative_error(low_res[..., ::stride, ::stride].numpy(), expected)
            assert error <= DECODER_TOLERANCE, (case, kind, error)
            error = relative_error(scores.numpy(), golden[f"{case}_{kind}_iou"])
            assert error <= DECODER_TOLERANCE, (case, kind, error)


@pytest.mark.slow
def test_vit_b_gives_the_published_embedding(stand_in: Sam, golden: Golden) -> None:
    rows, columns = golden["enc_input_shape"][2:]
    image = cv2.resize(golden["enc_small"], (int(columns), int(rows)), interpolation=cv2.INTER_LINEAR)
    embedding = SamSegmenter(stand_in).embed(np.asarray(image, np.uint8))
    expected = golden["enc_embedding"]
    stride = GRID_SIZE // expected.shape[-1]
    found = embedding.features[:, ::stride, ::stride, ::stride].numpy()
    assert relative_error(found, expected) <= EMBEDDING_TOLERANCE


@pytest.fixture(scope="module")
def embedded(mobile_sam: SamSegmenter, golden: Golden) -> SamEmbedding:
    return mobile_sam.embed(golden["mobile_image"])


def as_prompt(described: dict[str, Any]) -> Prompt:
    return Prompt(
        points=described.get("point_coords", np.zeros((0, 2))),
        labels=described.get("point_labels", np.zeros(0)),
        box=described.get("box"),
    )


def iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float((one & other).sum() / (one | other).sum())


def published_masks(golden: Golden, name: str) -> NDArray[np.bool_]:
    width = int(golden["mobile_shape"][1])
    return np.unpackbits(golden[name], axis=-1, count=width).astype(np.bool_)


@pytest.mark.weights
def test_mobile_sam_gives_the_published_embedding(embedded: SamEmbedding, golden: Golden) -> None:
    expected = golden["mobile_embedding"]
    stride = GRID_SIZE // expected.shape[-1]
    found = embedded.features[:, ::stride, ::stride, ::stride].numpy()
    assert relative_error(found, expected) <= EMBEDDING_TOLERANCE


@pytest.mark.weights
def test_mobile_sam_answers_as_published(
    mobile_sam: SamSegmenter, embedded: SamEmbedding, golden: Golden
) -> None:
    cases = list(prompts_named(golden, "mobile_"))
    assert len(cases) >= 3
    for case, described in cases:
        prompt = as_prompt(described)
        kind = "multi" if prompt.is_ambiguous else "single"
        answer = mobile_sam.predict(embedded, prompt)
        assert relative_error(answer.scores, golden[f"{case}_{kind}_iou"]) <= DECODER_TOLERANCE
        expected = golden[f"{case}_{kind}_low_res"]
        stride = LOGITS_SIZE // expected.shape[-1]
        assert relative_error(answer.logits[:, ::stride, ::stride], expected) <= EMBEDDING_TOLERANCE
        masks = published_masks(golden, f"{case}_{kind}_masks")
        assert min(map(iou, answer.masks, masks)) >= LEAST_IOU, case


@pytest.mark.weights
@pytest.mark.parametrize("kind", ["multi", "single"])
def test_mobile_sam_decodes_either_kind_of_answer_as_published(
    kind: str, mobile_sam: SamSegmenter, embedded: SamEmbedding, golden: Golden
) -> None:
    for case, described in prompts_named(golden, "mobile_"):
        prompt = as_prompt(described)
        points = torch.from_numpy(points_to_canvas(prompt.points, embedded.source_size))[None]
        box = prompt.box
        low_res, scores = mobile_sam.network.decode(
            embedded.features,
            points,
            torch.from_numpy(prompt.labels)[None],
            None
            if box is None
            else torch.from_numpy(points_to_canvas(box.reshape(2, 2), embedded.source_size)).view(1, 4),
            is_ambiguous=kind == "multi",
        )
        assert relative_error(scores[0].numpy(), golden[f"{case}_{kind}_iou"]) <= DECODER_TOLERANCE
        found = (logits_to_source(low_res, embedded.source_size) > 0)[0].numpy()
        assert min(map(iou, found, published_masks(golden, f"{case}_{kind}_masks"))) >= LEAST_IOU, case
