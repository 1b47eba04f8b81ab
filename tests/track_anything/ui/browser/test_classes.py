"""Classes, what is like an object in all videos, and two labellers, by presses as long as a person's."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.editor_page import Editor, Served, served
from tests.browser.labelling import CLIPS, draw_clips, straying_models
from tests.track_anything.ui.browser.conftest import visitors
from track_anything.collection.desk import Collection
from track_anything.models.detector import YoloxDetector
from track_anything.project.edits import Clear
from track_anything.testing import fake_models
from track_anything.ui import Limits, Settings
from track_anything.video import InProcess

HELD = 90  # ms; a person's press lasts 80 to 150
FIRST = "1 street"
DIFFERS = 3  # the frame on which the other labeller saw nothing


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A collection of which two labellers have done the first video."""
    monkeypatch.setattr("track_anything.ui.desk.InChild", InProcess)  # a process per video takes seconds
    monkeypatch.setattr(YoloxDetector, "detect", lambda *_, **__: [])
    clips = draw_clips(tmp_path / "clips")
    anna, ben = (Collection(clips, tmp_path / name) for name in ("anna", "ben"))
    for collection in (anna, ben):
        with collection.session(FIRST, fake_models) as session:
            x, y = CLIPS[FIRST].centre(0)
            session.click(frame=0, object_id=session.add_object("ball"), x=x, y=y)
            session.track().run()
            if collection is ben:
                session.project.edit(Clear(1, DIFFERS, DIFFERS + 1))
    settings = Settings(
        load=lambda _: straying_models(),
        workspace=tmp_path / "workspace",
        limits=Limits(spare_disk=0),
        collection=anna,
        other=ben,
    )
    with served(settings) as running:
        yield running


@pytest.fixture
def labeller(browser: Browser, server: Served) -> Iterator[Callable[..., Editor]]:
    with visitors(browser, server) as make:

        def visit(**how: object) -> Editor:
            editor = make(**how)
            editor.visit("/" + server.app.state.collection.link())
            return editor

        yield visit


def test_an_object_is_given_a_class_and_others_like_it_are_found_in_all_videos(
    labeller: Callable[..., Editor],
) -> None:
    editor = labeller()
    page = editor.page
    page.click("#ta-classes > summary", delay=HELD)
    for name in ("ball", "cup"):
        page.fill("#ta-class-new", name)
        page.click("#ta-class-add", delay=HELD)
        editor.wait_until(f"state.collection.classes.at(-1)?.name === '{name}'")
    page.locator(".ta-class-attributes").first.fill("occluded: no, yes; clothes")
    page.locator(".ta-class-attributes").first.press("Enter")
    editor.wait_until("state.collection.classes[0].attributes.length === 2")
    page.locator(".ta-class input[type=color]").first.fill("#00ff00")
    editor.wait_until("state.collection.classes[0].colour[1] === 255")
    page.get_by_label("Rename ball").fill("disc")
    page.get_by_label("Rename ball").press("Enter")
    editor.wait_until(
        f"state.collection.videos.find(({{ name }}) => name === '{FIRST}').named[0].name === 'disc'"
    )
    page.get_by_label("Take cup off the list").click(delay=HELD)
    editor.wait_until("state.collection.classes.length === 1")

    page.locator(f".ta-video-open[data-name='{FIRST}']").click(delay=HELD)
    editor.wait_for_frame(0)
    assert editor.state("state.project.objects[0].colour") == [0, 255, 0]
    page.wait_for_selector("#ta-class >> text=disc", state="attached")
    page.locator("[data-attribute=occluded]").select_option("yes")
    editor.wait_until("state.project.objects[0].attributes.occluded === 'yes'")
    page.locator("[data-attribute=clothes]").fill("red")
    page.locator("[data-attribute=clothes]").press("Enter")
    editor.wait_until("state.project.objects[0].attributes.clothes === 'red'")
    page.click("#ta-like-all", delay=HELD)
    page.get_by_text("Looking in 4 videos").wait_for()
    editor.wait_until("state.collection.ahead === null")
    assert editor.state("state.collection.videos.map(({ named }) => named.map(({ name }) => name))") == [
        ["disc"] for _ in CLIPS
    ]
    page.locator("#ta-like-all").wait_for(state="hidden")  # no video is left to look in


def test_a_press_is_not_lost_when_a_class_that_was_added_moves_the_page_under_it(
    labeller: Callable[..., Editor],
) -> None:
    editor = labeller()
    page = editor.page
    page.click("#ta-classes > summary", delay=HELD)
    page.click("#ta-agreement > summary", delay=HELD)
    page.fill("#ta-class-new", "ball")
    editor.hold_first("/classes")
    page.click("#ta-class-add", delay=HELD)
    editor.hold("#ta-compare")
    page.evaluate("window.letThrough()")
    page.locator(".ta-class").wait_for()
    page.mouse.up()
    editor.wait_until("state.collection.comparison.scores !== null")


@pytest.mark.parametrize(("size", "dark"), [((390, 844), True), ((1280, 800), False)])
def test_the_frame_on_which_two_labellers_differ_is_opened_and_all_of_it_fits(
    labeller: Callable[..., Editor], size: tuple[int, int], dark: bool
) -> None:
    editor = labeller(size=size, dark=dark)
    page = editor.page
    page.click("#ta-classes > summary", delay=HELD)
    page.fill("#ta-class-new", "ball")
    page.click("#ta-class-add", delay=HELD)
    page.click("#ta-agreement > summary", delay=HELD)
    page.click("#ta-compare", delay=HELD)
    editor.wait_until("state.collection.comparison.scores !== null && state.collection.classes.length === 1")
    for element in page.locator(".ta-collection :is(button, select, input, a, td):visible").all():
        shown = element.bounding_box()
        assert shown is not None
        assert shown["x"] >= 0
        assert shown["x"] + shown["width"] <= size[0]
    page.locator(".ta-scores button").click(delay=HELD)
    editor.wait_for_frame(DIFFERS)
    assert editor.state("[state.project.name, state.objectId]") == [FIRST, 1]
