"""Names of devices, engines and precisions become how networks run, or one line that says why not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from track_anything.errors import DeviceError, InputError
from track_anything.models import engine, precision, runtime
from track_anything.models.engine import ENGINES, resolve_engine
from track_anything.models.runtime import Runtime, resolve_runtime
from track_anything.models.weights import CACHE_VARIABLE


@pytest.fixture
def gains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """What the next measurements of OpenVINO find; each takes the first. It counts as installed."""
    found: list[float] = []
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(engine, "_gain", lambda precision: found.pop(0))
    monkeypatch.setattr(engine, "is_installed", lambda: True)
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    monkeypatch.setattr("track_anything.models.compiled.core.openvino_version", lambda: "1")
    engine._is_faster.cache_clear()
    yield found
    engine._is_faster.cache_clear()


@pytest.mark.parametrize(("gain", "expected"), [(1.5, "openvino"), (1.11, "openvino"), (1.05, "torch")])
def test_auto_takes_what_is_faster_and_tries_once(gains: list[float], gain: float, expected: str) -> None:
    gains.append(gain)
    assert resolve_engine("auto", "cpu", "float32") == expected
    engine._is_faster.cache_clear()
    assert resolve_engine("auto", "cpu", "float32") == expected  # as the note says


@pytest.mark.parametrize(("gain", "expected"), [(1.2, True), (1.0, False)])
def test_products_are_spared_where_that_is_faster_in_float32(
    gains: list[float], gain: float, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    gains.append(gain)
    monkeypatch.setattr(engine, "_winograd_gain", gains.pop)
    engine.is_winograd_faster.cache_clear()
    assert Runtime(engine="openvino").spares_products is expected
    engine.is_winograd_faster.cache_clear()
    assert Runtime().spares_products is expected  # as the note says
    engine.is_winograd_faster.cache_clear()
    for other in (Runtime(precision="bfloat16"), Runtime("cuda"), Runtime(unit="GPU")):
        assert not other.spares_products


def test_each_precision_is_tried(gains: list[float]) -> None:
    gains += [0.9, 2.0]
    assert resolve_engine("auto", "cpu", "float32") == "torch"
    assert resolve_engine("auto", "cpu", "bfloat16") == "openvino"


def test_auto_never_takes_what_misses_the_gate(gains: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "WITHIN_GATE", ("float32",))
    gains.append(9.0)
    assert resolve_engine("auto", "cpu", "bfloat16") == "torch"
    assert resolve_engine("auto", "cpu", "float32") == "openvino"


def test_under_a_limit_on_instructions_auto_takes_torch(
    gains: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    gains.append(9.0)
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2")
    assert resolve_engine("auto", "cpu", "float32") == "torch"
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA")
    assert resolve_engine("auto", "cpu", "float32") == "openvino"


def test_without_openvino_torch_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "is_installed", lambda: False)
    assert resolve_engine("auto", "cpu", "float32") == "torch"
    for device, name in (("cpu", "openvino"), ("openvino:GPU", "auto")):
        with pytest.raises(InputError, match=r"pip install 'track-anything\[openvino\]'"):
            resolve_runtime(device, name)


def test_names_that_do_not_go_together() -> None:
    assert ENGINES == ("auto", "torch", "openvino")
    assert resolve_engine("auto", "cuda", "float32") == "torch"
    with pytest.raises(InputError, match="unknown engine 'tvm'; choose one of auto, torch, openvino"):
        resolve_runtime("cpu", "tvm")
    with pytest.raises(InputError, match="torch does not drive openvino:GPU: leave out --engine"):
        resolve_runtime("openvino:GPU", "torch")
    with pytest.raises(InputError, match="unknown device 'tpu'; choose one of auto, cpu, cuda, mps"):
        resolve_runtime("tpu")


def test_openvino_drives_no_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "is_installed", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    with pytest.raises(InputError, match="--engine torch or --device cpu"):
        resolve_runtime("cuda", "openvino")


def test_a_device_of_openvino_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "is_installed", lambda: True)
    monkeypatch.setattr("track_anything.models.compiled.core.units", lambda: ["CPU", "GPU"])
    assert resolve_runtime("openvino:gpu") == Runtime("cpu", "openvino", "float32", "GPU")
    assert resolve_runtime("openvino:GPU").engine_name == "openvino:GPU"
    assert resolve_runtime("openvino:CPU", precision="float32").engine_name == "openvino"
    with pytest.raises(DeviceError, match="OpenVINO finds no NPU here, only CPU, GPU: choose --device cpu"):
        resolve_runtime("openvino:NPU")


def test_the_trials_find_ratios() -> None:
    if not engine.is_installed():
        pytest.skip("OpenVINO is not installed: pip install 'track-anything[openvino]'")
    assert 0 < engine._gain("float32") < 100
    assert 0 < engine._int8_gain("float32") < 100


@pytest.fixture
def int8_gains(gains: list[float], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """What the next trials of int8 find; OpenVINO is faster anyway, and bfloat16 is not."""
    found: list[float] = []
    gains.append(2.0)
    monkeypatch.setattr(precision, "_is_bfloat16_fast", lambda: False)
    monkeypatch.setattr(engine, "_int8_gain", lambda against: found.pop(0))
    engine.is_int8_faster.cache_clear()
    yield found
    engine.is_int8_faster.cache_clear()


@pytest.mark.parametrize(("gain", "expected"), [(1.31, "int8"), (1.29, "float32")])
def test_auto_takes_int8_where_that_is_faster(int8_gains: list[float], gain: float, expected: str) -> None:
    int8_gains.append(gain)
    for _ in range(2):  # tried once
        assert resolve_runtime("cpu") == Runtime("cpu", "openvino", expected)


@pytest.mark.parametrize(("gain", "expected"), [(1.71, "int8"), (1.44, "bfloat16")])
def test_where_bfloat16_is_fast_int8_has_to_gain_more(
    int8_gains: list[float], gain: float, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "_is_bfloat16_fast", lambda: True)
    int8_gains.append(gain)
    assert resolve_runtime("cpu") == Runtime("cpu", "openvino", expected)


def test_int8_is_for_what_it_was_fitted_to(int8_gains: list[float]) -> None:
    int8_gains.append(9.0)
    assert resolve_runtime("cpu", has_int8=False).precision == "float32"
    assert resolve_runtime("cpu", "openvino", "float32").precision == "float32"
    assert resolve_runtime("cpu", "torch").precision == "float32"
    assert resolve_runtime("cpu", "auto", "int8") == Runtime("cpu", "openvino", "int8")
    with pytest.raises(InputError, match="no int8 was fitted to this tracker and its weights: choose --pre"):
        resolve_runtime("cpu", "auto", "int8", has_int8=False)
    with pytest.raises(InputError, match="torch does not compute in int8: leave out --engine"):
        resolve_runtime("cpu", "torch", "int8")


def test_auto_takes_no_int8_that_misses_the_gate(
    int8_gains: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "WITHIN_GATE", ("float32", "bfloat16"))
    int8_gains.append(9.0)
    assert not engine.is_int8_faster("bfloat16")


def test_auto_takes_int8_with_weights_of_half_the_steps_too(
    int8_gains: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("track_anything.models.compiled.weight_limit.weight_limit", lambda: 63)
    int8_gains.append(9.0)
    assert resolve_runtime("cpu").precision == "int8"


def test_what_stays_with_torch_is_in_a_precision_of_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "resolve_precision", lambda name, device: f"{name} on {device}")
    assert Runtime("cpu", "openvino", "int8").rest_precision == "auto on cpu"
    assert Runtime("cpu", "openvino", "float32").rest_precision == "float32"
