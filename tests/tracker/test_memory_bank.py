"""The memory bank reads what XMem reads, and keeps within its sizes."""

import itertools
import weakref
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracker.plain_memory import PlainMemory
from tracker.errors import MemoryFullError, TrackerError
from tracker.matching import _slice_or_rows
from tracker.memory_bank import MemoryBank
from tracker.memory_config import MemoryConfig

GRID = (3, 4)
CELLS = 12
CK, CV = 6, 5


class Frames:
    """Random keys and values, one after the other."""

    def __init__(self, seed: int = 0) -> None:
        self._generator = torch.Generator().manual_seed(seed)

    def random(self, *shape: int) -> torch.Tensor:
        return torch.rand(*shape, *GRID, generator=self._generator)

    def key(self) -> dict[str, torch.Tensor]:
        key, selection, shrinkage = 3 * self.random(CK), self.random(CK), 1 + self.random(1)
        return {"key": key, "selection": selection, "shrinkage": shrinkage}

    def query(self) -> tuple[torch.Tensor, torch.Tensor]:
        return 3 * self.random(CK), self.random(CK)

    def write(self, bank: MemoryBank, object_ids: tuple[int, ...] | list[int], **options: bool) -> None:
        bank.write(values=self.random(len(object_ids), CV), object_ids=object_ids, **self.key(), **options)


def _config(**changes: int | bool | float | None) -> MemoryConfig:
    sizes = {
        "top_k": 7,
        "min_working_frames": 2,
        "max_working_frames": 4,
        "num_prototypes": 8,
        "max_long_term_elements": 28,
        "max_permanent_frames": 3,
        "query_chunk": 5,
    }
    return MemoryConfig(**{**sizes, **changes})  # type: ignore[arg-type]  # the names are checked at run time


def _bank(**changes: int | bool | float | None) -> MemoryBank:
    return MemoryBank(_config(**changes))


def _sizes(bank: MemoryBank) -> tuple[int, int, int]:
    return bank.permanent_size, bank.working_size, bank.long_term_size


# --- equal to XMem -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("min_frames", "max_frames", "max_long", "arrivals"),
    [
        (2, 4, 28, {0: 2}),
        (5, 10, 50, {0: 1}),
        (1, 4, 1000, {0: 2, 8: 1}),
        (2, 4, 1000, {0: 2, 9: 1}),
        (2, 4, 1000, {0: 1, 8: 1, 9: 2, 20: 1}),
        (3, 8, 1000, {0: 1, 11: 1}),
        (3, 8, 44, {0: 1, 12: 1}),
    ],
)
@pytest.mark.parametrize("top_k", [7, None])
def test_it_reads_what_xmem_reads(
    min_frames: int, max_frames: int, max_long: int, arrivals: dict[int, int], top_k: int | None
) -> None:
    bank = _bank(
        min_working_frames=min_frames,
        max_working_frames=max_frames,
        max_long_term_elements=max_long,
        top_k=top_k,
    )
    plain = PlainMemory(
        channels=CK,
        cells=CELLS,
        top_k=top_k,
        min_frames=min_frames,
        max_frames=max_frames,
        prototypes=8,
        max_long=max_long,
    )
    frames, groups = Frames(), []
    for index in range(80):
        frame = frames.key()
        key, selection, shrinkage = frame["key"], frame["selection"], frame["shrinkage"]
        if index:
            expected = torch.cat(plain.read(key.flatten(1), selection.flatten(1)))
            torch.testing.assert_close(bank.read(key, selection).flatten(2), expected, rtol=1e-4, atol=1e-5)
            assert bank.permanent_size + bank.working_size == plain.work.size
            assert bank.long_term_size == plain.long.size
        if index in arrivals:
            groups.append(arrivals[index])
        if index % 2 == 0 or index in arrivals:
            values = frames.random(sum(groups), CV)
            bank.write(values=values, object_ids=range(1, sum(groups) + 1), **frame)
            plain.write(
                key.flatten(1),
                shrinkage.flatten(),
                selection.flatten(1),
                list(values.flatten(2).split(groups)),
            )


# --- where XMem falls over ---------------------------------------------------------------------------------


def test_a_frame_with_fewer_tokens_than_top_k_is_read() -> None:
    bank, frames = _bank(top_k=30), Frames()
    values = torch.ones(1, CV, *GRID)
    bank.write(values=values, object_ids=[1], **frames.key())

    torch.testing.assert_close(bank.read(*frames.query()), values)


def test_a_late_group_with_fewer_tokens_than_top_k_is_read() -> None:
    bank, frames = _bank(top_k=20), Frames()
    frames.write(bank, [1])
    bank.write(values=torch.ones(2, CV, *GRID), object_ids=[1, 2], **frames.key())

    torch.testing.assert_close(bank.read(*frames.query())[1], torch.ones(CV, *GRID))


def test_a_long_term_memory_that_is_exactly_full_takes_more() -> None:
    bank, frames = (
        _bank(max_long_term_elements=24),
        Frames(),
    )  # the third consolidation finds room for exactly 8
    long_sizes = set()
    for _ in range(40):
        frames.write(bank, [1])
        bank.read(*frames.query())
        long_sizes.add(bank.long_term_size)

    assert long_sizes == {0, 8, 16, 24}


def test_fewer_candidates_than_prototypes_are_all_kept() -> None:
    bank, frames = _bank(num_prototypes=40, max_long_term_elements=100), Frames()
    for _ in range(4):
        frames.write(bank, [1])
    bank.read(*frames.query())

    assert _sizes(bank) == (CELLS, CELLS, 2 * CELLS)


def test_eviction_works_with_objects_that_arrived_at_different_frames() -> None:
    bank, frames = _bank(), Frames()
    for index in range(60):
        frames.write(bank, [1, 2, 3][: 1 + index // 7])
        readout = bank.read(*frames.query())
        assert torch.isfinite(readout).all()
        assert bank.long_term_size <= 28

    assert bank.long_term_size == 28


@pytest.mark.parametrize("permanent", [True, False])
@pytest.mark.parametrize("min_frames", [1, 2, 5])
def test_an_object_is_read_only_where_it_has_values(permanent: bool, min_frames: int) -> None:
    """Elements without values hold zeros, so any weight on one of them would show."""
    bank = _bank(min_working_frames=min_frames, max_working_frames=6, max_permanent_frames=9)
    frames = Frames()
    for index in range(60):
        ids = [3, 5, 1, 2][: 1 + index // 9]
        values = torch.tensor(ids).float()[:, None, None, None].expand(-1, CV, *GRID)  # (K, CV, h, w)
        arrives = index % 9 == 0 and index < 36
        bank.write(values=values, object_ids=ids, permanent=permanent and arrives, **frames.key())
        readout = bank.read(*frames.query())
        torch.testing.assert_close(readout, values[torch.tensor(ids).argsort()])

    assert bank.long_term_size == 28


# --- properties --------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(seed=st.integers(0, 999), chunk=st.integers(1, 13), top_k=st.none() | st.integers(1, 50))
def test_reading_in_chunks_equals_reading_at_once(seed: int, chunk: int, top_k: int | None) -> None:
    whole, parts = (_bank(query_chunk=size, top_k=top_k, locality_radius=2) for size in (None, chunk))
    frames = Frames(seed)
    for index in range(9):
        object_ids = [1, 2, 3] if index > 4 else [1, 3]
        frame, values, query = frames.key(), frames.random(len(object_ids), CV), frames.query()
        for bank in (whole, parts):
            bank.write(values=values, object_ids=object_ids, **frame)
        at_once = whole.read(*query)
        affinity = parts.match(*query)
        in_chunks = torch.cat([parts.readout(affinity, [object_id]) for object_id in parts.object_ids])

        torch.testing.assert_close(in_chunks, at_once)


@settings(max_examples=25)
@given(seed=st.integers(0, 999), order=st.permutations([1, 2, 3, 4]))
def test_the_order_of_objects_does_not_matter(seed: int, order: list[int]) -> None:
    readouts = []
    for ids in ([1, 2, 3, 4], order):
        bank, frames = _bank(), Frames(seed)
        for _ in range(9):
            values = frames.random(4, CV)
            bank.write(values=values[[object_id - 1 for object_id in ids]], object_ids=ids, **frames.key())
            readouts.append(bank.read(*frames.query()))

    for one, other in zip(readouts[:9], readouts[9:], strict=True):
        torch.testing.assert_close(one, other)


class Operations:
    """Random operations on a bank, with what must hold after each of them."""

    def __init__(self, seed: int, config: MemoryConfig) -> None:
        self.bank, self.frames = MemoryBank(config), Frames(seed)
        self._draw = np.random.default_rng(seed)

    def run(self, count: int) -> Iterator[MemoryBank]:
        for _ in range(count):
            self._one()
            yield self.bank

    def _one(self) -> None:
        operations = {self._write: 0.5, self._read: 0.35, self._amend: 0.08, self._forget: 0.07}
        operation = self._draw.choice(list(operations), p=list(operations.values()))
        if self.bank.object_ids or operation == self._write:
            operation()

    def _write(self) -> None:
        self._unless_full(self.frames.write, self.bank, self._some_ids())

    def _amend(self) -> None:
        if self.bank.can_amend:
            self._unless_full(partial(self.frames.write, amends=True), self.bank, self._some_ids())

    def _read(self) -> None:
        readout = self.bank.read(*self.frames.query())
        assert readout.shape == (len(self.bank.object_ids), CV, *GRID)
        assert readout.min() >= -1e-4  # as all values are
        assert readout.max() <= 1 + 1e-4

    def _forget(self) -> None:
        self.bank.forget(int(self._draw.choice(self.bank.object_ids)))

    def _some_ids(self) -> list[int]:
        """All that are remembered, at times a new one with them."""
        known = self.bank.object_ids
        arrives = not known or (len(known) < 5 and self._draw.random() < 0.1)
        return [*known, int(self._draw.choice(sorted({*range(1, 8)} - {*known})))] if arrives else [*known]

    def _unless_full(self, write: Callable[..., None], *arguments: object) -> None:
        try:
            write(*arguments, permanent=self._draw.random() < 0.1)
        except MemoryFullError:
            self._forget()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"locality_radius": 1.0},
        {"min_working_frames": 1, "max_working_frames": 3},
        {"long_term": False},
        {"anisotropic": False, "top_k": None},
    ],
)
def test_sizes_never_exceed_their_caps_over_random_operations(changes: dict[str, int | bool | None]) -> None:
    config = _config(**changes)
    assert config.max_working_frames is not None
    largest = [0, 0, 0]
    for bank in Operations(1, config).run(500):
        largest = [max(pair) for pair in zip(largest, _sizes(bank), strict=True)]

    permanent, working, long_term = largest
    assert permanent == config.max_permanent_frames * CELLS
    assert working == (config.max_working_frames - 1) * CELLS
    assert long_term <= (config.max_long_term_elements if config.long_term else 0)
    assert long_term or not config.long_term


@settings(max_examples=10)
@given(seed=st.integers(0, 999), operations=st.integers(1, 60))
def test_a_saved_bank_continues_exactly(seed: int, operations: int) -> None:
    original = Operations(seed, _config())
    list(original.run(operations))
    state = original.bank.state()
    restored = MemoryBank(original.bank.config)

    restored.load_state(state)

    for _ in range(8):
        ids = original.bank.object_ids or (1,)
        frame, values, query = (
            original.frames.key(),
            original.frames.random(len(ids), CV),
            original.frames.query(),
        )
        for bank in (original.bank, restored):
            bank.write(values=values, object_ids=ids, **frame)
        assert torch.equal(restored.read(*query), original.bank.read(*query))
        assert _sizes(restored) == _sizes(original.bank)


# --- permanent memory --------------------------------------------------------------------------------------


def test_the_first_frame_is_always_permanent() -> None:
    bank, frames = _bank(), Frames()
    frames.write(bank, [1])
    frames.write(bank, [1])

    assert _sizes(bank) == (CELLS, CELLS, 0)


def test_a_permanent_frame_is_read_however_long_ago_it_was() -> None:
    bank, frames = _bank(top_k=1), Frames()
    frames.write(bank, [1])
    known, values = frames.key(), frames.random(1, CV)
    bank.write(values=values, object_ids=[1], permanent=True, **known)
    for _ in range(50):
        frames.write(bank, [1])
        bank.read(*frames.query())

    torch.testing.assert_close(bank.read(known["key"], torch.ones(CK, *GRID)), values)


def test_a_full_permanent_memory_says_so_and_stays_as_it_is() -> None:
    bank, frames = _bank(), Frames()
    for _ in range(3):
        frames.write(bank, [1], permanent=True)
    frames.write(bank, [1])
    before = bank.state()

    for write in (
        lambda: frames.write(bank, [1, 2], permanent=True),
        lambda: frames.write(bank, [1, 2], permanent=True, amends=True),
    ):
        with pytest.raises(
            MemoryFullError, match=r"all 3 permanent frames are taken: .* max_permanent_frames"
        ):
            write()

    after = bank.state()
    assert after.keys() == before.keys()
    assert all(np.array_equal(after[name], before[name]) for name in before)


# --- amending ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frames_before", [0, 1, 2, 3, 10])
@pytest.mark.parametrize("new_ids", [[1], [1, 2]])
@pytest.mark.parametrize("permanent", [False, True])
def test_amending_equals_having_written_it_so(
    frames_before: int, new_ids: list[int], permanent: bool
) -> None:
    banks = _bank(), _bank()
    for bank, amended in zip(banks, (True, False), strict=True):
        frames = Frames()
        for _ in range(frames_before):
            frames.write(bank, [1])
            bank.read(*frames.query())
        wrong, right = frames.key(), frames.key()
        if amended:
            bank.write(values=frames.random(1, CV), object_ids=[1], **wrong)
            assert bank.can_amend
        values = Frames(1).random(len(new_ids), CV)
        bank.write(values=values, object_ids=new_ids, permanent=permanent, amends=amended, **right)
        frames = Frames(2)
        reads = []
        for _ in range(6):
            reads.append(bank.read(*frames.query()))
            frames.write(bank, new_ids)
        if amended:
            expected = reads

    assert all(torch.equal(one, other) for one, other in zip(expected, reads, strict=True))
    assert _sizes(banks[0]) == _sizes(banks[1])


def test_a_permanent_frame_stays_permanent_when_amended() -> None:
    bank, frames = _bank(), Frames()
    frames.write(bank, [1], permanent=True)

    frames.write(bank, [1], amends=True)

    assert _sizes(bank) == (CELLS, 0, 0)


def test_nothing_can_be_amended_once_the_memory_was_read() -> None:
    bank, frames = _bank(), Frames()
    assert not bank.can_amend
    frames.write(bank, [1])
    bank.read(*frames.query())
    assert not bank.can_amend

    with pytest.raises(TrackerError, match="read since its last write"):
        frames.write(bank, [1], amends=True)


# --- forgetting --------------------------------------------------------------------------------------------


def test_forgetting_frees_the_values_of_the_object() -> None:
    bank, frames = _bank(), Frames()
    frames.write(bank, [1, 2])
    bank.sensory.write([1, 2], frames.random(2, 3))
    held = weakref.ref(bank._store._columns["value.1"])

    bank.forget(1)

    assert held() is None
    assert bank.object_ids == (2,)
    assert not bank.sensory.read([1], (3, *GRID)).any()
    assert not any(name.endswith(".1") for name in bank.state())


def test_forgetting_leaves_the_others_as_they_were() -> None:
    bank, frames = _bank(), Frames()
    for index in range(9):
        frames.write(bank, [1, 2, 3] if index > 2 else [1, 2])
        bank.read(*frames.query())
    query = frames.query()
    before = bank.read(*query)

    bank.forget(2)

    assert torch.equal(bank.read(*query), before[[0, 2]])


def test_forgetting_the_oldest_group_frees_the_frames_that_only_it_had() -> None:
    bank, frames = _bank(max_working_frames=9), Frames()
    for _ in range(3):
        frames.write(bank, [1])
    frames.write(bank, [1, 2])
    frames.write(bank, [1, 2])
    query = frames.query()
    before = bank.read(*query)

    bank.forget(1)

    assert _sizes(bank) == (CELLS, CELLS, 0)  # the oldest frame left has become permanent
    assert torch.equal(bank.read(*query)[0], before[1])


def test_forgetting_all_leaves_nothing() -> None:
    bank, frames = _bank(), Frames()
    frames.write(bank, [4])
    bank.forget(4)

    assert bank.object_ids == ()
    assert _sizes(bank) == (0, 0, 0)
    frames.write(bank, [5])
    assert bank.object_ids == (5,)


def test_an_object_may_come_back_after_it_was_forgotten() -> None:
    bank, frames = _bank(), Frames()
    frames.write(bank, [1, 2])
    bank.forget(2)
    values = frames.random(2, CV)
    frame = frames.key()
    bank.write(values=values, object_ids=[1, 2], **frame)

    readout = bank.read(frame["key"], frame["selection"])

    assert readout[1].max() <= values[1].max() + 1e-5
    assert readout[1].min() >= values[1].min() - 1e-5


def test_forgetting_a_stranger_is_refused() -> None:
    bank, frames = _bank(), Frames()
    frames.write(bank, [1])

    with pytest.raises(TrackerError, match=r"object 3 is not remembered: there are \[1\]"):
        bank.forget(3)


def test_a_reset_bank_takes_frames_of_another_size() -> None:
    bank, frames = _bank(), Frames()
    frames.write(bank, [1])
    bank.reset()

    bank.write(torch.ones(2, 5, 5), torch.ones(1, 1, 5, 5), [9])

    torch.testing.assert_close(bank.read(torch.ones(2, 5, 5)), torch.ones(1, 1, 5, 5))


# --- storage -----------------------------------------------------------------------------------------------


def test_a_full_bank_allocates_no_more() -> None:
    bank, frames = _bank(), Frames()
    addresses = []
    for _ in range(60):
        frames.write(bank, [1])
        bank.read(*frames.query())
        addresses.append({name: column.data_ptr() for name, column in bank._store._columns.items()})

    assert all(one == other for one, other in itertools.pairwise(addresses[30:]))


def test_without_long_term_memory_the_oldest_frames_are_dropped() -> None:
    bank, frames = _bank(long_term=False), Frames()
    for _ in range(9):
        frames.write(bank, [1])

    assert _sizes(bank) == (CELLS, 3 * CELLS, 0)
    assert bank._store.frames(bank._store["kind"] == 1) == [6, 7, 8]


def test_without_long_term_memory_working_memory_may_be_unlimited() -> None:
    bank, frames = _bank(long_term=False, max_working_frames=None), Frames()
    for _ in range(9):
        frames.write(bank, [1])
        bank.read(*frames.query())

    assert _sizes(bank) == (CELLS, 8 * CELLS, 0)


def test_far_working_elements_are_not_matched_and_permanent_ones_are() -> None:
    near, everywhere = _bank(top_k=1, locality_radius=1), _bank(top_k=1)
    corner = torch.zeros(1, CV, *GRID)
    corner[..., 2, 3] = 1
    alike, other = torch.zeros(CK, *GRID), torch.ones(CK, *GRID)
    for bank in (near, everywhere):
        other_but_corner = other.clone()
        other_but_corner[:, 2, 3] = 0
        bank.write(other, torch.zeros(1, CV, *GRID), [1])
        bank.write(other_but_corner, corner, [1])  # only the corner looks like the query

    assert everywhere.read(alike)[0, 0].tolist() == [[1] * 4] * 3
    assert near.read(alike)[0, 0].tolist() == [[0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]

    near.write(other_but_corner, corner, [1], permanent=True)
    assert near.read(alike)[0, 0].tolist() == [[1] * 4] * 3


def test_sensory_memory_is_kept_per_object() -> None:
    bank, frames = _bank(), Frames()
    hidden = frames.random(2, 3)
    bank.sensory.write([5, 2], hidden)

    read = bank.sensory.read([2, 9, 5], (3, *GRID))

    torch.testing.assert_close(read[[2, 0]], hidden)
    assert not read[1].any()


def test_half_precision_values_are_read_in_half_precision() -> None:
    bank, frames = _bank(), Frames()
    for _ in range(5):
        bank.write(values=torch.ones(1, CV, *GRID).half(), object_ids=[1], **frames.key())
        readout = bank.read(*frames.query())

    assert readout.dtype == torch.float16
    torch.testing.assert_close(readout, torch.ones(1, CV, *GRID).half(), rtol=1e-2, atol=0)


# --- what is refused ---------------------------------------------------------------------------------------


def test_reading_an_empty_bank_is_refused() -> None:
    with pytest.raises(TrackerError, match="nothing is remembered"):
        _bank().read(*Frames().query())


@pytest.mark.parametrize(
    ("values", "object_ids", "message"),
    [
        ((1, CV, *GRID), [], "give at least one"),
        ((2, CV, *GRID), [1, 1], "each once"),
        ((1, CV, *GRID), [1, 2], r"give \(2, CV, 3, 4\)"),
        ((2, CV, 3, 3), [1, 2], r"give \(2, CV, 3, 4\)"),
        ((2, *GRID), [1, 2], r"give \(2, CV, 3, 4\)"),
        ((1, CV, *GRID), [2], r"objects \[1\] have no value"),
    ],
)
def test_values_that_do_not_fit_are_refused(
    values: tuple[int, ...], object_ids: list[int], message: str
) -> None:
    bank, frames = _bank(), Frames()
    frames.write(bank, [1])

    for amends in (False, True):
        with pytest.raises(TrackerError, match=message):
            bank.write(values=torch.ones(values), object_ids=object_ids, amends=amends, **frames.key())


def test_a_part_of_a_frame_reads_as_it_does_in_the_frame_and_counts_no_use() -> None:
    bank, frames = _bank(), Frames()
    for _ in range(2):
        frames.write(bank, [1, 2])
    key, selection = frames.query()
    whole = bank.read(key, selection)
    use = {name: bank.state()[f"store.{name}"].copy() for name in ("usage", "age")}
    assert use["usage"].any()
    part = bank.read(key[:, 1:, :2].contiguous(), selection[:, 1:, :2].contiguous())
    torch.testing.assert_close(part, whole[..., 1:, :2])
    for name, before in use.items():
        assert np.array_equal(bank.state()[f"store.{name}"], before)


def test_keys_that_do_not_fit_are_refused() -> None:
    bank, frames = _bank(), Frames()
    frames.write(bank, [1])

    with pytest.raises(TrackerError, match=r"key is \(2, 3, 4\), memory holds \(6, 3, 4\)"):
        bank.read(torch.ones(2, *GRID))
    with pytest.raises(TrackerError, match=r"key is \(6, 4, 3\), memory holds \(6, 3, 4\)"):
        bank.read(torch.ones(CK, 4, 3))
    with pytest.raises(TrackerError, match="reset before another network or frame size"):
        bank.write(torch.ones(CK, 3, 5), torch.ones(1, CV, 3, 5), [1])


def test_a_state_of_something_else_is_refused() -> None:
    with pytest.raises(
        TrackerError, match="not a saved memory bank: frames_written, grid, next_group missing"
    ):
        _bank().load_state({"groups": np.zeros((0, 2))})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"top_k": 0}, "top_k is 0"),
        ({"query_chunk": 0}, "query_chunk is 0"),
        ({"max_permanent_frames": 0}, "max_permanent_frames is 0"),
        ({"max_working_frames": None}, "max_working_frames is None"),
        ({"max_working_frames": 1}, "max_working_frames is 1"),
        ({"min_working_frames": 4}, "min_working_frames is 4: give 1 to 3"),
        ({"min_working_frames": 0}, "min_working_frames is 0: give 1 to 3"),
        ({"num_prototypes": 29}, "num_prototypes is 29: give 1 to 28"),
    ],
)
def test_sizes_that_cannot_work_are_refused(changes: dict[str, int | None], message: str) -> None:
    with pytest.raises(TrackerError, match=message):
        _config(**changes)


def test_sizes_of_a_long_term_memory_that_is_off_do_not_matter() -> None:
    assert not _config(long_term=False, min_working_frames=99, num_prototypes=0).long_term


def test_a_group_that_ceased_before_saving_leaves_no_trace_for_the_next_one_after_loading() -> None:
    frames, original, restored = Frames(3), _bank(), _bank()
    frames.write(original, [1])
    frames.write(original, [1, 2])
    original.forget(2)
    restored.load_state(original.state())
    frame, values = frames.key(), frames.random(2, CV)
    for bank in (original, restored):
        bank.write(values=values, object_ids=[1, 3], **frame)
    query = frames.query()
    assert torch.equal(original.read(*query), restored.read(*query))


@pytest.mark.parametrize("chosen", [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1], [1, 0, 1, 0], [1, 0, 0, 1]])
def test_rows_that_lie_side_by_side_are_seen_without_a_copy(chosen: list[int]) -> None:
    rows = _slice_or_rows(torch.tensor(chosen, dtype=torch.bool))
    places = [place for place, is_chosen in enumerate(chosen) if is_chosen]
    assert torch.arange(4)[rows].tolist() == places
    assert isinstance(rows, slice) == (places[-1] - places[0] < len(places))
