"""A memory network on a segmenter's features, whose mask decoder draws what is read from memory.

What is read conditions the embedding. The memory is XMem's (Cheng and Schwing, ECCV 2022), the decoder
Segment Anything's (Kirillov et al., ICCV 2023, appendix A); that a frozen image encoder carries a tracker is
shown by SAM-I2V (Mei et al., CVPR 2025).
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sam.modeling.common import EMBEDDING_DIM, Perceptron, learned_tokens
from sam.modeling.mask_decoder import MaskDecoder
from sam.modeling.prompt_encoder import FourierPositions
from tracker.modeling.detail import DETAIL_WIDTHS, DetailHead, DetailStem
from tracker.modeling.fusion import FrameObjectResidual, FrameTerms
from tracker.modeling.groups import merged, parted
from tracker.modeling.key_projection import KeyProjection
from tracker.modeling.mask_encoder import MaskEncoder
from tracker.modeling.residual import GroupResidual
from tracker.modeling.sensory import SensoryDeepUpdate, TokenSensoryUpdate

_MASK = slice(0, 1)  # the decoder's answer to a prompt that is not ambiguous


@dataclass(frozen=True)
class SamMemoryConfig:
    """The sizes of the network.

    Attributes:
        key_width: CK, channels of keys and selection; 63 make an expanded query of 127.
        value_width: CV, channels of values and of the readout.
        hidden_width: CH, channels of the sensory memory.
        fused_width: channels in which readout and embedding are fused.
    """

    key_width: int = 63
    value_width: int = 128
    hidden_width: int = 32
    fused_width: int = 192


@dataclass(frozen=True, eq=False)
class SamFrame:
    """What the network sees of frames.

    Attributes:
        embedding: (B, 256, h, w) the segmenter's, without the padding of its canvas.
        picture: (B, 3, 8h, 8w) the frame itself, normalised, for what a cell of 16 pixels cannot tell.
    """

    embedding: Tensor
    picture: Tensor


@dataclass(frozen=True, eq=False)
class SamFrameFeatures:
    """What the network knows of a frame without its masks.

    Attributes:
        key: (B, CK, h, w).
        shrinkage: (B, 1, h, w), at least 1.
        selection: (B, CK, h, w), in (0, 1).
        f16: (B, 256, h, w), the embedding.
        f4: (B, 32, 4h, 4w).
        f2: (B, 16, 8h, 8w).
    """

    key: Tensor
    shrinkage: Tensor
    selection: Tensor
    f16: Tensor
    f4: Tensor
    f2: Tensor


@dataclass(frozen=True, eq=False)
class Decoded:
    """What was drawn of all objects of a frame.

    Attributes:
        logits: (B, K, 8h, 8w), one object against everything else.
        presence: (B, K) logit of the object being in the frame.
        iou: (B, K) the IoU that the mask is expected to have.
        sensory: (B, K, CH, h, w), moved on.
    """

    logits: Tensor
    presence: Tensor
    iou: Tensor
    sensory: Tensor


class SamMemory(nn.Module):
    """Segments frames of which the embedding is known, from what is read from memory.

    The network alone: it holds weights and no memory.

    Attributes:
        engine: what computes it.
    """

    engine = "torch"

    def __init__(self, config: SamMemoryConfig | None = None) -> None:
        super().__init__()
        self.config = config or SamMemoryConfig()
        values, hidden, fused = self.config.value_width, self.config.hidden_width, self.config.fused_width
        self.key_proj = KeyProjection(EMBEDDING_DIM, self.config.key_width)
        self.detail_stem = DetailStem()
        self.mask_encoder = MaskEncoder(EMBEDDING_DIM, values)
        self.deep_update = SensoryDeepUpdate(values, hidden)
        self.fusion = FrameObjectResidual(EMBEDDING_DIM, values + hidden, fused)
        self.fusion_block = GroupResidual(fused, fused)
        self.to_embedding = nn.Conv2d(fused, EMBEDDING_DIM, 1)
        nn.init.zeros_(self.to_embedding.weight)  # so that training begins with the segmenter as it is
        self.positions = FourierPositions()
        self.memory_token = learned_tokens(1)
        self.mask_decoder = MaskDecoder()
        self.presence_head = Perceptron(EMBEDDING_DIM, EMBEDDING_DIM // 4, 1)
        self.detail_head = DetailHead()
        self.sensory_update = TokenSensoryUpdate(fused, DETAIL_WIDTHS[0], hidden)

    def encode_key(self, frame: SamFrame) -> SamFrameFeatures:
        """What memory is addressed by, and the details of frames."""
        key, shrinkage, selection = self.key_proj(frame.embedding)
        f4, f2 = self.details(frame.picture)
        return SamFrameFeatures(key, shrinkage, selection, frame.embedding, f4, f2)

    def details(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """What cells of 16 pixels cannot tell: (B, 3, 8h, 8w) -> (B, 32, 4h, 4w) and (B, 16, 8h, 8w)."""
        f4, f2 = self.detail_stem(picture)
        return f4, f2

    def encode_value(
        self, f16: Tensor, masks: Tensor, sensory: Tensor, *, deep_update: bool
    ) -> tuple[Tensor, Tensor]:
        """Encode the masks of all objects of a frame.

        Args:
            f16: (B, 256, h, w) the embedding.
            masks: (B, K, H, W) probabilities in [0, 1] at any multiple of (4h, 4w).
            sensory: (B, K, CH, h, w).
            deep_update: whether the values are folded into the sensory memory.

        Returns:
            values (B, K, CV, h, w), and the sensory memory (B, K, CH, h, w), updated or as it came.
        """
        values = self.mask_encoder(f16, masks)
        if deep_update:
            sensory = parted(self.deep_update(merged(values), merged(sensory)), sensory)
        return values, sensory

    def decode(self, features: SamFrameFeatures, readout: Tensor, sensory: Tensor) -> Decoded:
        """Draw all objects of a frame from what was read from memory.

        Args:
            features: of the frame.
            readout: (B, K, CV, h, w).
            sensory: (B, K, CH, h, w).
        """
        return self.draw(features, self.fuse(features.f16, readout, sensory), sensory)

    def fuse(self, f16: Tensor, readout: Tensor, sensory: Tensor) -> Tensor:
        """(B, 256, h, w), (B, K, CV, h, w), (B, K, CH, h, w) -> (B, K, CF, h, w)."""
        terms: FrameTerms = self.fusion.frame_terms(f16)
        fused = self.fusion(terms, torch.cat((readout, sensory), dim=2))
        return parted(F.relu(self.fusion_block(merged(fused))), readout)

    def draw(self, features: SamFrameFeatures, fused: Tensor, sensory: Tensor) -> Decoded:
        """Draw all objects from what ``fuse`` made, (B, K, CF, h, w), and the sensory memory."""
        shape = fused.shape[:2]
        objects, fused = shape[1], merged(fused)  # (B * K, CF, h, w)
        cells = features.f16.repeat_interleave(objects, dim=0) + self.to_embedding(fused)
        height, width = cells.shape[-2:]
        positions = self.positions.of_grid()[..., :height, :width]
        tokens, upscaled = self.mask_decoder.attend(
            cells, positions, self.memory_token.weight.expand(len(cells), 1, -1)
        )
        coarse = self.mask_decoder.draw(tokens, upscaled, _MASK)  # (B * K, 1, 4h, 4w)
        presence = self.presence_head(tokens[:, 0])  # (B * K, 1)
        iou = self.mask_decoder.iou_prediction_head(tokens[:, 0])[:, _MASK]  # (B * K, 1)
        fine = self.detail_head(
            coarse,
            upscaled,
            features.f4.repeat_interleave(objects, dim=0),
            features.f2.repeat_interleave(objects, dim=0),
        )  # (B * K, 1, 8h, 8w)
        logits = fine + presence.clamp(max=0)[..., None, None]  # what is not there has no mask
        moved = self.sensory_update(fused, upscaled, coarse, merged(sensory))
        return Decoded(
            logits.view(*shape, *logits.shape[-2:]),
            presence.view(shape),
            iou.view(shape),
            moved.view(sensory.shape),
        )
