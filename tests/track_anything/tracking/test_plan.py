"""Which spans are tracked, and from which known frames."""

from hypothesis import given
from hypothesis import strategies as st

from track_anything.project.edits import Propagate
from track_anything.tracking.plan import Span, plan, spans
from track_anything.tracking.priming import evenly_spaced

VIDEO = range(100)


def test_a_stale_frame_makes_its_whole_gap_a_span() -> None:
    assert spans(1, [5], [0, 10, 20], VIDEO) == [Span(1, 1, 10, (0, 10))]


def test_gaps_on_both_sides_of_a_known_frame_are_one_span() -> None:
    assert spans(1, [5, 15], [0, 10, 20], VIDEO) == [Span(1, 1, 20, (0, 10, 20))]
    assert spans(1, [5, 25], [0, 10, 20], VIDEO) == [Span(1, 1, 10, (0, 10)), Span(1, 21, 100, (20,))]


def test_known_frames_next_to_each_other_leave_no_gap() -> None:
    assert spans(1, [5, 30], [0, *range(10, 20)], VIDEO) == [Span(1, 1, 10, (0, 10)), Span(1, 20, 100, (19,))]


def test_what_no_known_frame_reaches_is_no_span() -> None:
    assert spans(1, [60], [0], range(50, 70)) == []
    assert spans(1, [60], [49], range(50, 70)) == [Span(1, 50, 70, (49,))]
    assert spans(1, [], [0], VIDEO) == []


def test_a_span_between_two_known_frames_is_gone_through_both_ways() -> None:
    assert plan([Span(1, 1, 10, (0, 10))]) == [
        Propagate(0, 10, 1, (1,)),
        Propagate(10, 0, -1, (1,), joined=True),
    ]


def test_an_open_end_is_gone_through_one_way() -> None:
    assert plan([Span(1, 0, 10, (10,))]) == [Propagate(10, -1, -1, (1,))]
    assert plan([Span(1, 11, 100, (10,))]) == [Propagate(10, 100, 1, (1,))]
    assert plan([Span(1, 11, 100, (10,))], "backward") == []


def test_objects_share_a_pass_and_join_it_where_they_are_known() -> None:
    wanted = [Span(1, 1, 100, (0,)), Span(2, 0, 100, (30,))]
    assert plan(wanted) == [
        Propagate(0, 100, 1, (1, 2), joins=(0, 30)),
        Propagate(30, -1, -1, (2,), joined=True),
    ]


def test_a_pass_follows_an_object_from_where_it_joins() -> None:
    forward = Propagate(0, 100, 1, (1, 2), joins=(0, 30))
    assert [forward.followed_on(frame) for frame in (0, 29, 30, 99, 100)] == [{1}, {1}, {1, 2}, {1, 2}, set()]
    backward = Propagate(30, -1, -1, (1, 2), joins=(20, 30))
    assert [backward.followed_on(frame) for frame in (31, 30, 21, 20, 0)] == [set(), {2}, {2}, {1, 2}, {1, 2}]


@given(
    known=st.sets(st.integers(0, 29), min_size=1), stale=st.sets(st.integers(0, 29)), limits=st.tuples(
        st.integers(0, 14), st.integers(15, 30)
    ).map(lambda ends: range(*ends)),
)  # fmt: skip
def test_every_stale_frame_that_can_be_reached_is_written_and_no_known_frame_is_passed_by(
    known: set[int], stale: set[int], limits: range
) -> None:
    wanted = spans(1, stale - known, known, limits)
    covered = [frame for span in wanted for frame in range(span.start, span.stop)]
    assert len(covered) == len(set(covered))
    assert set(covered) <= set(limits)
    reachable = {
        f for f in stale - known if f in limits and any(limits.start - 1 <= k <= limits.stop for k in known)
    }
    assert reachable <= set(covered)
    written = {frame for edit in plan(wanted) for frame in edit.frames}
    assert set(covered) - known <= written
    for edit in plan(wanted):
        assert edit.start in known
        assert edit.stop in known or edit.stop in (limits.stop, limits.start - 1)


@given(known=st.sets(st.integers(0, 999)), stop=st.integers(0, 1000), most=st.integers(2, 9))
def test_known_frames_for_memory_are_few_spread_out_and_hold_the_end(
    known: set[int], stop: int, most: int
) -> None:
    chosen = evenly_spaced(known, Propagate(0, stop, 1, (1,)), most)
    assert set(chosen) <= known
    assert list(chosen) == sorted(set(chosen))
    assert len(chosen) <= most
    assert len(chosen) == len(known) or len(chosen) >= most - 1
    if known:
        assert min(abs(frame - stop) for frame in chosen) == min(abs(frame - stop) for frame in known)
