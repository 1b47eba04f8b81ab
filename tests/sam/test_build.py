"""Segmenters are built from checkpoints of every kind, and bad ones are refused by name."""

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from sam.build import ENCODERS, build_network, build_segmenter
from sam.errors import CheckpointError
from sam.modeling.sam import Sam
from sam.transforms import image_to_canvas


@pytest.fixture(scope="module")
def mobile_state() -> dict[str, Tensor]:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return build_network("mobile-sam").state_dict()


@pytest.fixture
def saved(tmp_path: Path) -> Any:
    """Saves an object as a checkpoint of a name."""

    def save(content: Any, name: str = "checkpoint.pt") -> Path:
        torch.save(content, tmp_path / name)
        return tmp_path / name

    return save


@pytest.fixture
def vit_b_state() -> dict[str, Tensor]:
    """The names and shapes of ViT-B, with one number behind every tensor."""
    with torch.device("meta"):
        shapes = build_network("sam-vit-b").state_dict()
    return {name: torch.zeros(()).expand(tensor.shape) for name, tensor in shapes.items()}


def complaint(model: str, checkpoint: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        build_segmenter(model, checkpoint)
    message = str(caught.value)
    assert "\n" not in message
    assert ":" in message or ";" in message  # cause: remedy
    return message


@pytest.mark.parametrize("model", ["mobile-sam", "auto"])
def test_a_checkpoint_is_loaded_as_it_is(model: str, saved: Any, mobile_state: dict[str, Tensor]) -> None:
    network = build_segmenter(model, saved(mobile_state)).network
    loaded = network.state_dict()
    assert isinstance(network, Sam)
    name = "mask_decoder.transformer.layers.1.mlp.lin1.weight"
    assert torch.equal(loaded[name], mobile_state[name])
    assert not any(parameter.requires_grad for parameter in network.parameters())
    assert not any(isinstance(module, nn.BatchNorm2d) for module in network.modules())


def test_half_precision_is_widened(saved: Any, mobile_state: dict[str, Tensor]) -> None:
    halved = {name: t.half() if t.is_floating_point() else t for name, t in mobile_state.items()}
    network = build_segmenter("auto", saved(halved)).network
    assert {parameter.dtype for parameter in network.parameters()} == {torch.float32}


def test_safetensors_are_loaded(tmp_path: Path, mobile_state: dict[str, Tensor]) -> None:
    path = tmp_path / "mobile.safetensors"
    save_file(mobile_state, path)
    segmenter = build_segmenter("mobile-sam", path)
    name = "mask_decoder.iou_token.weight"
    assert torch.equal(segmenter.network.state_dict()[name], mobile_state[name])


def test_a_vit_is_recognised_and_loaded(saved: Any, vit_b_state: dict[str, Tensor]) -> None:
    network = build_segmenter("auto", saved(vit_b_state)).network
    assert network.state_dict()["image_encoder.pos_embed"].shape == (1, 64, 64, 768)


def test_every_architecture_is_told_from_its_neck(saved: Any) -> None:
    for model in ENCODERS:
        with torch.device("meta"):
            shapes = build_network(model).state_dict()
        neck = "image_encoder.neck.0.weight"
        path = saved({neck: torch.zeros(shapes[neck].shape)})
        assert f"looks like {model} but lacks" in complaint("auto", path)


def test_an_unknown_model(tmp_path: Path) -> None:
    message = complaint("sam-vit-x", tmp_path / "any.pt")
    assert "sam-vit-x" in message
    assert all(model in message for model in ("auto", *ENCODERS))
    with pytest.raises(CheckpointError, match="sam-vit-x"):
        build_network("sam-vit-x")


def test_a_checkpoint_of_another_architecture_is_named(saved: Any, vit_b_state: dict[str, Tensor]) -> None:
    assert "holds sam-vit-b, not mobile-sam" in complaint("mobile-sam", saved(vit_b_state))


def test_a_checkpoint_of_another_network(saved: Any) -> None:
    message = complaint("auto", saved({"key_encoder.conv1.weight": torch.zeros(2)}))
    assert "not a SAM checkpoint" in message
    assert "key_encoder.conv1.weight" in message
    assert "nothing" in complaint("auto", saved({}))


def test_a_neck_of_no_known_width(saved: Any) -> None:
    odd = {"image_encoder.neck.0.weight": torch.zeros(256, 77, 1, 1)}
    assert "not a SAM checkpoint" in complaint("auto", saved(odd))
    flat = {"image_encoder.neck.0.weight": torch.zeros(256)}
    assert "not a SAM checkpoint" in complaint("auto", saved(flat))


def test_tensors_that_do_not_fit(saved: Any, mobile_state: dict[str, Tensor]) -> None:
    changed = dict(mobile_state)
    del changed["mask_decoder.iou_token.weight"]
    changed["surplus.one"] = changed["surplus.two"] = torch.zeros(1)
    changed["image_encoder.head.bias"] = torch.zeros(3)
    message = complaint("mobile-sam", saved(changed))
    assert "lacks mask_decoder.iou_token.weight" in message
    assert "unknown surplus.one and 1 more" in message
    assert "another shape of image_encoder.head.bias" in message


def test_no_file(tmp_path: Path) -> None:
    assert "no checkpoint at" in complaint("auto", tmp_path / "nowhere.pt")
    assert "no checkpoint at" in complaint("auto", tmp_path)


@pytest.mark.parametrize("kept", [0, 10, 1000, 0.5, 0.999])
def test_a_truncated_file(kept: float, saved: Any, mobile_state: dict[str, Tensor]) -> None:
    path = saved(mobile_state)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    assert "truncated" in complaint("mobile-sam", path)


def test_truncated_safetensors(tmp_path: Path, mobile_state: dict[str, Tensor]) -> None:
    path = tmp_path / "mobile.safetensors"
    save_file(mobile_state, path)
    path.write_bytes(path.read_bytes()[:-1000])
    assert "damaged or no safetensors file" in complaint("auto", path)


def test_an_archive_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "arrays.pt"
    with path.open("wb") as file:
        np.savez(file, a=np.zeros(3))
    assert "damaged or no torch checkpoint" in complaint("auto", path)


class _Payload:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.target),)


def test_code_in_a_checkpoint_is_never_run(saved: Any, tmp_path: Path) -> None:
    target = tmp_path / "it ran"
    path = saved({"weight": _Payload(target)})
    assert "could run code" in complaint("auto", path)
    path.write_bytes(pickle.dumps(_Payload(target)))
    assert "no torch checkpoint" in complaint("auto", path)
    assert not target.exists()


@pytest.mark.parametrize("content", [[torch.zeros(1)], {"epoch": 3}, 7])
def test_what_is_no_table_of_tensors(content: Any, saved: Any) -> None:
    assert "no table of tensors" in complaint("auto", saved(content))


def test_a_file_that_must_not_be_read(
    saved: Any, mobile_state: dict[str, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(mobile_state)

    def refuse(*_arguments: Any, **_options: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "Permission denied" in complaint("auto", path)


def test_an_encoder_in_bfloat16_gives_almost_the_same_embedding(
    saved: Any, mobile_state: dict[str, Tensor]
) -> None:
    image = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    corner = image_to_canvas(image)[..., :256, :256]  # without the units, all of it takes half a minute
    exact, low = (
        build_segmenter("mobile-sam", saved(mobile_state), precision=name).network.encode(corner)
        for name in ("float32", "bfloat16")
    )
    assert low.dtype == torch.float32
    error = (exact - low).norm() / exact.norm()
    assert 0 < error < 0.05


@pytest.mark.slow
def test_building_a_network_loads_neither_the_compiler_of_torch_nor_its_symbolic_shapes() -> None:
    program = (
        "import sys, torch; from sam.build import build_network\n"
        "with torch.device('meta'): build_network('mobile-sam')\n"
        "sys.exit(bool({'torch._dynamo', 'sympy'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
