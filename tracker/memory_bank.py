"""What a propagator remembers: sensory, working, long-term and permanent memory behind one reading."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.affinity import Affinity
from tracker.errors import TrackerError
from tracker.frame_rows import (
    Parts,
    Places,
    check_key,
    check_query,
    check_values,
    column_of,
    frame_rows,
    named,
    query_rows,
)
from tracker.matching import match_groups
from tracker.memory_config import MemoryConfig
from tracker.memory_store import Kind, MemoryStore, columns_of, value_column
from tracker.memory_use import MemoryUse
from tracker.objects import ObjectGroups
from tracker.sensory_memory import SensoryMemory
from tracker.working_window import check_permanent_cap, consolidate_when_full, drop_beyond_window

_SENSORY = "sensory."


class MemoryBank:
    """The memory of one propagation, for any number of objects (XMem, sections 3.2 and 3.3).

    Keys are shared by all objects; every object has its own values. Objects that arrived at the same frame
    form a group and share an affinity, since the group has values only for elements written from then on.
    Tensors have no batch axis; values stay in the dtype of the first ``write``.

    A write that fills the working memory is consolidated when the memory is next used, so that the newest
    frame can be amended until then.
    """

    def __init__(self, config: MemoryConfig, device: torch.device | str = "cpu") -> None:
        """Make an empty bank.

        Args:
            config: its sizes.
            device: where its tensors live.
        """
        self.config = config
        self.device = torch.device(device)
        self._store = MemoryStore()
        self._groups = ObjectGroups()
        self._grid: tuple[int, int] = (0, 0)
        self._frames_written, self._newest_is_open = 0, False
        self.sensory = SensoryMemory(self.device)

    @property
    def object_ids(self) -> tuple[int, ...]:
        """The remembered objects, ascending: the order of every K axis."""
        return self._groups.object_ids

    @property
    def permanent_size(self) -> int:
        """Elements of permanent memory."""
        return self._store.count(Kind.PERMANENT)

    @property
    def working_size(self) -> int:
        """Elements of working memory; XMem's ``work_mem.size`` is this plus ``permanent_size``."""
        return self._store.count(Kind.WORKING)

    @property
    def long_term_size(self) -> int:
        """Elements of long-term memory."""
        return self._store.count(Kind.LONG_TERM)

    @property
    def use(self) -> MemoryUse:
        """How full it is."""
        return self._store.use(self._cells, self.config.max_long_term_elements * self.config.long_term)

    @torch.inference_mode()
    def write(
        self,
        key: torch.Tensor,
        values: torch.Tensor,
        object_ids: Sequence[int],
        *,
        shrinkage: torch.Tensor | None = None,
        selection: torch.Tensor | None = None,
        places: Places | None = None,
        permanent: bool = False,
        amends: bool = False,
    ) -> None:
        """Add a frame, or amend the last one.

        Args:
            key: (CK, h, w).
            values: (K, CV, h, w), one per object.
            object_ids: the K objects in the order of ``values``: all that are remembered; ids that are not
                remembered yet form a new group.
            shrinkage: (1, h, w), None = 1.
            selection: (CK, h, w) of this frame as a query, None = 1; used when it is consolidated.
            places: where its cells lie, seen from each object; either all frames have them, or none has.
            permanent: never consolidated, dropped or evicted. The first frame of an empty bank always is.
                A group that arrives with False is treated as XMem does: when its first frame is
                consolidated, that frame's values move onto the keys of the first permanent frame.
            amends: whether it takes the place of the frame written last, as what is known of that by now; one
                that is permanent stays so.

        Raises:
            TrackerError: sizes disagree with each other or with earlier frames, an object is missing, or
                there is nothing to amend since the memory was read.
            MemoryFullError: the cap of permanent frames is reached; nothing was changed.
        """
        if amends and not self.can_amend:
            raise TrackerError("the memory was read since its last write: write the frame anew instead")
        first = not self._store.size
        was_permanent = amends and bool(self._store["kind"][-1] == Kind.PERMANENT)
        kind = Kind.PERMANENT if permanent or first or was_permanent else Kind.WORKING
        check_key(key, self._store, self._grid)
        check_values(values, object_ids, self.object_ids, (key.shape[1], key.shape[2]))
        if kind is Kind.PERMANENT and not was_permanent:
            check_permanent_cap(self._store, self.config, self._cells)

        if amends:
            self._store.shorten(self._cells)
            self._frames_written -= 1
        else:
            consolidate_when_full(self._store, self._groups, self.config, self._cells)
        if kind is Kind.WORKING:
            drop_beyond_window(self._store, self.config, self._cells)
        if first:
            self._grid = (key.shape[1], key.shape[2])
            self._store = MemoryStore(limit=self.config.most_elements(self._cells))
        self._groups.admit(object_ids, apart=places is not None)
        rows = frame_rows(key, values, object_ids, shrinkage, selection, places, self.config)
        rows |= column_of(rows, kind=kind, frame=self._frames_written, newest_group=self._groups.newest)
        self._store.append(rows)
        self._frames_written += 1
        self._newest_is_open = True

    @property
    def can_amend(self) -> bool:
        """Whether the last frame written may still be amended: until the next ``match``."""
        return self._newest_is_open

    @torch.inference_mode()
    def match(
        self,
        key: torch.Tensor,
        selection: torch.Tensor | None = None,
        places: Places | None = None,
        parts: Parts | None = None,
        counts: bool = False,
    ) -> Affinity:
        """Find what a frame resembles, and count the use of every element.

        Args:
            key: (CK, h, w) of the query frame, or of a part of it.
            selection: (CK, h, w), None = 1.
            places: where its cells lie, seen from each object, if those of memory are known.
            parts: by which of its cells objects with places read; None = all of them read by all.
            counts: whether use counts of a part, too, as it always does of whole frames.

        Returns:
            The affinity of every group, valid until the next ``write``, ``match`` or ``forget``.

        Raises:
            TrackerError: nothing is remembered or the sizes disagree.
        """
        check_query(key, self._store, self._grid)
        consolidate_when_full(self._store, self._groups, self.config, self._cells)
        query = query_rows(key, selection, anisotropic=self.config.anisotropic)
        grid = key.shape[1], key.shape[2]
        affinity = match_groups(self._store, self._groups, query, places, parts, grid, self.config)
        if counts or {*affinity.grids.values()} == {self._grid}:
            numbers = self._groups.numbers if places is not None else (self._groups.oldest,)
            self._store.count_use(affinity.groups[each].usage(self._store.size) for each in numbers)
        self._newest_is_open = False
        return affinity

    @torch.inference_mode()
    def readout(self, affinity: Affinity, object_ids: Sequence[int] | None = None) -> torch.Tensor:
        """Gather values by an affinity, for some objects or for all.

        Args:
            affinity: from ``match``.
            object_ids: those to read, in this order, by parts of one size; None = all, ascending.

        Returns:
            (K, CV, h, w).

        Raises:
            TrackerError: an object is not remembered.
        """
        chosen = self.object_ids if object_ids is None else object_ids
        columns = ((self._groups.group_of(each), self._store[value_column(each)]) for each in chosen)
        read = torch.stack([affinity.readout(group, values) for group, values in columns])  # (K, h, w, CV)
        return read.permute(0, 3, 1, 2)

    def read(self, key: torch.Tensor, selection: torch.Tensor | None = None) -> torch.Tensor:
        """``match`` and ``readout`` of all objects: (K, CV, h, w)."""
        return self.readout(self.match(key, selection))

    @torch.inference_mode()
    def forget(self, object_id: int) -> None:
        """Drop an object with its values and sensory memory, and the elements that no other object uses.

        Raises:
            TrackerError: the object is not remembered.
        """
        if object_id not in self._groups:
            raise TrackerError(f"object {object_id} is not remembered: there are {list(self.object_ids)}")
        self._groups.remove(object_id)
        self.sensory.forget(object_id)
        if not self._groups:
            self.reset()
            return
        for column in columns_of(self._store, object_id):
            self._store.drop(column)
        self._store.keep(self._store["newest_group"] >= self._groups.oldest)
        if not self.permanent_size:
            self._store["kind"][self._store.first_frame(Kind.WORKING)] = Kind.PERMANENT

    def reset(self) -> None:
        """Drop everything."""
        self._store = MemoryStore()
        self._groups = ObjectGroups()
        self.sensory.reset()
        self._frames_written, self._newest_is_open = 0, False

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything remembered, as arrays (names to arrays; fit for ``np.savez`` without pickle)."""
        sensory = {f"{_SENSORY}{name}": array for name, array in self.sensory.state().items()}
        counts: dict[str, NDArray[np.generic]] = {
            "groups": np.array(self._groups.state(), dtype=np.int64).reshape(-1, 2),
            "next_group": np.array(self._groups.next_number),
            "grid": np.array(self._grid),
            "frames_written": np.array(self._frames_written),
            "evicted": np.array(self._store.evicted),
        }
        return counts | self._store.state() | sensory

    @torch.inference_mode()
    def load_state(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Replace everything by a ``state`` of a bank with the same configuration.

        Reading then continues exactly where the saved bank left off.

        Raises:
            TrackerError: the arrays are not a state of a memory bank; nothing was changed.
        """
        missing = {"groups", "next_group", "grid", "frames_written"} - state.keys()
        if missing:
            raise TrackerError(f"not a saved memory bank: {', '.join(sorted(missing))} missing")
        self.reset()
        pairs = [(int(number), int(object_id)) for number, object_id in state["groups"]]
        self._groups.load_state(pairs, int(state["next_group"]))
        self._grid = (int(state["grid"][0]), int(state["grid"][1]))
        self._frames_written = int(state["frames_written"])
        tensors = {name: torch.from_numpy(array).to(self.device) for name, array in state.items()}
        if rows := named(tensors, "store."):
            limit = self.config.most_elements(self._cells)
            self._store = MemoryStore(limit, evicted=int(state.get("evicted", 0)))
            self._store.append(rows)
        self.sensory.load_state(named(tensors, _SENSORY))

    @property
    def _cells(self) -> int:
        return self._grid[0] * self._grid[1]
