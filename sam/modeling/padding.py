"""Spares the convolutions the padding of the canvas: three eighths of it for a 16:9 frame."""

import torch
from torch import Tensor, nn

_STRIDE = 8  # canvas pixels per position that the convolutions make
_MARGIN = 32  # zeros left at either end of the padding: a multiple of the stride and twice what they see


def skippable(canvas: Tensor) -> tuple[int, int]:
    """Which axis of (B, 3, H, W) ends in padding, and how many of its lines need not be convolved."""
    axis, empty = max(((axis, _count_empty(canvas, axis)) for axis in (2, 3)), key=lambda pair: pair[1])
    return axis, max(0, (empty - 2 * _MARGIN) // _STRIDE * _STRIDE)


def skip_padding(convolutions: nn.Module, canvas: Tensor, padding: tuple[int, int]) -> Tensor:
    """Convolve a canvas without the inside of its padding, whose result is one line repeated.

    Exact: far enough from the image and from the border, zeros give the same output line after line.

    Args:
        convolutions: map (B, 3, H, W) to (B, C, H / 8, W / 8) and see at most 16 pixels beyond a position.
        canvas: (B, 3, H, W), zero where it is padding.
        padding: what ``skippable`` says of it.

    Returns:
        (B, C, H / 8, W / 8).
    """
    axis, cut = padding
    if not cut:
        x: Tensor = convolutions(canvas)
        return x
    seam = canvas.shape[axis] - _MARGIN - cut
    border = canvas.narrow(axis, seam + cut, _MARGIN)
    shortened = convolutions(torch.cat((canvas.narrow(axis, 0, seam), border), axis))
    before, after = shortened.tensor_split([seam // _STRIDE], axis)
    last = before.narrow(axis, before.shape[axis] - 1, 1)  # -1 would be lost on the way to OpenVINO
    inside = last.repeat_interleave(cut // _STRIDE, axis)
    return torch.cat((before, inside, after), axis)


def _count_empty(canvas: Tensor, axis: int) -> int:
    """Lines of zeros at the end of an axis of (B, 3, H, W)."""
    used = (canvas != 0).transpose(0, axis).flatten(1).any(1).nonzero()  # (lines that are not zero, 1)
    return canvas.shape[axis] - (int(used[-1]) + 1 if len(used) else 0)
