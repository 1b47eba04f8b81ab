"""What a propagator remembers: sensory, working, long-term and permanent memory behind one reading."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.affinity import Affinity, expand_memory, expand_query
from tracker.consolidation import consolidate
from tracker.errors import MemoryFullError, TrackerError
from tracker.matching import match_groups
from tracker.memory_config import MemoryConfig
from tracker.memory_store import Kind, MemoryStore, value_column
from tracker.objects import ObjectGroups

__all__ = ["MemoryBank", "MemoryConfig"]


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
        self._frames_written = 0
        self._newest_is_open = False
        self._sensory: dict[int, torch.Tensor] = {}  # object id -> (CH, h, w)

    @property
    def object_ids(self) -> tuple[int, ...]:
        """The remembered objects, ascending: the order of every K axis."""
        return self._groups.object_ids

    @property
    def permanent_size(self) -> int:
        """Elements of permanent memory."""
        return self._count(Kind.PERMANENT)

    @property
    def working_size(self) -> int:
        """Elements of working memory; XMem's ``work_mem.size`` is this plus ``permanent_size``."""
        return self._count(Kind.WORKING)

    @property
    def long_term_size(self) -> int:
        """Elements of long-term memory."""
        return self._count(Kind.LONG_TERM)

    @torch.inference_mode()
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
        first = not self._store.size
        kind = Kind.PERMANENT if permanent or first else Kind.WORKING
        self._check_key(key)
        self._check_values(values, object_ids, (key.shape[1], key.shape[2]))
        if kind is Kind.PERMANENT:
            self._check_permanent_cap()

        self._settle()
        if kind is Kind.WORKING and not self.config.long_term:
            self._drop_beyond_window()
        if first:
            self._grid = (key.shape[1], key.shape[2])
            self._store = MemoryStore(limit=self._max_size())
        self._groups.admit(object_ids)
        self._store.append(self._rows(key, values, object_ids, shrinkage, selection, kind))
        self._frames_written += 1
        self._newest_is_open = True

    @torch.inference_mode()
    def amend(self, values: torch.Tensor, object_ids: Sequence[int], *, permanent: bool = False) -> None:
        """Replace what the last ``write`` stored for the same image; keys stay as they are.

        Args:
            values: (K, CV, h, w).
            object_ids: as for ``write``; new ids form a new group that starts at this frame.
            permanent: True makes the frame permanent, False leaves it what it is.

        Raises:
            TrackerError: the memory was read since its last write, sizes disagree or an object is missing.
            MemoryFullError: the cap of permanent frames is reached; nothing was changed.
        """
        if not self.can_amend:
            raise TrackerError("the memory was read since its last write: write the frame anew instead")
        self._check_values(values, object_ids, self._grid)
        newest = slice(self._store.size - self._cells, self._store.size)  # rows keep their order
        becomes_permanent = permanent and self._store["kind"][-1] != Kind.PERMANENT
        if becomes_permanent:
            self._check_permanent_cap()
            self._store["kind"][newest] = Kind.PERMANENT

        self._groups.admit(object_ids)
        self._store["newest_group"][newest] = self._groups.newest
        for object_id, value in zip(object_ids, values, strict=True):
            self._store.write(value_column(object_id), newest, _tokens(value))

    @property
    def can_amend(self) -> bool:
        """Whether the last frame written may still be amended: until the next ``match``."""
        return self._newest_is_open

    @torch.inference_mode()
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
        if not self._store.size:
            raise TrackerError("nothing is remembered: write a frame with its objects first")
        self._check_key(key)
        self._settle()
        query = expand_query(
            _tokens(key),
            None if selection is None else _tokens(selection),
            anisotropic=self.config.anisotropic,
        )  # (Q, D)
        affinity = match_groups(self._store, self._groups, query, self._grid, self.config)
        self._store["usage"].add_(affinity.groups[self._groups.oldest].usage(self._store.size))
        self._store["age"].add_(1)
        self._newest_is_open = False
        return affinity

    @torch.inference_mode()
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
        chosen = self.object_ids if object_ids is None else object_ids
        values = torch.stack(
            [
                affinity.groups[self._groups.group_of(object_id)].readout(
                    self._store[value_column(object_id)]
                )
                for object_id in chosen
            ]
        )  # (K, Q, CV)
        return values.transpose(1, 2).view(*values.shape[::2], *self._grid)

    def read(self, key: torch.Tensor, selection: torch.Tensor | None = None) -> torch.Tensor:
        """``match`` and ``readout`` of all objects: (K, CV, h, w)."""
        return self.readout(self.match(key, selection))

    @torch.inference_mode()
    def sensory(self, object_ids: Sequence[int], shape: tuple[int, int, int]) -> torch.Tensor:
        """The sensory memory of some objects, (K, CH, h, w); zeros for one that has none yet.

        Args:
            object_ids: those to read, in this order. They need not be written to memory yet.
            shape: (CH, h, w).
        """
        hidden = [self._sensory.get(object_id) for object_id in object_ids]
        blank = torch.zeros(shape, device=self.device)  # (CH, h, w)
        return torch.stack([blank if own is None else own for own in hidden])

    @torch.inference_mode()
    def write_sensory(self, object_ids: Sequence[int], hidden: torch.Tensor) -> None:
        """Replace the sensory memory of some objects by ``hidden`` (K, CH, h, w)."""
        self._sensory.update(zip(object_ids, hidden.unbind(), strict=True))

    @torch.inference_mode()
    def forget(self, object_id: int) -> None:
        """Drop an object with its values and sensory memory, and the elements that no other object uses.

        Raises:
            TrackerError: the object is not remembered.
        """
        self._check_remembered(object_id)
        self._groups.remove(object_id)
        self._sensory.pop(object_id, None)
        if not self._groups:
            self.reset()
            return
        self._store.drop(value_column(object_id))
        self._store.keep(self._store["newest_group"] >= self._groups.oldest)
        if not self.permanent_size:
            self._store["kind"][self._store.first_frame(Kind.WORKING)] = Kind.PERMANENT

    def reset(self) -> None:
        """Drop everything."""
        self._store = MemoryStore()
        self._groups = ObjectGroups()
        self._sensory = {}
        self._frames_written = 0
        self._newest_is_open = False

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything remembered, as arrays (names to arrays; fit for ``np.savez`` without pickle)."""
        groups = np.array(self._groups.state(), dtype=np.int64).reshape(-1, 2)
        state: dict[str, NDArray[np.generic]] = {
            "groups": groups,
            "next_group": np.array(self._groups.next_number),
            "grid": np.array(self._grid),
            "frames_written": np.array(self._frames_written),
        }
        for name, column in self._store.columns.items():
            state[f"store.{name}"] = column.cpu().numpy().copy()
        for object_id, hidden in self._sensory.items():
            state[f"sensory.{object_id}"] = hidden.cpu().numpy().copy()
        return state

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
        rows = _named(tensors, "store.")
        if rows:
            self._store = MemoryStore(limit=self._max_size())
            self._store.append(rows)
        self._sensory = {int(name): hidden for name, hidden in _named(tensors, "sensory.").items()}

    @property
    def _cells(self) -> int:
        return self._grid[0] * self._grid[1]

    def _count(self, kind: Kind) -> int:
        return int((self._store["kind"] == kind).sum()) if self._store.size else 0

    def _max_size(self) -> int | None:
        if self.config.max_working_frames is None:
            return None
        frames = self.config.max_permanent_frames + self.config.max_working_frames
        long_term = self.config.max_long_term_elements if self.config.long_term else 0
        return frames * self._cells + long_term

    def _rows(
        self,
        key: torch.Tensor,
        values: torch.Tensor,
        object_ids: Sequence[int],
        shrinkage: torch.Tensor | None,
        selection: torch.Tensor | None,
        kind: Kind,
    ) -> dict[str, torch.Tensor]:
        tokens = _tokens(key)  # (h * w, CK)
        scale = torch.ones_like(tokens[:, 0]) if shrinkage is None else shrinkage.flatten()  # (h * w,)
        cells = torch.arange(self._cells, device=self.device)
        anisotropic = self.config.anisotropic
        rows = {
            "kind": torch.full_like(cells, kind, dtype=torch.uint8),
            "frame": torch.full_like(cells, self._frames_written),
            "cell": cells,
            "newest_group": torch.full_like(cells, self._groups.newest),
            "key": tokens,
            "factor": expand_memory(tokens, scale, anisotropic=anisotropic),
            "shrinkage": scale,
            "usage": torch.zeros_like(scale),
            "age": torch.zeros_like(scale),
        }
        if self.config.long_term and anisotropic:
            rows["selection"] = torch.ones_like(tokens) if selection is None else _tokens(selection)
        for object_id, value in zip(object_ids, values, strict=True):
            rows[value_column(object_id)] = _tokens(value)
        return rows

    def _settle(self) -> None:
        """Consolidate a working memory that the last write filled."""
        limit = self.config.max_working_frames
        if self.config.long_term and limit is not None and self._working_frames + 1 >= limit:
            consolidate(self._store, self._groups, self.config)

    def _drop_beyond_window(self) -> None:
        """Make room for one more frame where no long-term memory takes the old ones."""
        limit = self.config.max_working_frames
        if limit is not None and self._working_frames + 2 > limit:
            survives = torch.ones(self._store.size, dtype=torch.bool, device=self.device)
            survives[self._store.first_frame(Kind.WORKING)] = False
            self._store.keep(survives)

    @property
    def _working_frames(self) -> int:
        return self.working_size // self._cells if self._cells else 0

    def _check_key(self, key: torch.Tensor) -> None:
        if not self._store.size:
            return
        channels = self._store["key"].shape[1]
        if key.shape != (channels, *self._grid):
            raise TrackerError(
                f"key is {tuple(key.shape)}, memory holds {(channels, *self._grid)}: "
                "reset before another network or frame size"
            )

    def _check_values(self, values: torch.Tensor, object_ids: Sequence[int], grid: tuple[int, int]) -> None:
        if not object_ids or len(set(object_ids)) != len(object_ids):
            raise TrackerError(f"object ids are {list(object_ids)}: give at least one, each once")
        if values.ndim != 4 or values.shape[0] != len(object_ids) or values.shape[2:] != grid:
            raise TrackerError(
                f"values are {tuple(values.shape)}: give ({len(object_ids)}, CV, {grid[0]}, {grid[1]})"
            )
        absent = set(self._groups.object_ids) - set(object_ids)
        if absent:
            raise TrackerError(f"objects {sorted(absent)} have no value: give or forget them")

    def _check_permanent_cap(self) -> None:
        cap = self.config.max_permanent_frames
        if self._store.size and self.permanent_size >= cap * self._cells:
            raise MemoryFullError(
                f"all {cap} permanent frames are taken: forget objects, remember this frame with "
                "permanent=False, or raise max_permanent_frames"
            )

    def _check_remembered(self, object_id: int) -> None:
        if object_id not in self._groups:
            raise TrackerError(f"object {object_id} is not remembered: there are {list(self.object_ids)}")


def _tokens(grid: torch.Tensor) -> torch.Tensor:
    """One row per cell: (C, h, w) to (h * w, C)."""
    return grid.flatten(1).T


def _named(tensors: Mapping[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
