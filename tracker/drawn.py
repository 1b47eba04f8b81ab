"""What a network draws of a frame from what is remembered."""

from collections.abc import Sequence
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
        probabilities: (K + 1, H, W) of the canvas, background first, which sum to 1.
        sensory: (K, CH, h, w) the sensory memory after it.
        familiarity: (h * w,) in (0, 1]; 1 where memory was not asked about anything.
        beyond: the objects that go on beyond where they were drawn, for all that is seen there, or are not
            there.
    """

    probabilities: torch.Tensor
    sensory: torch.Tensor
    familiarity: torch.Tensor
    beyond: Sequence[int]


def draw(
    network: FrameNetwork,
    bank: MemoryBank,
    frame: FrameInHand,
    places: Places | None,
    regions: Regions,
    *,
    update_sensory: bool,
    counts: bool,
) -> Drawn:
    """Read memory and draw all objects (XMem, section 3.1).

    Args:
        network: draws.
        bank: what is remembered.
        frame: what is known of it.
        places: where the cells of the canvas lie, seen from each object.
        regions: within what is known, where objects are drawn, in ascending order of their ids: outside of
            its own region an object is not.
        update_sensory: whether the sensory memory moves on.
        counts: whether the use of memory's elements counts though they are read for a part of the frame.
    """
    region, drawn_in, object_ids = regions.seen, regions.drawn, bank.object_ids
    around = None if places is None else {each: region.cut(place) for each, place in places.items()}
    parts = {object_id: own.within(region) for object_id, own in drawn_in.items()}
    asked = region.within(frame.region)
    key, selection = asked.cut(frame.seen.key[0]), asked.cut(frame.seen.selection[0])  # (CK, h, w)
    affinity = bank.match(key, selection, around, parts, counts=counts)
    sensory = frame.stacked_sensory(object_ids, network.hidden_width)  # (K, CH, h, w)
    size = STRIDE * region.height, STRIDE * region.width
    apart = sensory.new_zeros(len(object_ids), *size)  # (K, 16 height, 16 width)
    for own in dict.fromkeys(drawn_in.values()):
        channels = [place for place, other in enumerate(drawn_in.values()) if other == own]
        part = own.within(region)
        logits, moved = network.segment(
            frame.seen,
            own.within(frame.region),
            bank.readout(affinity, [object_ids[channel] for channel in channels]).unsqueeze(0),
            own.cut(sensory[channels]).unsqueeze(0),
            update_sensory=update_sensory,
        )
        for channel, mask, state in zip(channels, torch.sigmoid(logits[0]), moved[0], strict=True):
            part.lay_over(apart[channel], mask)
            own.lay_over(sensory[channel], state)
    probabilities = soft_aggregate(apart)  # (K + 1, 16 height, 16 width)
    found = zip(object_ids, probabilities[1:], strict=True)
    is_left = torch.stack([drawn_in[each].is_left_by(parts[each].cut(own) > 0.5) for each, own in found])
    beyond = [object_id for object_id, left in zip(object_ids, is_left.tolist(), strict=True) if left]
    whole, familiarity = probabilities, affinity.familiarity.view(region.shape)  # (K + 1, H, W), (h, w)
    if not region.is_whole:
        whole = probabilities.new_zeros(len(probabilities), *frame.canvas.size)
        whole[0] = 1
        region.lay_over(whole, probabilities)
        familiarity = affinity.familiarity.new_ones(region.grid)
        region.lay_over(familiarity, affinity.familiarity.view(region.shape))
    return Drawn(whole, sensory, familiarity.flatten(), beyond)
