"""How much memory a propagation will come to, before it has begun."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from tracker.memory_config import MemoryConfig

if TYPE_CHECKING:  # they load torch, which who asks for a forecast has not loaded yet
    from tracker.frame_network import FrameNetwork
    from tracker.xmem_config import XMemConfig

_NUMBER = 4  # bytes of a float32
_FACTS = 8 + 8 + 8 + 1 + 3 * _NUMBER  # of an element: cell, frame, group, kind; shrinkage, usage, age
_PICTURE = 100.0  # bytes per pixel of a canvas that looking at it takes, at a value width of 128; measured
_OBJECT = 60.0  # likewise for each object drawn at a time
_SOURCE = 40.0  # bytes per pixel of a frame that the frame and what is made of it take; measured
_GRAPH = 555.0  # bytes per pixel of a canvas that the graphs of a compiling engine hold, as below; measured
_GRAPH_OBJECT = 97.0  # likewise for each object drawn at a time
_RESTORED = 3  # probabilities of an object at the size of the source that are held at a time
_WIDTH = 128  # of the values of the network that was measured


@dataclass(frozen=True)
class Undertaking:
    """A propagation to come.

    Attributes:
        size: (height, width) of the frames.
        objects: how many are followed at once.
        known: frames that are given.
        frames: frames to go through.
    """

    size: tuple[int, int]
    objects: int
    known: int
    frames: int


@runtime_checkable
class Foreseen(Protocol):
    """A propagator that can say how much memory a propagation will come to."""

    def memory_need(self, ahead: Undertaking) -> int:
        """Bytes at most, the network itself left out."""
        ...


def needed_by(network: "FrameNetwork", config: "XMemConfig", ahead: Undertaking, *, place_width: int) -> int:
    """What a memory network's propagation takes at most, the network itself and sensory memory left out.

    Args:
        network: that sees the frames.
        config: how it runs.
        ahead: what is to be done.
        place_width: numbers that tell where an element lies, for each object.
    """
    canvas, (key_width, value_width) = network.lay_out(ahead.size), network.widths
    kept = bank_bytes(
        config.memory,
        canvas.grid[0] * canvas.grid[1],
        ahead,
        key_width=key_width,
        value_width=value_width + place_width,
        every=config.mem_every,
    )
    seen, graphs = (
        bytes_of(canvas.size, ahead, value_width=value_width, at_a_time=config.object_chunk)
        for bytes_of in (frame_bytes, graph_bytes)
    )
    return kept + seen + graphs * network.is_compiled


def bank_bytes(
    config: MemoryConfig, cells: int, ahead: Undertaking, *, key_width: int, value_width: int, every: int
) -> int:
    """What a memory bank takes at most, room that is reserved included.

    Args:
        config: its sizes.
        cells: elements of one frame.
        ahead: what is to be remembered.
        key_width: CK.
        value_width: CV.
        every: of so many frames one is remembered.
    """
    permanent = min(max(ahead.known, 1), config.max_permanent_frames)
    written = ahead.frames // every + 1
    window = config.max_working_frames
    working = written if window is None else min(written, window)
    left = max(0, written - working)
    prototypes = min(config.max_long_term_elements, left * config.num_prototypes) if config.long_term else 0
    elements = (permanent + working) * cells + prototypes
    limit = config.most_elements(cells)
    reserved = 2 * elements if limit is None else min(2 * elements, max(limit, elements))
    factor = 2 * key_width + 1 if config.anisotropic else key_width + 2
    selection = key_width if config.long_term and config.anisotropic else 0
    numbers = key_width + factor + selection + ahead.objects * value_width
    return reserved * (_FACTS + numbers * _NUMBER)


def frame_bytes(canvas: tuple[int, int], ahead: Undertaking, *, value_width: int, at_a_time: int) -> int:
    """What one frame takes while it is looked at and its objects are drawn.

    Args:
        canvas: (height, width) that the network sees.
        ahead: what is followed.
        value_width: CV; a network of wider values is wider throughout.
        at_a_time: objects that are drawn together.
    """
    drawn = min(ahead.objects, at_a_time)
    seen = _layers(canvas, _PICTURE + _OBJECT * drawn, value_width)
    source = ahead.size[0] * ahead.size[1]
    restored = _RESTORED * _NUMBER * (ahead.objects + 1) * source
    return round(seen + _SOURCE * source) + restored


def graph_bytes(canvas: tuple[int, int], ahead: Undertaking, *, value_width: int, at_a_time: int) -> int:
    """What compiled graphs hold from the first frame on: room for all that they work out, at its full size.

    Args:
        canvas: (height, width) that the network sees.
        ahead: what is followed.
        value_width: CV; a network of wider values is wider throughout.
        at_a_time: objects that are drawn together.
    """
    drawn = min(ahead.objects, at_a_time)
    return round(_layers(canvas, _GRAPH + _GRAPH_OBJECT * drawn, value_width))


def _layers(canvas: tuple[int, int], per_pixel: float, value_width: int) -> float:
    """Bytes of a network's layers on a canvas, where ``per_pixel`` are those of the light one."""
    return canvas[0] * canvas[1] * per_pixel * max(1.0, value_width / _WIDTH)
