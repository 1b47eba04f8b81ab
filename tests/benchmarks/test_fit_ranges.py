"""Ranges are those of what layers were given, and lie beside the weights that they were fitted to."""

import shutil
from pathlib import Path

import pytest
import torch
from torch import nn

from benchmarks.davis_sequence import DavisSequence
from benchmarks.fit_ranges import fit, main
from tests.tracker.stand_in import tiny_network
from track_anything.models.compiled.quantised import read_ranges
from tracker.build import LIGHT_WEIGHTS
from tracker.modeling.inference import ready_for_inference


def test_a_range_holds_all_but_the_rarest_values_of_all_frames(data: Path) -> None:
    network = ready_for_inference(tiny_network())
    seen: list[torch.Tensor] = []
    layer = network.decoder.pred
    layer.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    ranges = fit(network, [DavisSequence.open(data, "disc")], frames=4)
    convs = {name for name, each in network.named_modules() if isinstance(each, nn.Conv2d)}
    assert ranges.keys() == {
        name for name in convs if not name.startswith(("key_proj.", "key_encoder.layer3."))
    }
    assert len(seen) == 3  # the first frame is only remembered
    low, high = ranges["decoder.pred"]
    assert low == 0
    assert 0.5 * max(float(each.max()) for each in seen) < high <= max(float(each.max()) for each in seen)
    shares = [float((each > high).float().mean()) for each in seen]
    assert max(shares) <= 1e-4
    assert len(layer._forward_pre_hooks) == 1  # ours


def test_they_are_written_beside_the_weights(data: Path, tmp_path: Path, capsys) -> None:
    weights = tmp_path / "net.safetensors"
    shutil.copy(LIGHT_WEIGHTS, weights)
    assert main(["--data", str(data), "--weights", str(weights), "--frames", "2"]) == 0
    assert "54 layers, from 1 sequences; wrote" in capsys.readouterr().out
    assert len(read_ranges(weights)) == 54


@pytest.mark.parametrize("option", ["--data", "--weights"])
def test_what_is_missing_is_one_line(option: str, data: Path, tmp_path: Path, capsys) -> None:
    nowhere = str(tmp_path / "nowhere")
    options = {"--data": str(data), "--weights": str(LIGHT_WEIGHTS), option: nowhere}
    assert main([word for pair in options.items() for word in pair]) == 2
    assert capsys.readouterr().err.startswith("error: ")
