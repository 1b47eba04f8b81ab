"""XMem run the plain way, as something to be faster than: nothing is shared, folded, split or kept."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from tracker.modeling.canvas import Canvas
from tracker.modeling.fusion import FeatureFusion, FrameObjectConv
from tracker.modeling.xmem import XMem
from tracker.xmem_config import XMemConfig


class PlainXMem:
    """One object, the published steps written down one after the other."""

    def __init__(self, network: XMem, config: XMemConfig, size: tuple[int, int]) -> None:
        self._network = network
        self._config = config
        self._canvas = Canvas.fit(size, config.short_side(size))
        self._keys: list[Tensor] = []  # (CK, h * w)
        self._shrinkages: list[Tensor] = []  # (1, h * w)
        self._values: list[Tensor] = []  # (CV, h * w)
        self._sensory = torch.zeros(1, network.config.hidden_width, *self._canvas.grid)
        self._since_write = 0

    @torch.no_grad()
    def remember(self, image: NDArray[np.uint8], label_map: NDArray[np.uint8]) -> None:
        """Write the first frame."""
        frame = self._place(image)
        f16, _, _ = self._network.key_encoder(frame)
        key, shrinkage, _ = self._network.key_proj(f16)
        mask = self._canvas.place_masks(label_map, (1,), torch.device("cpu")).contiguous()
        self._write(frame, f16, key, shrinkage, mask.unsqueeze(0))

    @torch.no_grad()
    def step(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The label map of the next frame."""
        self._since_write += 1
        is_memory_frame = self._since_write >= self._config.mem_every
        network, decoder = self._network, self._network.decoder
        frame = self._place(image)
        f16, f8, f4 = network.key_encoder(frame)
        key, shrinkage, selection = network.key_proj(f16)

        readout = self._read(key, selection).view(1, -1, *self._canvas.grid)  # (1, CV, h, w)
        g16 = fuse(decoder.fuser, f16, torch.cat((readout, self._sensory), dim=1))
        g8 = decoder.up_16_8(decoder.up_16_8.skip_conv(f8).unsqueeze(1), g16.unsqueeze(1))[:, 0]
        g4 = decoder.up_8_4(decoder.up_8_4.skip_conv(f4).unsqueeze(1), g8.unsqueeze(1))[:, 0]
        logits = decoder.pred(F.relu(g4))
        if not is_memory_frame and decoder.hidden_update is not None:
            self._sensory = decoder.hidden_update(g16, g8, g4, logits, self._sensory)
        logits = F.interpolate(logits, scale_factor=4, mode="bilinear", align_corners=False)
        mask = torch.sigmoid(logits)  # (1, 1, H, W)
        odds = torch.logit(torch.cat((1 - mask, mask), dim=1).clamp(1e-7, 1 - 1e-7))
        probabilities = torch.softmax(odds, dim=1)  # (1, 2, H, W)
        if is_memory_frame:
            self._write(frame, f16, key, shrinkage, probabilities[:, 1:])
        return self._canvas.restore(probabilities[0]).argmax(dim=0).byte().numpy()

    def fill(self, key: Tensor, shrinkage: Tensor, value: Tensor) -> None:
        """Put a frame into memory as it is."""
        self._keys.append(key.flatten(1))
        self._shrinkages.append(shrinkage.flatten(1))
        self._values.append(value.flatten(1))

    def _place(self, image: NDArray[np.uint8]) -> Tensor:
        return self._canvas.place_image(image, torch.device("cpu")).contiguous()

    def _read(self, query: Tensor, selection: Tensor) -> Tensor:
        key, shrinkage = torch.cat(self._keys, 1), torch.cat(self._shrinkages, 1)  # (CK, N), (1, N)
        query, selection = query[0].flatten(1), selection[0].flatten(1)  # (CK, Q)
        squares = key.square().T @ selection  # (N, Q)
        products = 2 * (key.T @ (query * selection))
        similarity = products - squares - (selection * query.square()).sum(0, keepdim=True)
        similarity = similarity * shrinkage.T / math.sqrt(len(key))
        strongest = similarity.topk(self._config.memory.top_k or len(similarity), dim=0)
        affinity = torch.zeros_like(similarity).scatter_(0, strongest.indices, strongest.values.softmax(0))
        return torch.cat(self._values, 1) @ affinity  # (CV, Q)

    def _write(self, frame: Tensor, f16: Tensor, key: Tensor, shrinkage: Tensor, mask: Tensor) -> None:
        encoder = self._network.value_encoder
        x = torch.cat((frame, mask, torch.zeros_like(mask)), dim=1)  # (1, 5, H, W)
        x = F.max_pool2d(F.relu(encoder.bn1(encoder.conv1(x))), 3, stride=2, padding=1)
        x = encoder.layer3(encoder.layer2(encoder.layer1(x)))
        value = fuse(encoder.fuser, f16, x)  # (1, CV, h, w)
        self._sensory = encoder.deep_update(value.unsqueeze(1), self._sensory.unsqueeze(1))[:, 0]
        self.fill(key[0], shrinkage[0], value[0])
        self._since_write = 0


def fuse(fusion: FeatureFusion, frame: Tensor, objects: Tensor) -> Tensor:
    """The fusion of one object's features (1, C, h, w) with the frame's, side by side in one tensor."""

    def conv(layer: FrameObjectConv, x: Tensor) -> Tensor:
        return F.conv2d(x, layer.weight, layer.bias, padding=1)

    both = torch.cat((frame, objects), dim=1)
    y = fusion.block1.conv2(F.relu(conv(fusion.block1.conv1, F.relu(both))))
    y = y + conv(fusion.block1.downsample, both)
    fused: Tensor = fusion.block2(y + fusion.attention(y))
    return fused
