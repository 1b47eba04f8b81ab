"""Data sets as hypothesis draws them, and one that has everything at once."""

import numpy as np
from hypothesis import strategies as st

from track_anything.masks.data_sets import AnnotatedVideo, DataSet, Segment, Track
from track_anything.masks.rle import encode_rle
from track_anything.types import Mask

NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"], exclude_characters='/\\.,;"'),
    min_size=1, max_size=6,
)  # fmt: skip


@st.composite
def masks(draw: st.DrawFn, size: tuple[int, int]) -> Mask:
    """A mask with holes and pieces."""
    bits = draw(st.integers(1, 2 ** (size[0] * size[1]) - 1))
    flat = np.array([bits >> place & 1 for place in range(size[0] * size[1])], np.bool_)
    return flat.reshape(size)


@st.composite
def videos(draw: st.DrawFn) -> AnnotatedVideo:
    size = (draw(st.integers(2, 5)), draw(st.integers(2, 7)))
    count = draw(st.integers(1, 4))
    frames = sorted(draw(st.sets(NAMES, min_size=count, max_size=count)))
    tracks = {}
    for number in sorted(draw(st.sets(st.integers(1, 254), min_size=1, max_size=3))):
        places = draw(st.sets(st.integers(0, count - 1), min_size=1))
        scores = st.none() | st.floats(0, 1, width=16)
        segments = {place: Segment(encode_rle(draw(masks(size))), draw(scores)) for place in sorted(places)}
        tracks[number] = Track(
            draw(NAMES | st.just("")), draw(st.sampled_from(["car", "cat", "größe"])), segments
        )
    return AnnotatedVideo(size, tuple(frames), tracks)


def data_sets() -> st.SearchStrategy[DataSet]:
    """One or two videos."""
    return st.dictionaries(NAMES, videos(), min_size=1, max_size=2).map(DataSet)


def full() -> DataSet:
    """255 objects with holes, empty frames at both ends and a gap, frames of odd names and numbers."""
    height, width = 64, 80
    rows, columns = np.mgrid[:height, :width]
    cell = (rows // 4) * (width // 5) + columns // 5 + 1  # (H, W), 16 x 16 cells of 4 x 5 pixels
    has_hole = (rows % 4 == 1) & (columns % 5 == 2)
    frames = ("00005", "00007", "00010 b", "00100", "00101")
    tracks = {
        number: Track(
            f"thing {number}",
            ("cat", "dog", "car")[number % 3],
            {
                frame: Segment(encode_rle(np.roll(cell == number, frame, axis=1) & ~has_hole), number / 256)
                for frame in (1, 3)
            },
        )
        for number in range(1, 256)
    }
    return DataSet({"odd näme": AnnotatedVideo((height, width), frames, tracks)})
