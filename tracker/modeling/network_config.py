"""The sizes of a network: what tells XMem from a lighter one."""

from dataclasses import dataclass

ENCODER_DEPTHS = (18, 50)


@dataclass(frozen=True)
class NetworkConfig:
    """Every size of an XMem network; the defaults are the published one's.

    Attributes:
        encoder_depth: ResNet of the key encoder, 18 (basic blocks) or 50 (bottlenecks).
        encoder_width: channels of its stem; stage s has ``encoder_width * 2**s`` (times 4 with bottlenecks).
        key_width: CK, channels of keys and selection.
        value_width: CV, channels of values and of the readout.
        hidden_width: CH, channels of the sensory memory; 0 for a network without one.
        value_encoder_width: channels of the stem of the value encoder, always a ResNet-18.
        fused_width: channels of the decoder at stride 16.
        up_width: channels of the decoder at strides 8 and 4.
    """

    encoder_depth: int = 50
    encoder_width: int = 64
    key_width: int = 64
    value_width: int = 512
    hidden_width: int = 64
    value_encoder_width: int = 64
    fused_width: int = 512
    up_width: int = 256

    def __post_init__(self) -> None:
        """Refuse sizes that no network has."""
        if self.encoder_depth not in ENCODER_DEPTHS:
            raise ValueError(f"encoder_depth is {self.encoder_depth}: choose one of {ENCODER_DEPTHS}")

    @property
    def frame_widths(self) -> tuple[int, int, int]:
        """Channels of the frame features at strides 4, 8 and 16."""
        expansion = 4 if self.encoder_depth == 50 else 1
        width = self.encoder_width * expansion
        return width, 2 * width, 4 * width
