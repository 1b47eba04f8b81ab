"""Fusing what belongs to the frame with what belongs to each object; the frame's part is done once."""

from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn

from tracker.modeling.cbam import CBAM
from tracker.modeling.groups import merged, parted
from tracker.modeling.residual import GroupResidual


class FrameObjectConv(nn.Conv2d):
    """A 3x3 convolution over frame features beside object features that never lays them side by side.

    A convolution is linear: ``W * [frame, object] = W_frame * frame + W_object * object``, and the first
    term is the same for every object. The parameters are those of the convolution over both.
    """

    def __init__(self, frame_width: int, object_width: int, out_width: int) -> None:
        super().__init__(frame_width + object_width, out_width, 3, padding=1)
        self.frame_width = frame_width

    def frame_term(self, frame: Tensor) -> Tensor:
        """(B, frame_width, h, w) -> (B, out_width, h, w), bias included."""
        return F.conv2d(frame, self.weight[:, : self.frame_width], self.bias, padding=1)

    def object_term(self, objects: Tensor) -> Tensor:
        """(B * K, object_width, h, w) -> (B * K, out_width, h, w)."""
        return F.conv2d(objects, self.weight[:, self.frame_width :], padding=1)


@dataclass(frozen=True, eq=False)
class FrameTerms:
    """What a fusion knows of the frame before it sees an object, (B, 1, C, h, w) each."""

    conv1: Tensor
    downsample: Tensor


class FrameObjectResidual(nn.Module):
    """``GroupResidual`` over frame features beside object features."""

    def __init__(self, frame_width: int, object_width: int, out_width: int) -> None:
        super().__init__()
        self.conv1 = FrameObjectConv(frame_width, object_width, out_width)
        self.conv2 = nn.Conv2d(out_width, out_width, 3, padding=1)
        self.downsample = FrameObjectConv(frame_width, object_width, out_width)

    def frame_terms(self, frame: Tensor) -> FrameTerms:
        """The terms shared by all objects of (B, frame_width, h, w), which must not be negative."""
        # The activation in front of conv1 leaves features that come out of a ReLU as they are.
        return FrameTerms(
            conv1=self.conv1.frame_term(frame).unsqueeze(1),
            downsample=self.downsample.frame_term(frame).unsqueeze(1),
        )

    def forward(self, terms: FrameTerms, objects: Tensor) -> Tensor:
        """(B, K, object_width, h, w) -> (B, K, out_width, h, w)."""
        flat = merged(objects)  # (B * K, object_width, h, w)
        y = parted(self.conv1.object_term(F.relu(flat)), objects)
        y += terms.conv1  # in place, so that the layout in memory stays what the convolution chose
        y = parted(self.conv2(F.relu(merged(y), inplace=True)), objects)
        y += parted(self.downsample.object_term(flat), objects)
        y += terms.downsample
        return y


class FeatureFusion(nn.Module):
    """Residual block, attention, residual block (XMem, section 3.5)."""

    def __init__(self, frame_width: int, object_width: int, out_width: int) -> None:
        super().__init__()
        self.block1 = FrameObjectResidual(frame_width, object_width, out_width)
        self.attention = CBAM(out_width)
        self.block2 = GroupResidual(out_width, out_width)

    def frame_terms(self, frame: Tensor) -> FrameTerms:
        """The terms shared by all objects of (B, frame_width, h, w), which must not be negative."""
        return self.block1.frame_terms(frame)

    def forward(self, terms: FrameTerms, objects: Tensor) -> Tensor:
        """(B, K, object_width, h, w) -> (B, K, out_width, h, w)."""
        flat = merged(self.block1(terms, objects))  # (B * K, out_width, h, w)
        return parted(self.block2(flat + self.attention(flat)), objects)
