"""How much memory tracking takes is said before it begins, with what to do when there is less."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.track_anything.pointing import at
from tests.tracker.stand_in import tiny_network
from track_anything.models import Models, memory
from track_anything.testing import MovingShapes, fake_models, fake_session
from track_anything.tracking import Forecast, forecast
from tracker.xmem_propagator import XMemPropagator

CLIP = MovingShapes(frame_count=6, shapes=2)


def network_models() -> Models:
    """Models whose tracker is a small memory network."""
    return replace(fake_models(), new_propagator=lambda: XMemPropagator(tiny_network()))


def test_a_track_tells_what_it_takes_and_more_objects_take_more(tmp_path: Path) -> None:
    session = fake_session(CLIP, tmp_path / "project")
    for number in (1, 2):
        session.click(frame=0, object_id=session.add_object(), **at(CLIP.centre(0, number)))
    session.switch_models(network_models)
    one = forecast(network_models(), session.project, [1], 6)
    both = session.track().forecast()
    assert one is not None
    assert both is not None
    assert 0 < one.need < both.need
    assert both.objects == 2
    assert forecast(network_models(), session.project, [], 6) is None
    assert forecast(fake_models(), session.project, [1], 6) is None  # it does not tell


def test_what_does_not_fit_is_said_with_the_remedy() -> None:
    gib = 1 << 30
    assert str(Forecast(3 * gib, 2 * gib, 4)).startswith(
        "tracking takes up to about 3.0 GiB of memory, and 2.0 GiB are free: track fewer objects at a time"
    )
    assert "fewer objects" not in str(Forecast(3 * gib, 2 * gib, 1))
    assert (
        str(Forecast(gib // 2, 2 * gib, 1))
        == "tracking takes up to about 512 MiB of memory; 2.0 GiB are free"
    )
    assert str(Forecast(gib // 2, None, 1)) == "tracking takes up to about 512 MiB of memory"


@pytest.mark.parametrize(
    ("machine", "limit", "taken", "expected"),
    [
        ("MemFree: 1 kB\nMemAvailable:  2048 kB\n", "max", "5", 2048 << 10),
        ("MemAvailable:  2048 kB\n", "1000000", "400000", 600000),
        ("MemAvailable:  2048 kB\n", "100", "400", 0),
        ("nothing", "max", "5", None),
    ],
)
def test_what_is_free_is_what_machine_and_container_leave(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    machine: str,
    limit: str,
    taken: str,
    expected: int | None,
) -> None:
    for name, text in (("meminfo", machine), ("memory.max", limit), ("memory.current", taken)):
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(memory, "_FACTS", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_GROUP", tmp_path)
    assert memory.free_memory("cpu") == expected
