"""What a network draws of a frame from what is remembered."""

from dataclasses import dataclass

import torch

from tracker.aggregation import soft_aggregate
from tracker.frame_in_hand import FrameInHand
from tracker.frame_network import FrameNetwork
from tracker.frame_rows import Places
from tracker.memory_bank import MemoryBank


@dataclass(frozen=True, eq=False)
class Drawn:
    """A frame, as memory has it.

    Attributes:
        frame: what was drawn.
        probabilities: (K + 1, H, W) of the canvas, background first, which sum to 1.
        sensory: (K, CH, h, w) the sensory memory after it.
        familiarity: (h * w,) in (0, 1]; 1 where nobody looked.
        goes_beyond: whether an object goes on beyond what was looked at, for all that is seen there.
    """

    frame: FrameInHand
    probabilities: torch.Tensor
    sensory: torch.Tensor
    familiarity: torch.Tensor
    goes_beyond: bool


def draw(
    network: FrameNetwork,
    bank: MemoryBank,
    frame: FrameInHand,
    places: Places | None,
    *,
    update_sensory: bool,
) -> Drawn:
    """Read memory and draw all objects (XMem, section 3.1).

    Args:
        network: draws.
        bank: what is remembered.
        frame: what is seen of it; outside its region there is nothing but background.
        places: where the cells of the canvas lie, seen from each object.
        update_sensory: whether the sensory memory moves on.
    """
    region, seen = frame.region, frame.seen
    sensory = frame.stacked_sensory(bank.object_ids, network.hidden_width)  # (K, CH, h, w)
    around = None if places is None else {each: region.cut(place) for each, place in places.items()}
    affinity = bank.match(seen.key[0], seen.selection[0], around)
    logits, moved = network.segment(
        seen,
        bank.readout(affinity).unsqueeze(0),  # (1, K, CV, height, width)
        region.cut(sensory).unsqueeze(0),
        update_sensory=update_sensory,
    )
    probabilities = soft_aggregate(torch.sigmoid(logits[0]))  # (K + 1, 16 height, 16 width)
    background = probabilities.new_zeros(len(probabilities), *frame.canvas.size)
    background[0] = 1
    unseen = affinity.familiarity.new_ones(region.grid)
    return Drawn(
        frame,
        region.laid_over(background, probabilities),
        region.laid_over(sensory, moved[0]),
        region.laid_over(unseen, affinity.familiarity.view(region.height, region.width)).flatten(),
        goes_beyond=region.is_left_by(probabilities[1:] > 0.5),
    )
