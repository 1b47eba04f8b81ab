"""Clip in, object out: opening, exporting and downloading on the real page, and who may see what."""

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Download

from tests.browser.editor_page import Editor
from track_anything.export import EXPORTERS
from track_anything.ui.open_project import OpenProject

ProjectOf = Callable[[Editor], OpenProject]
Visitor = Callable[..., Editor]

GLOBE = (240, 135)
KINDS = ("masks", "overlay", "boxes", "otio")  # a folder, a video, a table, and what needs no mask


class Gestures:
    """Counts what a person does."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def do(self, name: str, gesture: Callable[[], Any]) -> Any:
        self.done.append(name)
        return gesture()


def end_at(editor: Editor, frame: int) -> None:
    """Go from the first frame to another and set the out point there, by keys."""
    for _ in range(frame):
        editor.page.keyboard.press("ArrowRight")
    editor.wait_until(f"state.frame === {frame}")
    with editor.changing():
        editor.page.keyboard.press("o")


def download(editor: Editor, press: Callable[[], object], path: Path) -> str:
    with editor.page.expect_download() as waiting:
        press()
    waiting.value.save_as(path)
    return waiting.value.suggested_filename


def hold_answer(editor: Editor, path: str) -> None:
    """Keep the page from hearing an answer until the test calls ``window.letThrough()``."""
    editor.page.evaluate(
        """(path) => {
          const ask = window.fetch;
          window.fetch = async (...request) => {
            const answer = await ask(...request);
            if (request[0].endsWith(path)) await new Promise((go) => { window.letThrough = go; });
            return answer;
          };
        }""",
        path,
    )


def short_clip(path: Path, clip: Path) -> Path:
    """The first five frames of the clip."""
    source = cv2.VideoCapture(str(clip))
    frames = [source.read()[1] for _ in range(5)]
    height, width = frames[0].shape[:2]
    target = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 30, (width, height))
    for frame in frames:
        target.write(frame)
    target.release()
    return path


@pytest.mark.networks
def test_clip_in_object_out_takes_open_one_click_track_export(
    visitor: Visitor, project_of: ProjectOf, clip: Path, tmp_path: Path
) -> None:
    video, archive = short_clip(tmp_path / "earth.mp4", clip), tmp_path / "got.zip"
    editor, person = visitor(), Gestures()
    page = editor.page

    person.do("open", lambda: page.set_input_files("#ta-file", video))
    editor.wait_until("state.project !== null")
    editor.wait_for_frame(0)
    place = editor.place_of(*GLOBE)
    person.do("click", lambda: page.mouse.click(*place))
    editor.wait_until("state.project.objects.length === 1 && state.busy === 0")
    editor.wait_for_job()
    person.do("Track", lambda: page.click("#ta-track"))
    editor.wait_until("state.job.kind === 'track'")
    editor.wait_for_job()
    name = person.do("Export", lambda: download(editor, lambda: page.click("#ta-export"), archive))

    assert person.done == ["open", "click", "Track", "Export"]
    assert name == "earth-masks.zip"
    session = project_of(editor).session
    with zipfile.ZipFile(archive) as opened:
        names = sorted(one for one in opened.namelist() if one.endswith(".png"))
        assert len(names) == 5
        for frame, one in enumerate(names):
            exported = cv2.imdecode(np.frombuffer(opened.read(one), np.uint8), cv2.IMREAD_UNCHANGED)
            palette = exported[exported.any(axis=2)] if exported.ndim == 3 else exported[exported > 0]
            assert len(palette) == (session.label_map(frame) > 0).sum() > 30_000
    assert archive.read_bytes() == project_of(editor).entry.exports.joinpath(name).read_bytes()


def test_a_form_of_every_kind_is_exported_from_the_dialog_and_fetched_again(
    visitor: Visitor, clip: Path, tmp_path: Path
) -> None:
    """What comes of each form is tested at the server's routes."""
    editor = visitor()
    editor.page.set_input_files("#ta-file", short_clip(tmp_path / "earth.mp4", clip))
    editor.wait_until("state.project !== null")
    editor.wait_for_frame(0)
    editor.wait_for_job()
    editor.click_pixel(*GLOBE)
    editor.page.click("#ta-export-as")
    editor.page.click("#ta-export-sheet")
    editor.page.locator(".ta-question", has_text="object 1 has no mask on 4 of 5 frames").wait_for()
    download(editor, lambda: editor.page.click("#ta-export-anyway"), tmp_path / "sheet")
    editor.wait_for_job()
    for form in EXPORTERS:
        assert editor.page.locator(f"#ta-export-{form}").is_enabled(), form
    for form in KINDS:
        button = f"#ta-export-{form}"
        name = download(editor, lambda button=button: editor.page.click(button), tmp_path / form)  # type: ignore[misc]
        assert name == f"earth-{form}{EXPORTERS[form].suffix or '.zip'}"
        assert (tmp_path / form).stat().st_size > 100
        editor.wait_for_job()
    link = editor.page.locator(".ta-download", has_text="earth-overlay.mp4")
    download(editor, link.click, tmp_path / "again.mp4")
    assert (tmp_path / "again.mp4").read_bytes() == (tmp_path / "overlay").read_bytes()
    assert editor.page.locator(".ta-download").count() == len(KINDS) + 1
    link = editor.page.locator("li", has=link).locator(".ta-manifest")
    download(editor, link.click, tmp_path / "manifest.json")
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    digest = hashlib.sha256((tmp_path / "overlay").read_bytes()).hexdigest()
    assert manifest["files"]["earth-overlay.mp4"]["sha256"] == digest


def test_an_export_that_ends_before_the_server_has_answered_is_downloaded(
    editor: Editor, project_of: ProjectOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor.click_pixel(*GLOBE)
    project = project_of(editor)
    begin = project.export

    def export(*arguments: Any) -> None:
        begin(*arguments)
        assert project.job is not None
        project.job.wait()

    monkeypatch.setattr(project, "export", export)
    editor.page.click("#ta-export-as")
    download(editor, lambda: editor.page.click("#ta-export-confidence"), tmp_path / "got.csv")
    assert (tmp_path / "got.csv").read_text("utf-8").startswith("frame,")


@pytest.mark.own_tab
def test_an_export_whose_end_is_heard_of_before_the_answer_is_downloaded_once(
    editor: Editor, project_of: ProjectOf, tmp_path: Path
) -> None:
    editor.click_pixel(*GLOBE)
    editor.page.click("#ta-export-as")
    hold_answer(editor, "/export")
    downloads: list[Download] = []
    editor.page.on("download", lambda begun: downloads.append(begun))

    def press() -> None:
        editor.page.click("#ta-export-confidence")
        editor.wait_until("window.letThrough !== undefined")
        job = project_of(editor).job
        assert job is not None
        job.result()
        editor.page.evaluate("trackAnything.actions.refresh()")
        editor.wait_until("state.job.kind === 'export' && state.job.status === 'done'")
        editor.page.evaluate("window.letThrough()")

    download(editor, press, tmp_path / "got.csv")
    editor.wait_for_job()
    assert editor.state("state.job.status") == "done"
    editor.page.evaluate("trackAnything.actions.refresh()")
    editor.wait_until("state.messages.some((one) => one.text.includes('b-confidence'))")
    assert [one.suggested_filename for one in downloads] == ["b-confidence.csv"]


def test_a_path_is_typed_and_a_wrong_one_says_what_to_do(visitor: Visitor, clip: Path) -> None:
    editor = visitor(refusals={400})
    editor.page.click("#ta-path")
    editor.page.keyboard.type("/etc/hostname")
    editor.page.keyboard.press("Enter")
    error = editor.page.locator(".ta-open .ta-error-line")
    error.wait_for(state="visible")
    assert "--root" in error.inner_text()
    editor.page.fill("#ta-path", "")
    editor.page.keyboard.type(str(clip))
    editor.page.keyboard.press("Enter")
    editor.wait_until("state.project?.video.frames === 150")
    editor.wait_for_frame(0)


def test_a_file_that_is_no_video_comes_back_to_the_dialog_with_its_reason(
    visitor: Visitor, tmp_path: Path, clip: Path
) -> None:
    wrong = tmp_path / "holiday.mp4"
    wrong.write_bytes(b"not a video" * 100)
    editor = visitor(refusals={400, 404, 409})
    editor.page.set_input_files("#ta-file", wrong)
    error = editor.page.locator(".ta-open [role=alert]")
    error.wait_for(state="visible")
    assert "holiday.mp4 cannot be opened" in error.inner_text()
    assert "/" not in error.inner_text()  # where uploads lie is nobody's business
    assert editor.page.locator("#ta-file").count() == 1
    assert editor.state("state.project === null && state.home.recent.length === 0")
    assert "project=" not in editor.page.url
    editor.page.set_input_files("#ta-file", short_clip(tmp_path / "earth.mp4", clip))  # and on it goes
    editor.wait_until("state.project?.name === 'earth' && state.dialog === null")


def test_a_file_that_is_dropped_anywhere_is_opened(editor: Editor, clip: Path, tmp_path: Path) -> None:
    video = short_clip(tmp_path / "dropped.mp4", clip)
    editor.page.evaluate(
        """async (content) => {
          const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], "dropped.mp4"));
          const send = (type) => {
            const event = new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true });
            document.querySelector("#ta-timeline").dispatchEvent(event);
            if (!event.defaultPrevented) throw new Error("the browser would leave the page");
          };
          send("dragover");
          send("drop");
        }""",
        base64.b64encode(video.read_bytes()).decode(),
    )
    editor.wait_until("state.project?.name === 'dropped' && state.dialog === null")


def test_a_folder_of_the_server_is_looked_into(visitor: Visitor, clip: Path) -> None:
    editor = visitor()
    editor.page.locator(".ta-place", has_text=clip.name).first.click()
    editor.wait_until("state.project?.video.frames === 150")


def test_a_project_is_come_back_to_from_the_list_of_recent_ones(visitor: Visitor, clip: Path) -> None:
    editor = visitor()
    editor.open_path(clip)
    editor.wait_for_frame(0)
    editor.click_pixel(*GLOBE)
    first = editor.project_id
    editor.page.click("#ta-open")
    editor.page.click("#ta-sample")
    editor.wait_until(f"state.project !== null && state.project.id !== '{first}'")
    editor.wait_for_job()
    editor.page.click("#ta-open")
    drawn = editor.drawn
    card = editor.page.locator(f'.ta-recent .ta-card[data-id="{first}"]')
    card.wait_for()
    assert "0:05 · 150 frames" in card.inner_text()
    card.click()
    editor.wait_until(f"state.project?.id === '{first}'")
    editor.wait_for_draw(drawn)
    assert editor.label_at(*GLOBE) == 1


def test_two_visitors_do_not_see_each_other(visitor: Visitor, clip: Path) -> None:
    one, other = visitor(), visitor(refusals={404})
    for editor in (one, other):
        editor.open_path(clip)
        editor.wait_for_frame(0)
    one.click_pixel(*GLOBE)
    assert one.project_id != other.project_id
    assert other.state("state.project.objects.length") == 0
    assert other.label_at(*GLOBE) == 0
    other.page.click("#ta-open")
    other.wait_until("state.home.recent.length > 0")  # not what the page knew of before it opened anything
    ids = other.state("state.home.recent.map((one) => one.id)")
    assert ids == [other.project_id]
    answers = other.page.evaluate(
        """async (id) => {
          const ask = async (path, options) => (await fetch(`/api/projects/${id}${path}`, options)).status;
          const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" };
          return [await ask("/update?since=0"), await ask("/frames/0"), await ask("/masks/0?v=1"),
                  await ask("/exports"), await ask("/undo", post), await ask("/delete", post)];
        }""",
        one.project_id,
    )
    assert answers == [404] * 6
    other.page.goto(f"{other.address}/?project={one.project_id}")
    other.page.wait_for_selector("body[data-ready=true]")
    other.wait_until("state.dialog === 'open' && state.openError !== null")
    assert "another visitor" in other.page.locator(".ta-open [role=alert]").inner_text()
    assert one.state("state.project.objects.length") == 1


def test_masks_of_another_program_are_looked_at_and_taken_in_as_one_step(
    visitor: Visitor, project_of: ProjectOf, clip: Path, tmp_path: Path
) -> None:
    editor = visitor()
    editor.page.set_input_files("#ta-file", short_clip(tmp_path / "earth.mp4", clip))
    editor.wait_until("state.project !== null")
    editor.wait_for_job()
    folder = tmp_path / "masks"
    folder.mkdir()
    label_map = np.zeros((270, 480), np.uint8)
    label_map[20:60, 30:90], label_map[100:150, 200:300] = 1, 2
    for frame in (0, 3):
        cv2.imwrite(str(folder / f"{frame:05d}.png"), label_map)
    editor.page.click("#ta-import")
    editor.page.set_input_files("#ta-masks-folder", folder)
    rows = editor.page.locator(".ta-remap tbody tr")
    rows.first.wait_for()
    assert rows.count() == 2
    assert "2 frames" in editor.page.locator(".ta-dialog .ta-extract").inner_text()
    assert editor.state("state.project.objects.length") == 0
    editor.page.click("#ta-import-take")
    editor.wait_until("state.dialog === null")
    editor.wait_for_job()
    project = project_of(editor).session.project
    assert np.array_equal(project.label_map(3), label_map)
    with editor.changing():
        editor.page.keyboard.press("z")
    assert project.state.objects == {}
