"""Loading checkpoints: the published form, other sizes, and everything that is neither."""

import dataclasses
import os
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tests.tracker.colour_features import colour_features
from tests.tracker.stand_in import TINY, clip, normalised, tiny_network
from tracker import CheckpointError
from tracker.build import BUILDERS, LIGHT_CONFIG, load_xmem, read_xmem
from tracker.feature_propagator import FeatureMemoryPropagator
from tracker.modeling.xmem import XMem
from tracker.xmem_propagator import XMemPropagator
from tracker.zooming_propagator import ZoomingPropagator


def saved(network: XMem, path: Path, **changes: torch.Tensor) -> Path:
    torch.save({**network.state_dict(), **changes}, path)
    return path


def keys_of(network: XMem) -> torch.Tensor:
    with torch.inference_mode():
        return network.encode_key(normalised(clip(1)[0][None])).key


@pytest.mark.parametrize(
    "config",
    [
        TINY,
        dataclasses.replace(TINY, encoder_depth=50, key_width=6, value_width=20),
        dataclasses.replace(TINY, hidden_width=0, up_width=4, fused_width=12, value_encoder_width=2),
    ],
)
def test_all_sizes_are_read_from_the_checkpoint(config, tmp_path: Path) -> None:
    network = tiny_network(config=config)
    path = saved(network, tmp_path / "xmem.pth")
    as_trained = read_xmem(path)
    assert as_trained.config == config
    assert not as_trained.training
    assert as_trained.state_dict().keys() == network.state_dict().keys()
    torch.testing.assert_close(keys_of(as_trained), keys_of(network))
    loaded = load_xmem(path)
    torch.testing.assert_close(keys_of(loaded), keys_of(network), rtol=1e-4, atol=1e-5)
    assert not any(parameter.requires_grad for parameter in loaded.parameters())


def test_safetensors_in_half_precision_load_as_float32(tmp_path: Path) -> None:
    network = tiny_network()
    path = tmp_path / "xmem.safetensors"
    state = {n: v.half() if v.is_floating_point() else v for n, v in network.state_dict().items()}
    save_file(state, path)
    loaded = load_xmem(path)
    assert keys_of(loaded).dtype == torch.float32
    torch.testing.assert_close(keys_of(loaded), keys_of(network), rtol=0.02, atol=0.02)


def test_a_single_object_checkpoint_ignores_the_other_objects(tmp_path: Path) -> None:
    network = tiny_network()
    weight = network.value_encoder.conv1.weight
    path = saved(network, tmp_path / "single.pth", **{"value_encoder.conv1.weight": weight[:, :4].clone()})
    loaded = load_xmem(path)
    frame = normalised(clip(1)[0][None])
    f16 = loaded.encode_key(frame).f16
    sensory = torch.zeros(1, 2, TINY.hidden_width, 3, 4)
    masks = torch.rand(1, 2, 48, 64, generator=torch.Generator().manual_seed(0))
    both, _ = loaded.encode_value(frame, f16, masks, sensory, deep_update=False)
    alone, _ = loaded.encode_value(frame, f16, masks[:, :1], sensory[:, :1], deep_update=False)
    torch.testing.assert_close(both[:, :1], alone, rtol=1e-4, atol=1e-5)


def test_builders_by_name() -> None:
    assert isinstance(BUILDERS["xmem"](tiny_network()), XMemPropagator)
    assert isinstance(BUILDERS["xmem-light"](tiny_network()), ZoomingPropagator)
    assert isinstance(BUILDERS["feature-memory"](colour_features), FeatureMemoryPropagator)


class Malice:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (str(self.marker),)


def test_code_inside_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "it-ran"
    for name, save in (("new.pth", torch.save), ("old.pth", _dump)):
        save({"key_encoder.conv1.weight": Malice(marker)}, tmp_path / name)
        with pytest.raises(CheckpointError, match="could run code") as caught:
            load_xmem(tmp_path / name)
        assert "\n" not in str(caught.value)
    assert not marker.exists()


def _dump(content: object, path: Path) -> None:
    path.write_bytes(pickle.dumps(content, protocol=2))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no checkpoint at .*nowhere\.pth: give the path"):
        load_xmem(tmp_path / "nowhere.pth")


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.99])
@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
def test_a_damaged_file_is_one_line(suffix: str, keep: float, tmp_path: Path) -> None:
    path = tmp_path / f"xmem.{suffix}"
    save = torch.save if suffix == "pth" else save_file
    save(tiny_network().state_dict(), path)
    content = path.read_bytes()
    path.write_bytes(content[: int(keep if keep > 1 else keep * len(content))])
    with pytest.raises(CheckpointError, match="damaged") as caught:
        load_xmem(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_opened_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tiny_network(), tmp_path / "xmem.pth")

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(torch, "load", refuse)
    with pytest.raises(CheckpointError, match=r"cannot be read \(Permission denied\): check its permissions"):
        load_xmem(path)


@pytest.mark.parametrize("content", [[torch.zeros(1)], {"epoch": 3}])
def test_a_file_without_a_table_of_tensors_is_refused(content: object, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "other.pth")
    with pytest.raises(CheckpointError, match="holds no table of tensors: give a checkpoint"):
        load_xmem(tmp_path / "other.pth")


def test_another_architecture_is_named(tmp_path: Path) -> None:
    torch.save({"image_encoder.neck.0.weight": torch.zeros(2, 2)}, tmp_path / "sam.pth")
    with pytest.raises(CheckpointError, match="is not an XMem checkpoint: it lacks 'value_encoder"):
        load_xmem(tmp_path / "sam.pth")


def test_what_does_not_fit_is_named(tmp_path: Path) -> None:
    network = tiny_network()
    state = network.state_dict()
    del state["key_encoder.bn1.weight"]
    state["decoder.pred.weight"] = torch.zeros(1, 3, 3, 3)
    state["extra.one"] = state["extra.two"] = torch.zeros(1)
    torch.save(state, tmp_path / "odd.pth")
    with pytest.raises(CheckpointError) as caught:
        load_xmem(tmp_path / "odd.pth")
    assert "lacks key_encoder.bn1.weight" in str(caught.value)
    assert "has the unknown extra.one and 1 more" in str(caught.value)
    assert "has another shape of decoder.pred.weight" in str(caught.value)


def test_a_scalar_where_a_weight_belongs_is_no_xmem(tmp_path: Path) -> None:
    path = saved(tiny_network(), tmp_path / "odd.pth", **{"key_proj.key_proj.weight": torch.tensor(1.0)})
    with pytest.raises(CheckpointError, match="is not an XMem checkpoint"):
        load_xmem(path)


@pytest.mark.parametrize("name", ["xmem-light", "xmem-light-pair"])
def test_light_trackers_take_another_configuration(name: str) -> None:
    propagator = BUILDERS[name](tiny_network(), dataclasses.replace(LIGHT_CONFIG, internal_size=96))
    assert isinstance(propagator, ZoomingPropagator)
    assert isinstance(propagator._near, XMemPropagator)
    assert propagator._near.config.internal_size == 96
