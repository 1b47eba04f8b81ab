"""Networks chosen on the page, with presses as long as a person's."""

from collections.abc import Callable

from tests.browser.editor_page import Editor, Served
from tests.track_anything.ui.browser.conftest import DRAWN
from track_anything.testing import fake_models
from track_anything.ui.model_choice import ModelChoice
from track_anything.ui.model_loader import ModelLoader
from track_anything.ui.open_project import OpenProject


def test_networks_are_chosen_and_the_next_click_uses_them(
    drawn: Editor, drawn_server: Served, drawn_project: OpenProject
) -> None:
    loaded: list[ModelChoice] = []

    def load(choice: ModelChoice, _: Callable[[int, int | None], None]) -> object:
        loaded.append(choice)
        return fake_models()

    usual = drawn_server.desk.loader
    choosable = ModelLoader(lambda _: fake_models(), ModelChoice("mobile-sam", "fast"), load)  # type: ignore[arg-type]
    choosable.begin()
    drawn_server.desk.loader = drawn_project._loader = choosable
    try:
        drawn.page.evaluate("trackAnything.actions.refresh()")
        drawn.page.click("#ta-models", delay=120)
        drawn.page.select_option("#ta-preset", "accurate")
        assert drawn.page.locator(".ta-models").inner_text().count("on this machine")
        drawn.page.click("#ta-use-models", delay=120)
        drawn.wait_until("state.models.chosen.preset === 'accurate' && state.models.status === 'ready'")
        drawn.page.keyboard.press("Escape")
        drawn.click_pixel(*DRAWN.centre(0))
        assert drawn_project.session.project.mask(0, 1).any()
        assert loaded == [ModelChoice("mobile-sam", "accurate")]
    finally:
        drawn_server.desk.loader = usual
