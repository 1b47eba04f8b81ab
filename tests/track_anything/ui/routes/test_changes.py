"""What a re-run changed, as the page hears of it."""

from typing import Any

import numpy as np
import pytest

from tests.track_anything.ui.desk_fixtures import CLIP, Page
from track_anything.ui.wire import packed


@pytest.fixture
def rerun(page: Page) -> Page:
    """The first disc tracked from frame 0, corrected on frame 6 to less than it is, and tracked again."""
    page.click(0)
    page.tell("/track")
    page.wait()
    mask = CLIP.label_map(6) == 1
    mask[np.flatnonzero(mask.any(axis=1))[-3:]] = False
    page.tell("/paint", object_id=1, frame=6, mask=packed(mask))
    page.tell("/track")
    assert page.wait()["status"] == "done"
    return page


def changes(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = page.get("/changes").json()
    return told


def masks(page: Page) -> list[bytes]:
    return [page.label_map(frame).tobytes() for frame in range(CLIP.frame_count)]


def test_a_first_track_has_nothing_to_judge(page: Page) -> None:
    assert changes(page) == {"objects": [], "stretches": [], "untouched": 0}
    page.click(0)
    page.tell("/track")
    page.wait()
    assert changes(page)["stretches"] == []
    assert "changed no mask there" in page.refused("/changes/reject")


def test_a_stretch_is_kept_another_put_back_and_undone(rerun: Page) -> None:
    after = masks(rerun)
    first, second = changes(rerun)["stretches"]
    told = rerun.tell("/changes/accept", objects=[1], frames=[first["start"], first["stop"]])
    assert told["project"]["can_undo"]
    assert changes(rerun)["stretches"] == [second]
    assert changes(rerun)["objects"][0]["accepted"] == first["stop"] - first["start"]
    assert masks(rerun) == after
    rerun.tell("/changes/reject", objects=[1])
    moved = [frame for frame, mask in enumerate(masks(rerun)) if mask != after[frame]]
    assert moved == list(range(second["start"], second["stop"]))
    rerun.tell("/undo")
    assert masks(rerun) == after


def test_the_list_is_told_as_its_types_say(rerun: Page) -> None:
    told = changes(rerun)
    assert set(told) == {"objects", "stretches", "untouched"}
    assert set(told["objects"][0]) == {"id", "changed", "compared", "accepted"}
    assert set(told["stretches"][0]) == {"object_id", "start", "stop", "worst", "agreement"}
