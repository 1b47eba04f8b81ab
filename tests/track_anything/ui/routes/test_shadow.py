"""The shadow of an object in the editor: looked for, told with its owner, removed and deleted with it."""

import json
from pathlib import Path

import pytest

from tests.track_anything.shadow_frames import FRAMES, disc, draw_shadow_clip
from tests.track_anything.ui.desk_fixtures import Page, Visitor


@pytest.fixture
def page(visitor: Visitor, root: Path) -> Page:
    """A disc with a shadow that is known on all frames, and another object."""
    page = visitor.open(draw_shadow_clip(root / "shadow"))
    for name in ("disc", "other"):
        page.tell("/objects", name=name)
    for frame in range(FRAMES):
        page.project.session.give_mask(frame=frame, object_id=1, mask=disc(frame))
    page.project.changes.add()
    return page


def owners(page: Page) -> list[tuple[str, int | None]]:
    return [(known["name"], known["owner"]) for known in page.update()["project"]["objects"]]


def test_a_shadow_is_told_beside_its_owner_and_undone_as_one_step(page: Page) -> None:
    assert page.tell("/shadow", object_id=1)["job"]["kind"] == "shadow"
    job = page.wait()
    assert (job["status"], job["stage"], job["done"]) == ("done", "shadow", FRAMES)
    assert owners(page) == [("disc", None), ("shadow of disc", 1), ("other", None)]
    assert page.project.session.project.mask(8, 3).sum() > 50
    page.tell("/undo")
    assert owners(page) == [("disc", None), ("other", None)]


def test_what_goes_with_an_object_is_deleted_and_removed_with_it(page: Page) -> None:
    page.edit("set_owner", object_id=2, owner_id=1)
    told = page.tell("/removal", objects=[1], frames=[2, 4])
    assert page.wait()["status"] == "done"
    assert told["job"]["kind"] == "removal"
    (made,) = page.project.entry.exports.glob("*.json")
    assert json.loads(made.read_text())["objects"] == {"1": "disc", "2": "other"}
    page.edit("delete_object", object_id=1)
    assert owners(page) == []
    page.tell("/undo")
    page.edit("set_owner", object_id=2, owner_id=None)
    assert owners(page) == [("disc", None), ("other", None)]


def test_a_shadow_that_is_not_there_is_told_in_one_line(page: Page) -> None:
    assert page.refused("/shadow", object_id=2).startswith("object 2 (other) is on none of these frames")
    assert page.refused("/shadow", object_id=9).startswith("there is no object 9")
