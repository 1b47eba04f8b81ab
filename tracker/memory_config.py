"""The sizes of a memory bank."""

from dataclasses import dataclass

from tracker.errors import TrackerError


@dataclass(frozen=True)
class MemoryConfig:
    """The sizes of a memory bank; the defaults are XMem's.

    Frames are written whole: one element per cell of the (h, w) grid. How often a frame is written
    (XMem's ``mem_every``) is the propagator's decision, not the bank's.

    Attributes:
        top_k: elements that take part in each query's softmax, clamped to those that exist; None = all.
            XMem: ``top_k``.
        long_term: compress old working memory into prototypes. False = drop it, oldest frame first.
            XMem: ``enable_long_term`` (usage of long-term elements is always counted).
        min_working_frames: frames left after a consolidation, the first permanent one included.
            XMem: ``min_mid_term_frames``.
        max_working_frames: a consolidation starts at this many frames, the first permanent one included;
            further permanent frames do not count. None = unlimited, only without ``long_term``, which is
            how XMem behaves then. XMem: ``max_mid_term_frames``.
        num_prototypes: elements that one consolidation adds to long-term memory. XMem: ``num_prototypes``.
        max_long_term_elements: cap of long-term memory; the least used elements make room.
            XMem: ``max_long_term_elements``.
        max_permanent_frames: cap of permanent memory. XMem has one permanent frame, the first.
        anisotropic: queries carry a selection, as XMem's do. False halves the work of a match.
        query_chunk: queries matched at once, which bounds the (queries, elements) workspace; None = all.
        locality_radius: working elements farther than this from the query, in grid cells along either axis,
            are not matched; permanent and long-term elements always are. None = no limit.
    """

    top_k: int | None = 30
    long_term: bool = True
    min_working_frames: int = 5
    max_working_frames: int | None = 10
    num_prototypes: int = 128
    max_long_term_elements: int = 10_000
    max_permanent_frames: int = 32
    anisotropic: bool = True
    query_chunk: int | None = 256
    locality_radius: float | None = None

    def __post_init__(self) -> None:
        """Refuse sizes that cannot work together."""
        if self.top_k is not None and self.top_k < 1:
            raise TrackerError(f"top_k is {self.top_k}: give at least 1, or None for all elements")
        if self.query_chunk is not None and self.query_chunk < 1:
            raise TrackerError(f"query_chunk is {self.query_chunk}: give at least 1, or None for all queries")
        if self.max_permanent_frames < 1:
            raise TrackerError(f"max_permanent_frames is {self.max_permanent_frames}: the first needs 1")
        if self.max_working_frames is None:
            if self.long_term:
                raise TrackerError("max_working_frames is None: long-term memory needs a number")
            return
        if self.max_working_frames < 2:
            raise TrackerError(f"max_working_frames is {self.max_working_frames}: give at least 2")
        if not self.long_term:
            return
        if not 1 <= self.min_working_frames < self.max_working_frames:
            raise TrackerError(
                f"min_working_frames is {self.min_working_frames}: "
                f"give 1 to {self.max_working_frames - 1}, below max_working_frames"
            )
        if not 1 <= self.num_prototypes <= self.max_long_term_elements:
            raise TrackerError(
                f"num_prototypes is {self.num_prototypes}: "
                f"give 1 to {self.max_long_term_elements}, at most max_long_term_elements"
            )

    def most_elements(self, cells: int) -> int | None:
        """Elements that all memory together can come to; None = no limit.

        Args:
            cells: elements of one frame.
        """
        if self.max_working_frames is None:
            return None
        frames = self.max_permanent_frames + self.max_working_frames
        return frames * cells + (self.max_long_term_elements if self.long_term else 0)
