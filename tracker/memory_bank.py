"""What a propagator remembers: sensory, working, long-term and permanent memory behind one reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.affinity import Affinity


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
    query_chunk: int | None = 512
    locality_radius: float | None = None


class MemoryBank:
    """The memory of one propagation, for any number of objects (XMem, sections 3.2 and 3.3).

    Keys are shared by all objects; every object has its own values. Objects that arrived at the same frame
    form a group and share an affinity, since the group has values only for elements written from then on.
    Tensors have no batch axis; they stay on the device and in the dtype of the first ``write``.

    A write that fills the working memory is consolidated when the memory is next used, so that the newest
    frame can be amended until then.
    """

    def __init__(self, config: MemoryConfig) -> None:
        self.config = config

    @property
    def object_ids(self) -> tuple[int, ...]:
        """The remembered objects, ascending: the order of every K axis."""
        raise NotImplementedError

    @property
    def permanent_size(self) -> int:
        """Elements of permanent memory."""
        raise NotImplementedError

    @property
    def working_size(self) -> int:
        """Elements of working memory; XMem's ``work_mem.size`` is this plus ``permanent_size``."""
        raise NotImplementedError

    @property
    def long_term_size(self) -> int:
        """Elements of long-term memory."""
        raise NotImplementedError

    def write(
        self,
        key: torch.Tensor,
        values: torch.Tensor,
        object_ids: Sequence[int],
        *,
        shrinkage: torch.Tensor | None = None,
        selection: torch.Tensor | None = None,
        permanent: bool = False,
    ) -> None:
        """Add a frame.

        Args:
            key: (CK, h, w).
            values: (K, CV, h, w), one per object.
            object_ids: the K objects in the order of ``values``: all that are remembered; ids that are not
                remembered yet form a new group.
            shrinkage: (1, h, w), None = 1.
            selection: (CK, h, w) of this frame as a query, None = 1; used when it is consolidated.
            permanent: never consolidated, dropped or evicted. The first frame of an empty bank always is.
                A group that arrives with False is treated as XMem does: when its first frame is
                consolidated, that frame's values move onto the keys of the first permanent frame.

        Raises:
            TrackerError: sizes disagree with each other or with earlier frames, or an object is missing.
            MemoryFullError: the cap of permanent frames is reached; nothing was changed.
        """
        raise NotImplementedError

    def amend(self, values: torch.Tensor, object_ids: Sequence[int], *, permanent: bool = False) -> None:
        """Replace what the last ``write`` stored for the same image; keys stay as they are.

        Args:
            values: (K, CV, h, w).
            object_ids: as for ``write``; new ids form a new group that starts at this frame.
            permanent: True makes the frame permanent, False leaves it what it is.

        Raises:
            TrackerError: nothing was written yet, sizes disagree or an object is missing.
            MemoryFullError: the cap of permanent frames is reached; nothing was changed.
        """
        raise NotImplementedError

    def match(self, key: torch.Tensor, selection: torch.Tensor | None = None) -> Affinity:
        """Find what a frame resembles, and count the use of every element.

        Args:
            key: (CK, h, w) of the query frame.
            selection: (CK, h, w), None = 1.

        Returns:
            The affinity of every group, valid until the next ``write``, ``amend``, ``match`` or ``forget``.

        Raises:
            TrackerError: nothing is remembered or the sizes disagree.
        """
        raise NotImplementedError

    def readout(self, affinity: Affinity, object_ids: Sequence[int] | None = None) -> torch.Tensor:
        """Gather values by an affinity, for some objects or for all.

        Args:
            affinity: from ``match``.
            object_ids: those to read, in this order; None = all, ascending.

        Returns:
            (K, CV, h, w).

        Raises:
            TrackerError: an object is not remembered.
        """
        raise NotImplementedError

    def read(self, key: torch.Tensor, selection: torch.Tensor | None = None) -> torch.Tensor:
        """``match`` and ``readout`` of all objects: (K, CV, h, w)."""
        return self.readout(self.match(key, selection))

    def sensory(self, object_ids: Sequence[int], shape: tuple[int, int, int]) -> torch.Tensor:
        """The sensory memory of some objects, (K, CH, h, w); zeros for one that has none yet.

        Args:
            object_ids: those to read, in this order. They need not be written to memory yet.
            shape: (CH, h, w).
        """
        raise NotImplementedError

    def write_sensory(self, object_ids: Sequence[int], hidden: torch.Tensor) -> None:
        """Replace the sensory memory of some objects by ``hidden`` (K, CH, h, w)."""
        raise NotImplementedError

    def forget(self, object_id: int) -> None:
        """Drop an object with its values and sensory memory, and the elements that no other object uses.

        Raises:
            TrackerError: the object is not remembered.
        """
        raise NotImplementedError

    def reset(self) -> None:
        """Drop everything."""
        raise NotImplementedError

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything remembered, as arrays (names to arrays; fit for ``np.savez`` without pickle)."""
        raise NotImplementedError

    def load_state(
        self, state: Mapping[str, NDArray[np.generic]], device: torch.device | str = "cpu"
    ) -> None:
        """Replace everything by a ``state``; reading then continues exactly where it left off.

        Raises:
            TrackerError: the arrays are not a state of a memory bank, or exceed this bank's caps.
        """
        raise NotImplementedError
