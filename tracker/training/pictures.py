"""Pictures of a run: its loss curve, and clips with what is predicted on them."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import PIL.Image
from torch import Tensor

from tracker.training.clips import ClipBatch

_SIZE = 9.0, 3.2  # inches
_FAINT, _LINE = "#d8d8d8", "#1f5fa8"
_COLOURS = np.array([(0, 0, 0), (220, 60, 50), (60, 170, 230), (240, 200, 60), (90, 200, 90)], np.float32)


def save_curve(path: Path, losses: Sequence[float]) -> None:
    """Draw the loss per iteration, and its running mean, into a PNG file; none without matplotlib."""
    if find_spec("matplotlib") is None:
        return
    from matplotlib.figure import Figure

    window = max(1, len(losses) // 50)
    means = np.convolve(losses, np.ones(window) / window, "valid")
    figure = Figure(_SIZE, layout="constrained")
    axes = figure.subplots()
    axes.plot(losses, color=_FAINT, label="loss")
    axes.plot(range(window - 1, len(losses)), means, color=_LINE, label=f"mean of {window}")
    axes.set_ylim(0, max(float(np.quantile(losses, 0.99)), 1e-6) * 1.1)
    axes.set_xlabel("iteration")
    axes.legend(frameon=False)
    figure.savefig(path)


def save_sheet(path: Path, batch: ClipBatch, probabilities: Tensor) -> None:
    """Draw clips into a PNG file: per clip a row with the true masks and one with the predicted ones.

    Args:
        path: of the file.
        batch: the clips.
        probabilities: (B, T - 1, K + 1, S, S) of all frames but the first.
    """
    found = batch.labels.clone()  # (B, T, S, S)
    found[:, 1:] = probabilities.argmax(dim=2)
    rows = [
        np.hstack([_painted(frame, label_map) for frame, label_map in zip(frames, labels, strict=True)])
        for frames, *both in zip(batch.frames, batch.labels, found, strict=True)
        for labels in both
    ]
    PIL.Image.fromarray(np.vstack(rows)).save(path)


def _painted(frame: Tensor, labels: Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """(S, S, 3) uint8: a frame with its objects tinted."""
    picture = frame.permute(1, 2, 0).cpu().numpy() * 255
    channels = labels.cpu().numpy()
    tint = _COLOURS[np.where(channels > 0, 1 + (channels - 1) % (len(_COLOURS) - 1), 0)]
    blended = np.where(channels[..., None] > 0, 0.5 * picture + 0.5 * tint, picture)
    return np.asarray(blended.clip(0, 255), np.uint8)
