"""Graphs are made once, or once per size, kept in the cache folder, and never trusted when damaged."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
import torch
from torch import Tensor, nn

from track_anything.errors import DeviceError
from track_anything.models.engine import is_installed

if not is_installed():  # asked without importing it, which would load its telemetry
    pytest.skip("OpenVINO is not installed: pip install 'track-anything[openvino]'", allow_module_level=True)

from track_anything.models.compiled import module as compiled_module
from track_anything.models.compiled.module import CompiledModule


class Blur(nn.Module):
    """A convolution with weights of ones and a sum over everything: two answers."""

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 3, padding=1, bias=False).requires_grad_(False)
        self.conv.weight.fill_(scale)

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        return self.conv(picture), picture.sum(dim=(2, 3))


@pytest.fixture
def graphs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRACK_ANYTHING_CACHE", str(tmp_path))
    return tmp_path / "openvino"


def names(graphs: Path) -> list[str]:
    return sorted(path.name for path in graphs.iterdir())


def test_every_size_has_a_graph_that_is_kept(graphs: Path) -> None:
    blur = CompiledModule(Blur(), "blur")
    for size in ((4, 5), (6, 3)):
        blurred, total = blur(torch.ones(1, 1, *size))
        assert blurred[0, 0, 1, 1] == 9
        assert total.item() == size[0] * size[1]
        blur(torch.zeros(1, 1, *size))
        assert blurred[0, 0, 1, 1] == 9  # the answer is the caller's
    assert len(names(graphs)) == 2
    again = CompiledModule(Blur(), "blur")
    assert again(torch.ones(1, 1, 4, 5))[1].item() == 20
    assert len(names(graphs)) == 2


def test_free_lengths_have_one_graph_that_is_kept(graphs: Path) -> None:
    free_axes = ((2, -1),)
    for blur in (CompiledModule(Blur(), "blur", free_axes=free_axes) for _ in range(2)):
        for size in ((4, 5), (6, 3), (40, 50), (1, 1), (4, 5)):
            picture = torch.rand(1, 1, *size)
            blurred, total = blur(picture)
            torch.testing.assert_close(blurred, Blur()(picture)[0])
            torch.testing.assert_close(total, picture.sum(dim=(2, 3)))
    assert len(names(graphs)) == 1


def test_devices_but_the_processor_get_a_graph_per_size(
    graphs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_module, "_CPU", "another")
    blur = CompiledModule(Blur(), "blur", unit="CPU", free_axes=((2, 3),))
    assert [blur(torch.ones(1, 1, size, size))[1].item() for size in (4, 5)] == [16, 25]
    assert len(names(graphs)) == 2


def test_other_weights_and_another_precision_have_other_graphs(graphs: Path) -> None:
    for scale, precision in ((1.0, "float32"), (2.0, "float32"), (2.0, "bfloat16")):
        blurred, _ = CompiledModule(Blur(scale), "blur", precision=precision)(torch.ones(1, 1, 4, 4))
        assert blurred[0, 0, 1, 1] == 9 * scale
    assert len(names(graphs)) == 3


def test_a_damaged_graph_is_made_anew(graphs: Path) -> None:
    CompiledModule(Blur(), "blur")(torch.ones(1, 1, 4, 4))
    (kept,) = graphs.iterdir()
    kept.write_bytes(b"nonsense" * 100)
    assert CompiledModule(Blur(), "blur")(torch.ones(1, 1, 4, 4))[1].item() == 16
    assert len(kept.read_bytes()) > 800


def test_a_cache_that_cannot_be_written_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TRACK_ANYTHING_CACHE", str(tmp_path / "file"))
    assert CompiledModule(Blur(), "blur")(torch.ones(1, 1, 4, 4))[1].item() == 16


def test_the_graph_not_used_for_longest_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_module, "_MOST_KEPT", 2)
    for age, name in enumerate("abc"):
        place = tmp_path / f"{name}.blob"
        place.write_bytes(b"older")
        os.utime(place, (100 + age, 100 + age))
    compiled_module._keep(tmp_path / "d.blob", memoryview(b"new"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.blob", "d.blob"]


def test_threads_take_turns(graphs: Path) -> None:
    blur = CompiledModule(Blur(), "blur")
    found: list[float] = []

    def ask(size: int) -> None:
        found.extend(blur(torch.ones(1, 1, size, size))[1].item() for _ in range(5))

    threads = [Thread(target=ask, args=(size,)) for size in (4, 5, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [16.0] * 10 + [25.0] * 5


def test_a_device_that_cannot_run_it_is_told_in_one_line(graphs: Path) -> None:
    blur = CompiledModule(Blur(), "blur", unit="HETERO:NONE", is_kept=False)
    with pytest.raises(DeviceError, match=r"^OpenVINO cannot run the blur on HETERO:NONE .*--engine torch$"):
        blur(torch.ones(1, 1, 4, 4))


def test_telemetry_is_never_imported() -> None:
    told = (
        "import sys; from track_anything.models.compiled.core import openvino; openvino(); "
        "print('openvino' in sys.modules, 'openvino_telemetry' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]
