"""Convolutions in tiles compute what plain ones do."""

import pytest
import torch
from torch import nn

from tests.tracker.stand_in import tiny_network
from tracker.modeling.winograd import WinogradConv, spare_products


@pytest.mark.parametrize("has_bias", [False, True])
@pytest.mark.parametrize("size", [(1, 8, 12), (2, 5, 7), (3, 1, 2)])
@torch.inference_mode()
def test_they_compute_what_plain_ones_do(size: tuple[int, int, int], has_bias: bool) -> None:
    count, height, across = size
    conv = nn.Conv2d(16, 24, 3, padding=1, bias=has_bias).requires_grad_(False)
    x = torch.randn(count, 16, height, across)
    found, expected = WinogradConv(conv)(x), conv(x)
    torch.testing.assert_close(found, expected, atol=2e-5, rtol=0)
    found += 1  # the answer is the caller's


def test_only_wide_convolutions_that_are_plain_are_replaced() -> None:
    network = nn.Sequential(
        nn.Conv2d(128, 128, 3, padding=1),
        nn.Conv2d(128, 128, 3, padding=1, stride=2),
        nn.Conv2d(128, 128, 3),
        nn.Conv2d(128, 128, 1),
        nn.Conv2d(128, 64, 3, padding=1),
        nn.Conv2d(128, 128, 3, padding=1, groups=2),
    )
    spare_products(network)
    assert [isinstance(each, WinogradConv) for each in network] == [True] + 5 * [False]
    narrow = tiny_network()
    spare_products(narrow)
    assert not any(isinstance(each, WinogradConv) for each in narrow.modules())
