"""auto takes bfloat16 where it was measured to be faster, and measures once."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from track_anything.errors import InputError
from track_anything.models import precision
from track_anything.models.precision import PRECISIONS, resolve_precision
from track_anything.models.weights import CACHE_VARIABLE


@pytest.fixture
def gains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """What the next measurements find; each takes the first. The cache is empty and the processor able."""
    import torch

    found: list[float] = []
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(precision, "_gain", lambda: found.pop(0))
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: True)
    precision._is_bfloat16_fast.cache_clear()
    yield found
    precision._is_bfloat16_fast.cache_clear()


@pytest.mark.parametrize(("gain", "expected"), [(2.0, "bfloat16"), (1.31, "bfloat16"), (1.1, "float32")])
def test_auto_takes_what_is_faster(gains: list[float], gain: float, expected: str) -> None:
    gains.append(gain)
    assert resolve_precision("auto") == expected
    assert resolve_precision("auto") == expected  # nothing is left to measure


def test_another_process_does_not_measure_again(gains: list[float], tmp_path: Path) -> None:
    gains.append(2.0)
    resolve_precision("auto")
    precision._is_bfloat16_fast.cache_clear()
    assert resolve_precision("auto") == "bfloat16"
    assert list(json.loads((tmp_path / "cache" / "processor.json").read_text()).values()) == [2.0]


def test_a_limit_on_instructions_is_another_processor(
    gains: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    gains += [2.0, 0.9]
    assert resolve_precision("auto") == "bfloat16"
    precision._is_bfloat16_fast.cache_clear()
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2")
    assert resolve_precision("auto") == "float32"


@pytest.mark.parametrize("content", ["", "[1]", "{nonsense", '{"other": 3}'])
def test_a_broken_note_is_measured_anew(gains: list[float], tmp_path: Path, content: str) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "processor.json").write_text(content)
    gains.append(2.0)
    assert resolve_precision("auto") == "bfloat16"


def test_a_cache_that_cannot_be_written_does_not_matter(
    gains: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file"))
    gains.append(1.0)
    assert resolve_precision("auto") == "float32"


def test_what_is_asked_for_is_taken_and_a_gpu_computes_in_float32() -> None:
    assert [resolve_precision(name) for name in PRECISIONS[1:]] == ["float32", "bfloat16", "int8"]
    assert resolve_precision("auto", "cuda") == "float32"
    with pytest.raises(
        InputError, match="unknown precision 'int3'; choose one of auto, float32, bfloat16, int8"
    ):
        resolve_precision("int3")
    for device in ("cuda", "openvino:GPU"):
        with pytest.raises(InputError, match="int8 is computed by the processor alone: choose --device cpu"):
            resolve_precision("int8", device)


def test_the_measurement_finds_a_ratio() -> None:
    assert 0 < precision._gain() < 100
