"""The network that comes with the package, on a short clip that looks like film."""

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors import safe_open

from tracker.build import BUILDERS, LIGHT_WEIGHTS, load_xmem, read_xmem
from tracker.modeling.inference import ready_for_inference
from tracker.modeling.xmem import XMem

LENGTH, HEIGHT, WIDTH = 8, 160, 240


def texture(seed: int, coarseness: float, low: int, high: int) -> NDArray[np.uint8]:
    """(2 H, 2 W, 3): soft patches of colour under grain, as surfaces have."""
    rng = np.random.default_rng(seed)
    patches = cv2.GaussianBlur(rng.normal(size=(2 * HEIGHT, 2 * WIDTH, 3)), (0, 0), coarseness)
    patches = (patches - patches.min()) / np.ptp(patches)
    grain = rng.normal(scale=4, size=patches.shape)
    return np.asarray((low + patches * (high - low) + grain).clip(0, 255), np.uint8)


def film() -> tuple[list[NDArray[np.uint8]], list[NDArray[np.uint8]]]:
    """A blotched animal-like shape that turns and walks behind a post; pictures and true label maps."""
    ground, hide, post = texture(1, 9, 20, 150), texture(2, 4, 110, 250), texture(3, 2, 60, 110)
    pictures, truths = [], []
    for index in range(LENGTH):
        picture = ground[5 : 5 + HEIGHT, 2 * index : 2 * index + WIDTH].copy()
        label_map = np.zeros((HEIGHT, WIDTH), np.uint8)
        centre, angle = (70 + 9 * index, 85 + 2 * index), 4 * index
        cv2.ellipse(label_map, centre, (42, 24), angle, 0, 360, 1, -1)
        cv2.circle(label_map, (centre[0] + 40, centre[1] - 22), 17, 1, -1)
        moved = cv2.warpAffine(hide, np.float64([[1, 0, 9 * index], [0, 1, 2 * index]]), (WIDTH, HEIGHT))
        picture[label_map == 1] = moved[label_map == 1]
        picture[:, 150:162] = post[:HEIGHT, 150:162]
        label_map[:, 150:162] = 0
        pictures.append(picture)
        truths.append(label_map)
    return pictures, truths


def followed(network: XMem) -> list[NDArray[np.uint8]]:
    """The label maps of all frames but the first."""
    pictures, truths = film()
    propagator = BUILDERS["xmem-light"](network)
    propagator.remember(pictures[0], truths[0])
    return [propagator.step(picture).label_map for picture in pictures[1:]]


def overlap(label_maps: list[NDArray[np.uint8]]) -> float:
    """Mean IoU over all frames but the first."""
    _, truths = film()
    pairs = zip(label_maps, truths[1:], strict=True)
    return float(np.mean([(found & truth).sum() / (found | truth).sum() for found, truth in pairs]))


def test_the_shipped_weights_follow_an_object() -> None:
    assert overlap(followed(load_xmem(LIGHT_WEIGHTS))) > 0.97


@pytest.mark.parametrize("part", ["key_encoder", "key_proj", "value_encoder", "decoder"])
def test_random_weights_in_any_part_do_not(part: str) -> None:
    network = read_xmem(LIGHT_WEIGHTS)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in getattr(network, part).parameters():
            scale = parameter.square().mean().sqrt()
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * scale)
    assert overlap(followed(ready_for_inference(network))) < 0.93


def test_the_file_is_small_and_half_precision() -> None:
    assert LIGHT_WEIGHTS.stat().st_size < 25e6
    with safe_open(LIGHT_WEIGHTS, "pt") as file:
        kinds = {file.get_tensor(name).dtype for name in file.keys()}  # noqa: SIM118 - it is no dict
    assert kinds == {torch.float16, torch.int64}
