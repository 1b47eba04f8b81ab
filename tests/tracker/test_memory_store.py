"""A store of memory behaves like a list of rows."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from tracker.memory_store import Kind, MemoryStore, value_column


def _numbers(start: int, count: int) -> torch.Tensor:
    return torch.arange(start, start + count)


@given(
    operations=st.lists(
        st.one_of(
            st.tuples(st.just("append"), st.integers(1, 7)), st.tuples(st.just("keep"), st.integers(1, 5))
        ),
        max_size=30,
    ),
    limit=st.none() | st.integers(1, 40),
)
def test_it_behaves_like_a_list_of_rows(operations: list[tuple[str, int]], limit: int | None) -> None:
    store, rows, written = MemoryStore(limit), [], 0
    for operation, number in operations:
        if operation == "append":
            store.append({"row": _numbers(written, number), "wide": _numbers(written, number)[:, None]})
            rows += range(written, written + number)
            written += number
        elif rows:
            store.keep(store["row"] % number == 0)
            rows = [row for row in rows if row % number == 0]
        if written:
            assert store["row"].tolist() == rows
            assert store["wide"][:, 0].tolist() == rows
        assert store.size == len(rows)


def test_capacity_doubles_up_to_the_limit() -> None:
    store, capacities = MemoryStore(limit=50), []
    for start in range(0, 60, 10):
        store.append({"row": _numbers(start, 10)})
        capacities.append(store.capacity)

    assert capacities == [10, 20, 40, 40, 50, 60]


def test_a_full_store_allocates_nothing_when_rows_are_exchanged() -> None:
    store = MemoryStore(limit=20)
    store.append({"row": _numbers(0, 20)})
    address = store["row"].data_ptr()
    for _ in range(5):
        store.keep(store["row"] >= store["row"][10])
        store.append({"row": _numbers(int(store["row"][-1]) + 1, 10)})

    assert store["row"].data_ptr() == address


def test_reading_a_column_copies_nothing() -> None:
    store = MemoryStore()
    store.append({"row": _numbers(0, 3)})
    store["row"][1] = 9

    assert store["row"].tolist() == [0, 9, 2]
    assert store.columns["row"].data_ptr() == store["row"].data_ptr()


def test_missing_values_are_zero() -> None:
    store = MemoryStore()
    store.append({"row": _numbers(1, 2)})
    store.append({"row": _numbers(3, 2), "late": torch.ones(2, 3)})
    store.append({"row": _numbers(5, 1)})

    assert store["late"].sum(1).tolist() == [0, 0, 3, 3, 0]


def test_the_last_elements_make_room_for_others() -> None:
    store = MemoryStore()
    store.append({"row": _numbers(0, 3)})

    store.shorten(2)
    store.append({"row": _numbers(7, 1), value_column(7): torch.ones(1, 4)})

    assert store["row"].tolist() == [0, 7]
    assert store[value_column(7)].sum(1).tolist() == [0, 4]


def test_a_dropped_column_is_gone() -> None:
    store = MemoryStore()
    store.append({"row": _numbers(0, 3), "other": torch.ones(3)})

    store.drop("other")

    assert list(store.columns) == ["row"]


def test_an_empty_store_has_no_capacity() -> None:
    assert MemoryStore().capacity == 0
    assert MemoryStore().columns == {}


def test_frames_are_found_by_kind() -> None:
    store = MemoryStore()
    store.append(
        {
            "frame": torch.tensor([5, 5, 0, 3, 3, 4]),
            "kind": torch.tensor(
                [Kind.WORKING] * 2 + [Kind.LONG_TERM] + [Kind.WORKING] * 2 + [Kind.PERMANENT]
            ),
        }
    )

    assert store.frames(store["kind"] == Kind.WORKING) == [3, 5]
    assert store.first_frame(Kind.WORKING).tolist() == [3, 4]
    assert store.first_frame(Kind.PERMANENT).tolist() == [5]
