"""A collection is labelled by a new user, from proposals to data sets."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.editor_page import Editor, Served, served
from tests.browser.labelling import ASKED, CLIPS, Labeller, draw_clips, label_all, straying_models
from tests.track_anything.ui.browser.conftest import visitors
from track_anything.collection.desk import Collection
from track_anything.masks.data_sets import read_data_set
from track_anything.ui import Limits, Settings
from track_anything.video import InProcess


@pytest.fixture
def collection_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr("track_anything.ui.desk.InChild", InProcess)  # a process per video takes seconds
    settings = Settings(
        load=lambda _: straying_models(),
        workspace=tmp_path / "workspace",
        limits=Limits(spare_disk=0),
        collection=Collection(draw_clips(tmp_path / "clips")),
    )
    with served(settings) as running:
        yield running


@pytest.fixture
def labeller(browser: Browser, collection_server: Served) -> Iterator[Callable[..., Editor]]:
    """Visitors who followed the link that the server printed."""
    with visitors(browser, collection_server) as make:

        def visit(**how: object) -> Editor:
            editor = make(**how)
            editor.visit("/" + collection_server.app.state.collection.link())
            return editor

        yield visit


@pytest.mark.slow
def test_a_new_user_labels_five_clips_and_is_asked_for_three_frames_alone(
    labeller: Callable[..., Editor], tmp_path: Path
) -> None:
    person = Labeller(labeller())
    made = label_all(person, tmp_path)
    assert len(person.corrected) == ASKED == 3
    assert {clip for clip, _ in person.corrected} == {"2 square", "3 bridge", "5 harbour"}
    assert person.editor.state("state.collection.videos.map((video) => video.state)") == ["reviewed"] * 5
    assert [path.name for path in made] == ["clips-ytvis.json", "clips-yolo.zip"]
    data = read_data_set(made[0], "ytvis")
    assert [len(data.videos[name].frames) for name in CLIPS] == [clip.frame_count for clip in CLIPS.values()]
    # Propose, Next, three corrections each with Next video, five times Reviewed, two exports of three clicks.
    assert person.clicks <= 2 + 3 * 2 + 5 + 2 * 3


@pytest.mark.parametrize(("size", "dark"), [((390, 844), True), ((1280, 800), False)])
def test_the_list_fits_the_window_and_its_videos_open_by_keys(
    labeller: Callable[..., Editor], size: tuple[int, int], dark: bool
) -> None:
    editor = labeller(size=size, dark=dark)
    page = editor.page
    for element in page.locator(".ta-collection :is(button, select, input, a):visible").all():
        shown = element.bounding_box()
        assert shown is not None
        assert shown["x"] >= 0
        assert shown["x"] + shown["width"] <= size[0]
    page.locator(".ta-video-open", has_text="4 market").press("Enter")
    editor.wait_for_frame(0)
    assert editor.state("state.project.name") == "4 market"
    page.reload()
    editor.wait_for_frame(0)
    editor.wait_until("state.collection !== null")
    page.locator("#ta-next-video").wait_for()  # it is known to be of the collection after a reload, too
    page.keyboard.press("Shift+N")
    editor.wait_until("state.project?.name === '1 street'")
    page.get_by_text("has no objects yet").wait_for()
    page.click("#ta-collection")
    filters = page.locator(".ta-state-filter")
    filters.filter(has_text="In doubt").click()
    page.get_by_text("No video is in that state").wait_for()
