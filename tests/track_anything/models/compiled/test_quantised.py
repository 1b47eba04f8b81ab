"""Convolutions on grids of 256 values: which values those are, and that OpenVINO computes on them."""

import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from track_anything.errors import WeightsError
from track_anything.models.compiled import module as compiled_module
from track_anything.models.compiled import weight_limit as limits
from track_anything.models.compiled.module import CompiledModule
from track_anything.models.compiled.quantised import (
    QuantisedConv,
    quantise,
    ranges_beside,
    read_ranges,
    write_ranges,
)
from track_anything.models.compiled.weight_limit import weight_limit
from track_anything.models.engine import is_installed
from track_anything.models.weights import CACHE_VARIABLE
from tracker.build import LIGHT_WEIGHTS, load_xmem


def conv(*weights: float) -> nn.Conv2d:
    """One that sums a channel per weight, (1, N, h, w) -> (1, 1, h, w)."""
    made = nn.Conv2d(len(weights), 1, 1, bias=False).requires_grad_(False)
    made.weight.copy_(torch.tensor(weights).view(1, -1, 1, 1))
    return made


@pytest.mark.parametrize(
    ("limits", "given", "expected"),
    [
        ((0.0, 2.55), [0.0, 1.234, 2.6, -1.0], [0.0, 1.23, 2.55, 0.0]),
        ((-1.27, 1.0), [0.0, 0.123, -0.996, -3.0, 3.0], [0.0, 0.12, -1.0, -1.28, 1.27]),
    ],
)
def test_what_is_given_goes_to_the_nearest_of_256_values(
    limits: tuple[float, float], given: list[float], expected: list[float]
) -> None:
    found = QuantisedConv(conv(1.0), *limits)(torch.tensor(given).view(1, 1, 1, -1))
    assert found.flatten().tolist() == pytest.approx(expected, abs=1e-6)


def test_weights_lie_on_a_grid_of_their_own_channel() -> None:
    rounded = QuantisedConv(conv(-1.27, 0.501), 0.0, 255.0)
    assert rounded(torch.tensor([0.0, 100.0]).view(1, 2, 1, 1)).item() == pytest.approx(50.0, abs=1e-4)
    assert QuantisedConv(conv(0.0), 0.0, 1.0)(torch.ones(1, 1, 1, 1)).item() == 0


def test_only_what_ranges_were_fitted_for_is_put_in_place() -> None:
    network = nn.Sequential(nn.Sequential(conv(1.0), conv(2.0)), conv(3.0))
    quantise(network, {"0.1": (0.0, 1.0)})
    assert re.findall(r"\((\S+)\): QuantisedConv", repr(network)) == ["1"]
    assert isinstance(network.get_submodule("0.1"), QuantisedConv)
    with pytest.raises(WeightsError, match="another network, with a layer 0.2: choose --precision auto"):
        quantise(network, {"0.2": (0.0, 1.0)})


def test_ranges_belong_to_the_weights_beside_them(tmp_path: Path) -> None:
    weights = tmp_path / "net.safetensors"
    weights.write_bytes(b"weights")
    with pytest.raises(WeightsError, match="net.ranges.json holds no ranges for int8"):
        read_ranges(weights)
    place = write_ranges(weights, {"b": (-1.00004, 2.0), "a": (0.0, 1.0)})
    assert place == ranges_beside(weights)
    assert read_ranges(weights) == {"a": (0.0, 1.0), "b": (-1.0, 2.0)}
    weights.write_bytes(b"other weights")
    with pytest.raises(WeightsError, match="is of other weights than net.safetensors: choose --precision"):
        read_ranges(weights)


def test_the_ranges_of_the_package_are_of_its_weights_and_of_all_but_keys(tmp_path: Path) -> None:
    network = load_xmem(LIGHT_WEIGHTS)
    convs = {name for name, each in network.named_modules() if isinstance(each, nn.Conv2d)}
    exact = ("key_proj.", "key_encoder.layer3.")
    assert read_ranges(LIGHT_WEIGHTS).keys() == {name for name in convs if not name.startswith(exact)}
    shutil.copy(LIGHT_WEIGHTS, tmp_path / "mine.safetensors")
    with pytest.raises(WeightsError, match="holds no ranges"):
        read_ranges(tmp_path / "mine.safetensors")


@pytest.fixture
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_installed():
        pytest.skip("OpenVINO is not installed: pip install 'track-anything[openvino]'")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))


@pytest.mark.usefixtures("_cache")
def test_openvino_computes_on_the_grids() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        plain = nn.Conv2d(16, 16, 3, stride=2, padding=1).requires_grad_(False)
        picture = 3 * torch.rand(1, 16, 20, 24)
    rounded = QuantisedConv(plain, 0.0, 2.0, weight_limit())  # which cuts a third of the values off
    (found,) = CompiledModule(rounded, "conv", precision="int8")(picture)
    assert torch.allclose(found, rounded(picture), atol=0.02)
    assert not torch.allclose(found, plain(picture), atol=0.1)


@pytest.mark.usefixtures("_cache")
@pytest.mark.parametrize(
    ("precision", "units", "expected"),
    [
        ("float32", ["BF16", "INT8"], "f32"),
        ("bfloat16", ["INT8"], "bf16"),
        ("int8", ["BF16", "INT8"], "bf16"),
        ("int8", ["FP32", "INT8"], "f32"),
    ],
)
def test_what_is_not_quantised_is_rounded_where_there_are_units_for_it(
    precision: str, units: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_module, "core", lambda: SimpleNamespace(get_property=lambda *_: units))
    assert compiled_module._hint(precision, "CPU") == expected


@pytest.mark.usefixtures("_cache")
@pytest.mark.parametrize("low", [0.0, -4.0])
def test_no_sum_of_great_products_is_cut_off(low: float) -> None:
    plain = nn.Conv2d(64, 64, 3, padding=1).requires_grad_(False)
    plain.weight.abs_()
    rounded = QuantisedConv(plain, low, 4.0, weight_limit())
    picture = torch.full((1, 64, 12, 12), 3.9)
    with torch.inference_mode():
        (found,) = CompiledModule(rounded, "conv", precision="int8")(picture)
        assert torch.allclose(found, rounded(picture), rtol=0.005)


@pytest.mark.usefixtures("_cache")
@pytest.mark.parametrize(("share", "expected"), [(1.0, 127), (0.506, 63)])
def test_weights_are_smaller_where_sums_would_be_cut_off(
    share: float, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_share_of_sum", lambda: share)
    weight_limit.cache_clear()
    network = nn.Sequential(conv(1.27, -0.3))
    quantise(network, {"0": (0.0, 1.0)}, weight_limit())
    weight_limit.cache_clear()
    assert network[0].weight_steps.item() == pytest.approx(1.27 / expected)
