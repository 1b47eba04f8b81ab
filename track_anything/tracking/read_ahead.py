"""Frames read on a thread of their own, one ahead of the network that looks at them."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from track_anything.types import FrameIndex, Image
from track_anything.video import Video


def read_ahead(video: Video, frames: Sequence[FrameIndex]) -> Iterator[tuple[FrameIndex, Image]]:
    """The frames in the order given; the next one is read while the caller works with the one in hand.

    A frame that cannot be read raises when it is its turn, not before.

    Args:
        video: may be read from another thread.
        frames: their indices.
    """
    with ThreadPoolExecutor(1, "frames") as reader:
        coming = None
        for place, frame in enumerate(frames):
            image = video.frame(frame) if coming is None else coming.result()
            is_last = place + 1 == len(frames)
            coming = None if is_last else reader.submit(video.frame, frames[place + 1])
            yield frame, image
