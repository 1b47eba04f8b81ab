"""Edges on the real page: the trimap while its band is dragged, mattes in the view and in exports."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.browser.editor_page import Editor
from tests.track_anything.ui.browser.test_objects import look
from tests.track_anything.ui.browser.test_opening import GLOBE, download, end_at
from track_anything.matting import Mattes, Matting
from track_anything.ui.open_project import OpenProject

ProjectOf = Callable[[Editor], OpenProject]


def drag_band(editor: Editor, share: float) -> None:
    """Press the slider and let go at a part of its length."""
    box = editor.page.locator("#ta-band").bounding_box()
    assert box is not None
    editor.page.mouse.move(box["x"] + 4, box["y"] + box["height"] / 2)
    editor.page.mouse.down()
    editor.page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2, steps=5)


def is_amber(colour: list[int]) -> bool:
    red, green, blue = colour[:3]
    return red > 100 and red > 1.2 * green and green > 2 * blue


def test_the_band_is_seen_while_it_is_dragged_and_kept_when_let_go(
    editor: Editor, project_of: ProjectOf
) -> None:
    assert editor.page.locator("#ta-band").is_hidden()
    editor.click_pixel(*GLOBE)
    edge = int(np.flatnonzero(project_of(editor).session.project.mask(0, 1)[GLOBE[1]])[0])
    drawn = editor.drawn
    drag_band(editor, 0.5)
    editor.wait_until("state.view === 'trimap' && state.band !== null")
    editor.wait_for_draw(drawn)
    width = editor.state("state.band.width")
    assert 30 < width < 90
    assert project_of(editor).session.project.state.bands == {}
    for x in (edge - width // 3, edge + width // 3):
        assert is_amber(editor.colour_at(x, GLOBE[1])), x
    assert not is_amber(editor.colour_at(*GLOBE))
    with editor.changing():
        editor.page.mouse.up()
    editor.wait_until("state.band === null")
    assert project_of(editor).session.project.state.bands == {1: width}
    assert editor.page.locator("label:has(#ta-band) output").inner_text() == f"{width} px"
    with editor.changing():
        editor.page.click("#ta-undo")
    assert project_of(editor).session.project.state.bands == {}


@pytest.mark.networks
def test_the_matte_view_shows_what_exports_will_hold(
    editor: Editor, project_of: ProjectOf, tmp_path: Path
) -> None:
    editor.click_pixel(*GLOBE)
    look(editor, "matte")
    drawn = editor.drawn
    editor.page.select_option("#ta-matte", "guided")
    editor.wait_for_draw(drawn)
    session = project_of(editor).session
    expected = Mattes(session.project, [1], Matting("guided")).together(0, session.video.frame(0))
    ys, xs = np.nonzero((expected > 0.2) & (expected < 0.8))
    chosen = list(zip(ys.tolist(), xs.tolist(), strict=True))[:: max(len(ys) // 20, 1)]
    shown = [editor.colour_at(x, y)[0] for y, x in chosen]
    alphas = [float(expected[y, x]) for y, x in chosen]
    assert np.corrcoef(shown, alphas)[0, 1] > 0.9  # the picture is drawn larger, so that neighbours mix
    editor.page.click("#ta-export-as")
    assert editor.page.locator("#ta-export-alpha").input_value() == "guided"
    archive = tmp_path / "soft.zip"
    editor.page.click("#ta-export-soft-8")  # it is said that other frames have no mask yet
    download(editor, lambda: editor.page.click("#ta-export-anyway"), archive)
    with zipfile.ZipFile(archive) as opened:
        (manifest,) = (name for name in opened.namelist() if name.endswith(".json"))
        assert json.loads(opened.read(manifest))["alpha"]["matte"] == "guided"
        first = min(name for name in opened.namelist() if name.endswith("00000.png"))
        grey = cv2.imdecode(np.frombuffer(opened.read(first), np.uint8), cv2.IMREAD_UNCHANGED)
    assert ((grey > 20) & (grey < 235)).any()


def test_the_dialog_exports_ticked_objects_between_the_points(
    editor: Editor, project_of: ProjectOf, tmp_path: Path
) -> None:
    editor.click_pixel(*GLOBE)
    for _ in range(2):
        with editor.changing():
            editor.page.click("#ta-add-object")
    end_at(editor, 3)
    editor.page.click("#ta-export-as")
    editor.page.locator(".ta-extract input[type=checkbox]").nth(1).uncheck()
    editor.page.select_option("#ta-export-frames", "range")
    editor.page.click("#ta-export-binary")
    download(editor, lambda: editor.page.click("#ta-export-anyway"), tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as opened:
        names = [name for name in opened.namelist() if name.endswith(".png")]
    assert {Path(name).name for name in names} == {f"{frame:05}.png" for frame in range(4)}
    assert len({Path(name).parent for name in names}) == 2


def test_the_dialog_numbers_and_names_the_files_of_frames(
    editor: Editor, project_of: ProjectOf, tmp_path: Path
) -> None:
    editor.click_pixel(*GLOBE)
    end_at(editor, 3)
    editor.page.click("#ta-export-as")
    editor.page.click("#ta-export-names summary")
    editor.page.fill("#ta-export-first", "1001")
    editor.page.fill("#ta-export-digits", "4")
    editor.page.fill("#ta-export-name", "{form}_v1.{frame}")
    assert editor.page.locator("#ta-export-example").inner_text() == "rgba_v1.1001"
    editor.page.click("#ta-export-masks")
    download(editor, lambda: editor.page.click("#ta-export-anyway"), tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as opened:
        names = sorted(Path(name).name for name in opened.namelist() if name.endswith(".png"))
    assert names == [f"masks_v1.{number}.png" for number in range(1001, 1005)]
    editor.page.keyboard.press("Escape")
    editor.page.click("#ta-export-as")
    assert editor.page.locator("#ta-export-names[open] #ta-export-first").input_value() == "1001"
