"""Pictures of a run: its loss curve, and clips with what is predicted on them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
from torch import Tensor

from tracker.training.clips import ClipBatch

_WIDTH, _HEIGHT, _MARGIN = 900, 320, 50
_INK, _FAINT, _LINE = "#303030", "#d8d8d8", "#1f5fa8"
_TICKS = 4
_COLOURS = np.array([(0, 0, 0), (220, 60, 50), (60, 170, 230), (240, 200, 60), (90, 200, 90)], np.float32)


def save_curve(path: Path, losses: Sequence[float]) -> None:
    """Draw the loss per iteration, and its running mean, into a PNG file."""
    image = PIL.Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    draw = PIL.ImageDraw.Draw(image)
    font = PIL.ImageFont.load_default(13)
    ceiling = max(float(np.quantile(losses, 0.99)), 1e-6) * 1.1
    count = len(losses)

    def place(iteration: float, loss: float) -> tuple[float, float]:
        across = (_WIDTH - 2 * _MARGIN) * iteration / max(1, count - 1)
        up = (_HEIGHT - 2 * _MARGIN) * min(loss, ceiling) / ceiling
        return _MARGIN + across, _HEIGHT - _MARGIN - up

    for tick in range(_TICKS + 1):
        loss, iteration = ceiling * tick / _TICKS, (count - 1) * tick / _TICKS
        draw.line((place(0, loss), place(count - 1, loss)), fill=_FAINT)
        x, y = place(0, loss)
        draw.text((x - 6, y), f"{loss:.2f}", fill=_INK, font=font, anchor="rm")
        x, y = place(iteration, 0)
        draw.text((x, y + 6), f"{iteration:,.0f}", fill=_INK, font=font, anchor="ma")
    draw.text((_MARGIN, 16), "loss per iteration, and its running mean", fill=_INK, font=font)
    draw.line([place(index, loss) for index, loss in enumerate(losses)], fill=_FAINT)
    window = max(1, count // 50)
    means = np.convolve(losses, np.ones(window) / window, "valid")
    draw.line([place(index + window - 1, loss) for index, loss in enumerate(means)], fill=_LINE, width=2)
    image.save(path)


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
