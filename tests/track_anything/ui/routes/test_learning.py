"""Tracking that learns first, in the editor."""

from dataclasses import replace

import pytest

from tests.track_anything.ui.desk_fixtures import Page
from track_anything.testing import ShiftingPropagator, fake_models


@pytest.fixture
def corrected(page: Page) -> Page:
    """An object is known on two frames."""
    page.click(0)
    page.click(6, object_id=1)
    return page


def test_what_is_known_is_learned_from_when_it_is_asked_for(corrected: Page) -> None:
    folder = corrected.project.session.project.folder / "learned"
    corrected.tell("/track")
    assert corrected.wait()["status"] == "done"
    assert not folder.exists()
    corrected.tell("/track", anew=True, learn=True)
    job = corrected.wait()
    assert (job["status"], job["notes"]) == ("done", [])
    assert len(list(folder.iterdir())) == 2
    corrected.tell("/undo")
    assert corrected.update()["project"]["can_redo"]


class Stubborn:
    """A propagator that never heard of learning."""

    step = ShiftingPropagator.step


def test_a_tracker_that_cannot_learn_is_refused_and_nothing_is_begun(corrected: Page) -> None:
    stubborn = replace(fake_models(), new_propagator=Stubborn)  # type: ignore[arg-type]
    corrected.project.session.switch_models(lambda: stubborn)
    assert "cannot learn from corrections" in corrected.refused("/track", learn=True)
    assert not corrected.project.session.project.state.passes
