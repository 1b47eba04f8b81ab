"""What a network draws of a frame from what is remembered."""

from dataclasses import dataclass

import torch

from tracker.aggregation import soft_aggregate
from tracker.frame_in_hand import FrameInHand
from tracker.frame_network import FrameNetwork
from tracker.frame_rows import Places
from tracker.memory_bank import MemoryBank
from tracker.modeling.xmem import STRIDE
from tracker.region_of_interest import Regions


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
    regions: Regions,
    *,
    update_sensory: bool,
) -> Drawn:
    """Read memory and draw all objects (XMem, section 3.1).

    Args:
        network: draws.
        bank: what is remembered.
        frame: what is seen of it; outside its region there is nothing but background.
        places: where the cells of the canvas lie, seen from each object.
        regions: what is seen, and where in it each object is drawn: outside of its own an object is not.
        update_sensory: whether the sensory memory moves on.
    """
    region, drawn_in, object_ids = regions.seen, regions.drawn, bank.object_ids
    around = None if places is None else {each: region.cut(place) for each, place in places.items()}
    parts = {object_id: drawn_in[object_id].within(region) for object_id in object_ids}
    affinity = bank.match(frame.seen.key[0], frame.seen.selection[0], around, parts)
    sensory = frame.stacked_sensory(object_ids, network.hidden_width)  # (K, CH, h, w)
    size = STRIDE * region.height, STRIDE * region.width
    apart = sensory.new_zeros(len(object_ids), *size)  # (K, 16 height, 16 width)
    goes_beyond = False
    for own in dict.fromkeys(drawn_in[object_id] for object_id in object_ids):
        channels = [place for place, object_id in enumerate(object_ids) if drawn_in[object_id] == own]
        part = own.within(region)
        logits, moved = network.segment(
            frame.seen,
            part,
            bank.readout(affinity, [object_ids[channel] for channel in channels]).unsqueeze(0),
            own.cut(sensory[channels]).unsqueeze(0),
            update_sensory=update_sensory,
        )
        found = torch.sigmoid(logits[0])
        goes_beyond |= own.is_left_by(found > 0.5)
        apart[channels] = part.laid_over(apart[channels], found)
        sensory[channels] = own.laid_over(sensory[channels], moved[0])
    probabilities = soft_aggregate(apart)  # (K + 1, 16 height, 16 width)
    background = probabilities.new_zeros(len(probabilities), *frame.canvas.size)
    background[0] = 1
    unseen = affinity.familiarity.new_ones(region.grid)
    return Drawn(
        frame,
        region.laid_over(background, probabilities),
        sensory,
        region.laid_over(unseen, affinity.familiarity.view(region.shape)).flatten(),
        goes_beyond,
    )
