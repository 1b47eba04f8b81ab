"""How the page looks and where things are, on a drawn clip and the shipped fakes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.editor_page import Editor, Served, Watch, served
from tests.track_anything.drawn_frames import draw
from track_anything.testing import MovingShapes, fake_models
from track_anything.ui import Limits, Settings

CLIP = MovingShapes(frame_count=20, height=120, width=200, shapes=3)
WIDE, PHONE = (1280, 800), (390, 844)
Open = Callable[..., Editor]


@pytest.fixture(scope="module")
def drawn_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("looks")
    draw(root / "clips" / "shapes", CLIP)
    settings = Settings(
        load=lambda _: fake_models(),
        workspace=root / "workspace",
        roots=(root / "clips",),
        limits=Limits(open_projects=100),
    )
    with served(settings) as running:
        yield running


@pytest.fixture
def opened(browser: Browser, drawn_server: Served) -> Iterator[Open]:
    """Opens the drawn clip in a window; in the end no page may have seen a fault."""
    seen: list[tuple[BrowserContext, Watch]] = []

    def make(size: tuple[int, int] = WIDE, *, dark: bool = False, has_clock: bool = False) -> Editor:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        seen.append((context, Watch(context, drawn_server.address)))
        page = context.new_page()
        if has_clock:
            page.clock.install()
        editor = Editor(page, drawn_server.address)
        editor.visit()
        editor.open_path("shapes")
        editor.wait_for_frame(0)
        return editor

    yield make
    for context, _ in seen:
        context.close()
    assert [fault for _, watch in seen for fault in watch.faults] == []


def box(editor: Editor, selector: str) -> dict[str, float]:
    """Where an element is."""
    found = editor.page.locator(selector).first.bounding_box()
    assert found is not None, selector
    return {**found}


def add(editor: Editor, shape: int) -> None:
    """An object of its own for a shape of the first frame."""
    if shape > 1:
        with editor.changing():
            editor.page.keyboard.press("a")
    editor.click_pixel(*CLIP.centre(0, shape))


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    def is_apart(side: str, length: str) -> bool:
        return one[side] + one[length] <= other[side] or other[side] + other[length] <= one[side]

    return not (is_apart("x", "width") or is_apart("y", "height"))


def primary(editor: Editor) -> list[str]:
    """The ids of the buttons that stand out."""
    ids: list[str] = editor.page.evaluate(
        "[...document.querySelectorAll('.ta-bar .ta-primary, .ta-header .ta-primary')].map(({ id }) => id)"
    )
    return ids


def test_nothing_moves_under_the_hand_when_objects_or_tools_come(opened: Open) -> None:
    editor = opened()
    before, eraser = box(editor, ".ta-stage-picture"), box(editor, "#ta-tool-eraser")
    for shape in (1, 2, 3):
        add(editor, shape)
        assert box(editor, ".ta-stage-picture") == before
    editor.page.keyboard.press("r")
    editor.page.locator(".ta-brush-size").wait_for(state="visible")
    assert box(editor, "#ta-tool-eraser") == eraser


def test_answers_stand_beside_what_they_are_about(opened: Open) -> None:
    editor = opened()
    for shape in (1, 3):
        add(editor, shape)
        chips = editor.page.locator(".ta-candidates")
        chips.wait_for()
        x, y = CLIP.centre(0, shape)
        reach = CLIP.height / 10
        left, top = editor.place_of(x - reach, y - reach)
        right, bottom = editor.place_of(x + reach, y + reach)
        about = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        assert not overlap(box(editor, ".ta-candidates"), about)


@pytest.mark.parametrize("dark", [False, True])
def test_the_whole_page_goes_dark(opened: Open, dark: bool) -> None:
    editor = opened(dark=dark)
    scheme = editor.page.evaluate("getComputedStyle(document.querySelector('#ta-objects')).colorScheme")
    assert scheme == ("dark" if dark else "light")  # the browser's own scroll bars and fields, too


def test_a_phone_has_one_column_and_everything_in_reach_of_a_finger(opened: Open) -> None:
    editor = opened(PHONE)
    add(editor, 1)
    for part in ("header", "canvas", "objects", "job", "timeline"):
        shown = box(editor, f"#ta-{part}")
        assert shown["x"] == 0
        assert shown["width"] == PHONE[0]
    assert box(editor, ".ta-stage-picture")["width"] > 350
    for selector in (".ta-header button:visible", ".ta-bar button:visible", ".ta-header select"):
        for element in editor.page.locator(selector).all():
            element.scroll_into_view_if_needed()
            shown = element.bounding_box() or {"x": -1.0, "y": 0.0, "width": 0.0, "height": 0.0}
            assert shown["height"] >= 32
            assert shown["x"] >= -1  # scrolled to the edge, but for a fraction of a pixel
            assert shown["x"] + shown["width"] <= PHONE[0] + 1


def test_messages_stack_and_only_errors_stay(opened: Open) -> None:
    editor = opened(has_clock=True)
    editor.page.evaluate(
        "(said) => said.forEach(([kind, text]) => trackAnything.store.say(kind, text))",
        [["info", "first"], ["error", "second"], ["info", "third"], ["info", "first"]],
    )
    messages = editor.page.locator(".ta-message")
    editor.page.locator(".ta-message", has_text="third").wait_for()
    assert [text.strip() for text in messages.all_inner_texts()] == ["second", "third", "first"]
    editor.page.clock.fast_forward(20_000)
    editor.page.locator(".ta-message", has_text="third").wait_for(state="hidden")
    assert [text.strip() for text in messages.all_inner_texts()] == ["second"]
    editor.page.keyboard.press("?")
    editor.page.locator(".ta-dialog .ta-message").wait_for()  # over the dialog, and not behind it
    editor.page.locator(".ta-dialog .ta-message button").click()
    messages.wait_for(state="hidden")


def test_the_next_step_stands_out_and_an_export_asks_for_missing_masks(opened: Open, tmp_path: Path) -> None:
    editor = opened()
    page = editor.page
    assert primary(editor) == []
    add(editor, 1)
    assert primary(editor) == ["ta-track"]
    assert page.locator("#ta-export").inner_text() == "Export masks"
    page.click("#ta-export")
    question = page.locator(".ta-question")
    question.wait_for()
    assert question.inner_text() == "object 1 has no mask on 19 of 20 frames: track first?"
    with page.expect_download() as waiting:
        page.click("#ta-track-and-export")
    assert waiting.value.suggested_filename == "shapes-masks.zip"
    editor.wait_for_job()
    statuses = editor.state("[...state.lanes.rows.get(1).status]")
    assert statuses == [1] + [2] * 19
    page.locator(".ta-message", has_text="Exported shapes-masks.zip. See your downloads.").wait_for()
    page.keyboard.press("Escape")
    assert primary(editor) in (["ta-export", "ta-export-as"], ["ta-fix"])


def test_the_close_cross_of_a_long_dialog_stays_in_sight(opened: Open) -> None:
    editor = opened((1024, 700))
    add(editor, 1)
    editor.page.click("#ta-export-as")
    body = editor.page.locator(".ta-sheet-body")
    body.evaluate("(one) => { one.scrollTop = one.scrollHeight; }")
    assert body.evaluate("(one) => one.scrollTop") > 50
    editor.page.locator(".ta-dialog .ta-close").click()
    editor.wait_until("state.dialog === null")


def test_things_are_ticked_in_the_picture(opened: Open) -> None:
    editor = opened()
    editor.page.click("#ta-everything")
    picture = editor.page.locator(".ta-pick-picture")
    picture.wait_for()
    shown = box(editor, ".ta-pick-picture")
    x, y = CLIP.centre(0, 2)
    place = {"x": (x + 0.5) * shown["width"] / CLIP.width, "y": (y + 0.5) * shown["height"] / CLIP.height}
    picture.click(position=place)  # type: ignore[arg-type]
    editor.wait_until("state.everything.ticked.size === 1")
    with editor.changing():
        editor.page.click("#ta-pick")
    assert editor.label_at(int(x), int(y)) == 1


def test_the_tip_of_the_timeline_covers_no_button(opened: Open) -> None:
    editor = opened()
    add(editor, 1)
    for zone in ("film", "lanes"):
        row = box(editor, f"[data-part=timeline] canvas[data-zone={zone}]")
        editor.page.mouse.move(row["x"] + 300, row["y"] + 8)
        editor.page.locator(".ta-timeline-tip:popover-open").wait_for()
        tip, bar = box(editor, ".ta-timeline-tip"), box(editor, "#ta-job")
        assert tip["y"] + tip["height"] <= bar["y"]


def test_a_long_name_leaves_the_line_below_the_picture_readable(opened: Open) -> None:
    editor = opened()
    add(editor, 1)
    with editor.changing():
        editor.page.locator(".ta-name").first.fill("a very long name " * 3 + "of sixty")
        editor.page.keyboard.press("Enter")
    assert box(editor, ".ta-stage-badge strong")["width"] < 260
    assert not overlap(box(editor, ".ta-stage-badge"), box(editor, ".ta-stage-zoom"))


def test_the_marks_of_the_timeline_are_explained(opened: Open) -> None:
    editor = opened()
    words: Any = editor.page.locator(".ta-timeline-key li").all_inner_texts()
    assert {"Drifted", "Needs tracking again", "Locked or painted"} <= {one.strip() for one in words}
    editor.page.keyboard.press("?")
    assert editor.page.locator(".ta-help .ta-legend li").count() == len(words)
    drawn = editor.page.evaluate(
        "[...document.querySelectorAll('.ta-help .ta-legend canvas')].map((one) => one.toDataURL())"
    )
    assert len(set(drawn)) == len(words)  # no two of them look alike


def test_a_removal_is_found_beside_track_and_ends_where_it_can_be_compared(opened: Open) -> None:
    editor = opened()
    page = editor.page
    add(editor, 1)
    page.evaluate("trackAnything.actions.setRange(0, 3)")
    page.keyboard.press("t")
    editor.wait_until("state.job.kind === 'track'")
    editor.wait_for_job()
    page.evaluate("trackAnything.actions.seek(9)")
    page.click("#ta-remove-open")
    assert page.locator("#ta-remove-unseen").input_value() == "exemplar"
    page.select_option("#ta-export-frames", "range")
    with page.expect_download() as waiting:
        page.click("#ta-remove")
    assert waiting.value.suggested_filename == "shapes-removed.mp4"
    editor.wait_until("state.dialog === null && state.view === 'removed' && state.frame === 0")
    page.locator(".ta-wipe-now", has_text="Object removed").wait_for()


def test_the_labels_of_the_ruler_are_not_under_the_playhead(opened: Open) -> None:
    editor = opened()
    assert box(editor, ".ta-playhead")["y"] >= box(editor, "canvas[data-zone=ruler]")["y"] + 18


def test_the_panel_of_a_usual_window_has_no_scroll_bar_but_that_of_the_list(opened: Open) -> None:
    editor = opened()
    for shape in (1, 2, 3):
        add(editor, shape)
    whole, seen = editor.page.evaluate(
        "['.ta-objects-panel', '#ta-objects'].map((one) => document.querySelector(one))"
        ".map(({ scrollHeight, clientHeight }, at) => (at === 0 ? scrollHeight : clientHeight))"
    )
    assert whole <= seen
    outside = editor.page.evaluate(
        """[...document.querySelectorAll("#ta-objects :is(button, input, select, label)")]
          .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth - 4)
          .map((one) => one.id)"""
    )
    assert outside == []


_RUNNING = """async () => {
  const memory = {
    permanent: 1, compressed: 0, working: 1, long_term: 1, most_long_term: 9, evicted: 0, bytes: 1,
  };
  const job = {
    id: 99, kind: "track", stage: "tracking", status: "running", asked: null, done: 1047, total: 1146,
    rate: 0.7, eta: 121, error: null, notes: [], file: null, frame: 47, memory,
  };
  trackAnything.store.set({ job, toFix: { place: 1, count: 3 } });
  await new Promise(requestAnimationFrame);
}"""


def working(page: Page) -> None:
    """A job runs, the range is set, and frames to fix are counted: no more is ever in the bar of a video."""
    page.evaluate("trackAnything.actions.setRange(0, 15)")
    page.locator("#ta-clear-range").wait_for(state="attached")
    page.evaluate(_RUNNING)


@pytest.mark.parametrize("size", [WIDE, (1024, 700), (1440, 900), (1600, 900), (1920, 1080)])
def test_nothing_in_the_bar_is_hidden_while_a_job_runs(opened: Open, size: tuple[int, int]) -> None:
    page = opened(size).page
    working(page)
    hidden = page.evaluate(
        """() => {
          const { left, right } = document.querySelector(".ta-deeds").getBoundingClientRect();
          const isCut = (each) => {
            const box = each.getBoundingClientRect();
            return box.left < left - 1 || box.right > right + 1;
          };
          const deeds = [...document.querySelectorAll(".ta-deeds :is(button, label)")];
          return deeds.filter((each) => each.checkVisibility() && isCut(each)).map((each) => each.id);
        }"""
    )
    assert hidden == []


@pytest.mark.parametrize("size", [WIDE, (1024, 700), PHONE])
def test_what_a_job_has_left_is_never_cut_off(opened: Open, size: tuple[int, int]) -> None:
    page = opened(size).page
    working(page)
    cut, left = page.evaluate(
        """() => {
          const told = [...document.querySelectorAll(".ta-facts span, #ta-pause, #ta-cancel")];
          const isCut = (each) => {
            const { left, right, width } = each.getBoundingClientRect();
            const { right: end } = each.closest(".ta-facts, .ta-job").getBoundingClientRect();
            return width === 0 || right > window.innerWidth || right > end + 1;
          };
          return [told.filter(isCut).map((each) => each.textContent), told[1].textContent];
        }"""
    )
    assert cut == []
    assert "left" in left
