"""From evidence to the probability that a mask can be trusted: logistic models fitted beforehand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FILE = "calibration.json"


@dataclass(frozen=True, eq=False)
class Logistic:
    """p = 1 / (1 + exp(-(bias + sum_i weight_i (x_i - mean_i) / scale_i))).

    Attributes:
        names: of the S inputs.
        mean: (S,) of the inputs it was fitted on.
        scale: (S,) likewise, their standard deviations.
        weights: (S,).
        bias: log-odds at the mean.
    """

    names: tuple[str, ...]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float

    def __call__(self, values: NDArray[np.float64]) -> float:
        """The probability for one row of inputs (S,), 0 to 1."""
        return float(1 / (1 + np.exp(-(self.bias + self._contributions(values).sum()))))

    def main_objection(self, values: NDArray[np.float64]) -> str:
        """Name of the input that lowers the probability most."""
        return self.names[int(self._contributions(values).argmin())]

    def _contributions(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(self.weights * (values - self.mean) / self.scale, np.float64)

    def to_json(self) -> dict[str, Any]:
        """Plain values, by input."""
        rows = zip(self.names, self.mean, self.scale, self.weights, strict=True)
        inputs = {name: [round(float(n), 5) for n in numbers] for name, *numbers in rows}
        return {"bias": round(self.bias, 5), "inputs": inputs}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Logistic":
        """What ``to_json`` gave."""
        mean, scale, weights = np.array(list(fields["inputs"].values()), np.float64).T  # (S,) each
        return cls(tuple(fields["inputs"]), mean, scale, weights, float(fields["bias"]))


@dataclass(frozen=True)
class Calibration:
    """The models behind every confidence in the product; fitted by ``benchmarks/fit_confidence.py``.

    Attributes:
        seen: that a propagated mask overlaps the truth by an IoU of at least 0.7, from ``Signals``.
        checked: the same, when the segmenter was asked too: ``Signals`` and what it answered.
    """

    seen: Logistic
    checked: Logistic


@lru_cache(maxsize=1)
def load_calibration() -> Calibration:
    """The one that comes with the package."""
    fields = json.loads(files("track_anything.drift").joinpath(_FILE).read_text("utf-8"))
    return Calibration(**{name: Logistic.from_json(fields[name]) for name in ("seen", "checked")})
