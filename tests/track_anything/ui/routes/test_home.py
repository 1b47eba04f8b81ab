"""Opening videos, and what visitors are told of the server."""

import io
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.track_anything.pointing import at
from tests.track_anything.ui.desk_fixtures import CLIP, PATIENCE, Page, Visitor, draw, eventually
from track_anything.export import EXPORTERS
from track_anything.inpaint import STILL_METHODS
from track_anything.session import Session
from track_anything.testing import fake_models
from track_anything.types import OnProgress
from track_anything.ui.desk import COOKIE_PREFIX, Desk
from track_anything.ui.limits import Limits
from track_anything.video.sample import sample_clip

STILL_READ = "the video is still being read: wait for it, or cancel and open another one"


def zipped(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"clip/{path.name}")
    return content.getvalue()


def uploaded(visitor: Visitor, name: str, content: bytes) -> Page:
    answer = visitor.http.post("/api/upload", params={"name": name}, content=content)
    assert answer.status_code == 200, answer.text
    return Page(visitor, answer.json()["id"])


def kept(desk: Desk) -> list[Path]:
    return list(desk.workspace.folder.glob("*"))


def test_the_home_page_says_what_may_be_opened(visitor: Visitor, desk: Desk, root: Path) -> None:
    assert visitor.http.get("/api/home").json() == {
        "has_collection": False,
        "recent": [],
        "roots": ["videos"],
        "upload_limit": desk.limits.upload,
        "forms": EXPORTERS.usable(),
        "forms_with_alpha": [
            "soft",
            "soft-8",
            "rgba",
            "rgba-premultiplied",
            "exr",
            "exr-layers",
            "cryptomatte",
            "fill-and-matte",
            "prores",
            "vp9",
            "png-mov",
            "ffv1",
            "matte",
            "foreground",
        ],
        "forms_with_names": [
            "masks",
            "binary",
            "soft",
            "soft-8",
            "rgba",
            "rgba-premultiplied",
            "exr",
            "exr-layers",
            "cryptomatte",
            "fill-and-matte",
        ],
        "mattes": ["closed-form", "guided"],
        "removal": {
            "dilation": {"usual": 6, "most": 100},
            "feather": {"usual": 3, "most": 50},
            "unseen": STILL_METHODS.usable(),
        },
    }


def test_a_video_is_opened_by_its_path_and_told_in_full(page: Page) -> None:
    told = page.update()
    assert (told["job"]["kind"], told["job"]["status"], told["job"]["error"]) == ("open", "done", None)
    assert told["project"]["id"] == page.project_id
    assert told["project"]["name"] == "discs"
    video = {"width": 64, "height": 48, "frames": 12, "rate": 25.0, "losses": None}
    assert told["project"]["video"] == video
    assert told["project"]["objects"] == []
    assert told["project"]["cuts"] == []
    assert told["changed"] == {"start": 0, "stop": 12}
    assert told["lanes"] == {"start": 0, "stop": 12, "rows": {}}


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("{root}/../secret", "lies outside of the folders that this server reads from"),
        ("/etc/passwd", "lies outside"),
        ("discs", "there is no file or folder 'discs' here: choose one from the list"),
        ("{root}/link", "lies outside"),
        ("~nobody-of-this-name/x", "lies outside"),
        ("{root}/a\0b", "cannot be a path here"),
        ("{root}/missing.mp4", "there is no file or folder"),
        ("{root}/" + "a" * 300, "there is no file or folder"),
    ],
)
def test_a_path_that_may_not_be_opened_is_refused_and_leaves_nothing(
    visitor: Visitor, desk: Desk, root: Path, path: str, cause: str
) -> None:
    draw(root.parent / "secret")
    (root / "link").symlink_to(root.parent / "secret")
    answer = visitor.http.post("/api/path", json={"path": path.format(root=root)})
    assert answer.status_code == 400
    assert cause in answer.json()["detail"]
    assert kept(desk) == []
    assert visitor.recent() == []


def test_what_is_no_video_says_why_and_is_forgotten_when_deleted(
    visitor: Visitor, desk: Desk, root: Path
) -> None:
    (root / "note.txt").write_text("no video")
    page = visitor.open(root / "note.txt")
    told = page.update()
    assert told["job"]["status"] == "failed"
    assert "note.txt cannot be opened as a video" in told["job"]["error"]
    assert told["project"] is None
    answer = page.post("/objects")
    assert (answer.status_code, answer.json()["detail"]) == (400, told["job"]["error"])
    page.tell("/delete")
    assert kept(desk) == []
    assert (root / "note.txt").exists()


def test_a_project_of_this_machine_is_gone_on_with_where_it_lies(
    visitor: Visitor, root: Path, frames: Path
) -> None:
    with Session.create(frames, root / "old", fake_models) as session:
        session.click(frame=0, object_id=session.add_object("cat"), **at(CLIP.centre(0)))
    page = visitor.open(root / "old")
    assert page.objects == {1: "cat"}
    assert page.label_map(0).any()
    page.click(3, object_id=1)
    page.tell("/delete")
    with Session.open(root / "old", fake_models) as session:
        assert session.project.state.frames_known(1) == {0, 3}


def test_nobody_opens_the_project_of_somebody_else_by_its_path(
    page: Page, desk: Desk, new_visitor: Callable[[], Visitor]
) -> None:
    desk.roots = (desk.workspace.folder.parent,)
    for path in (page.project.entry.project, page.project.entry.folder, desk.workspace.folder):
        answer = new_visitor().http.post("/api/path", json={"path": str(path)})
        assert answer.status_code == 400
        assert "there is no file or folder" in answer.json()["detail"]


def test_the_sample_is_opened(visitor: Visitor) -> None:
    answer = visitor.http.post("/api/sample")
    page = Page(visitor, answer.json()["id"])
    assert page.project.entry.name == "sample"
    assert page.project.entry.source == sample_clip()
    page.tell("/job/cancel")  # all of it takes seconds
    page.wait()


def test_an_uploaded_zip_file_of_images_is_opened(visitor: Visitor, desk: Desk, frames: Path) -> None:
    page = uploaded(visitor, "C:\\clips\\my cat.zip", zipped(frames))
    assert page.wait()["status"] == "done"
    told = page.update()["project"]
    assert (told["name"], told["video"]["frames"]) == ("my cat", 12)
    page.click(0)
    page.tell("/delete")
    assert kept(desk) == []


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("../../../etc/passwd.png", "passwd.png"),
        ("/etc/cron.d/x.png", "x.png"),
        ("..\\..\\x.png", "x.png"),
        (".hidden.png", "hidden.png"),
        ("a\nb\0c.png", "a_b_c.png"),
        ("..", "video"),
        ("", "video"),
        ("größe 日本.png", "größe 日本.png"),
        ("entry.json", "entry.json"),
        ("project", "project"),
        ("exports", "exports"),
    ],
)
def test_the_name_of_an_upload_is_made_safe_and_harms_no_file_of_the_workspace(
    visitor: Visitor, desk: Desk, frames: Path, name: str, kept_as: str
) -> None:
    page = uploaded(visitor, name, (frames / "00000.png").read_bytes())
    assert page.wait()["status"] == "done"
    source = page.project.entry.source
    assert source.name == kept_as
    assert source.is_relative_to(page.project.entry.folder)
    assert source.read_bytes() == (frames / "00000.png").read_bytes()
    page.click(0)
    page.tell("/export", form="sheet")
    assert page.wait()["status"] == "done"
    assert len(kept(desk)) == 1


def test_an_upload_that_is_announced_too_large_is_refused(visitor: Visitor, desk: Desk) -> None:
    desk.limits = Limits(spare_disk=0, upload=1000)
    answer = visitor.http.post("/api/upload", params={"name": "x.mp4"}, content=b"x" * 1001)
    assert answer.status_code == 507
    assert "higher --upload-limit" in answer.json()["detail"]
    assert kept(desk) == []


def test_an_upload_that_turns_out_too_large_is_cut_off(visitor: Visitor, desk: Desk) -> None:
    desk.limits = Limits(spare_disk=0, upload=1000)
    chunks = (b"x" * 100 for _ in range(20))  # whose number nobody announces
    answer = visitor.http.post("/api/upload", params={"name": "x.mp4"}, content=chunks)
    assert answer.status_code == 507
    assert "higher --upload-limit" in answer.json()["detail"]
    assert kept(desk) == []


def test_a_zip_file_that_unpacks_to_too_much_leaves_nothing(visitor: Visitor, desk: Desk) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.png", bytes(100_000))
    desk.limits = Limits(spare_disk=0, upload=10_000)
    assert len(content.getvalue()) < 10_000
    answer = visitor.http.post("/api/upload", params={"name": "x.zip"}, content=content.getvalue())
    assert answer.status_code == 507
    assert kept(desk) == []


def test_a_zip_file_without_images_leaves_nothing(visitor: Visitor, desk: Desk) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("note.txt", "no image")
    answer = visitor.http.post("/api/upload", params={"name": "x.zip"}, content=content.getvalue())
    assert answer.status_code == 400
    assert "the zip file holds no image: pack" in answer.json()["detail"]
    assert kept(desk) == []
    assert visitor.recent() == []


def test_an_upload_that_does_not_fit_the_disk_limit_is_refused(
    visitor: Visitor, desk: Desk, page: Page
) -> None:
    desk.limits = Limits(spare_disk=0, disk=100_000)
    before = kept(desk)
    answer = visitor.http.post("/api/upload", params={"name": "x.mp4"}, content=b"x" * 100_001)
    assert answer.status_code == 507
    assert "higher --disk-limit" in answer.json()["detail"]
    assert kept(desk) == before


def test_nothing_is_opened_when_the_disk_is_nearly_full(visitor: Visitor, desk: Desk, frames: Path) -> None:
    desk.limits = Limits(spare_disk=1 << 60)
    requests = (
        visitor.http.post("/api/sample"),
        visitor.http.post("/api/path", json={"path": str(frames)}),
        visitor.http.post("/api/upload", params={"name": "x.png"}, content=b"x"),
    )
    for answer in requests:
        assert answer.status_code == 507
        assert "the disk of the server is nearly full" in answer.json()["detail"]
    assert kept(desk) == []


def test_more_projects_than_are_served_at_a_time_are_refused(
    visitor: Visitor, desk: Desk, page: Page, frames: Path
) -> None:
    desk.limits = Limits(spare_disk=0, open_projects=1)
    answers = (
        visitor.http.post("/api/path", json={"path": str(frames)}),
        visitor.http.post("/api/upload", params={"name": "x.png"}, content=b"x"),
        visitor.http.post("/api/sample"),
    )
    for answer in answers:
        assert answer.status_code == 507
        assert "1 projects are in use" in answer.json()["detail"]
        assert "higher --open-limit" in answer.json()["detail"]
    assert kept(desk) == [page.project.entry.folder]
    assert page.update()["project"]["id"] == page.project_id


def test_recent_projects_are_the_visitors_own_the_newest_first(
    visitor: Visitor, new_visitor: Callable[[], Visitor], frames: Path
) -> None:
    opened = [visitor.open(frames).project_id for _ in range(3)]
    other = new_visitor()
    strangers = other.open(frames).project_id
    assert visitor.recent() == opened[::-1]
    assert other.recent() == [strangers]
    assert new_visitor().recent() == []


def test_the_link_of_the_server_opens_a_project_once_its_token_is_right(
    visitor: Visitor, desk: Desk, frames: Path
) -> None:
    _, project_id, token = desk.link_to(frames).split("/")
    for wrong in (f"{project_id}/x", f"{'0' * 12}/{token}", f"../{token}", f"{project_id}/"):
        assert visitor.http.get(f"/open/{wrong}", follow_redirects=False).status_code in (307, 404)
    assert visitor.recent() == []
    answer = visitor.http.get(f"/open/{project_id}/{token}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/?project={project_id}")
    assert visitor.http.cookies[COOKIE_PREFIX + project_id] != token
    assert Page(visitor, project_id).wait()["status"] == "done"
    assert visitor.recent() == [project_id]


def test_a_path_may_be_told_as_the_list_shows_it_or_from_a_root_on(visitor: Visitor, frames: Path) -> None:
    assert visitor.http.get("/api/places").json() == [{"path": "videos", "kind": "folder"}]
    (frames.parent / "note.txt").write_text("no video")
    (frames.parent / "clip.MP4").write_bytes(b"")
    (frames.parent / ".hidden.mp4").write_bytes(b"")
    (frames.parent / "out.mp4").symlink_to("/etc/hostname")
    listed = visitor.http.get("/api/places", params={"folder": "videos"}).json()
    assert listed == [
        {"path": "videos/discs", "kind": "images"},
        {"path": "videos/clip.MP4", "kind": "video"},
    ]
    for text in ("videos/discs", "discs", str(frames)):
        answer = visitor.http.post("/api/path", json={"path": text})
        assert answer.status_code == 200, answer.text
        assert Page(visitor, answer.json()["id"]).project.entry.source == frames


@pytest.mark.parametrize("folder", ["..", "videos/../..", "/etc", "videos/discs/00000.png", "nowhere"])
def test_no_other_folder_is_listed(visitor: Visitor, frames: Path, folder: str) -> None:
    answer = visitor.http.get("/api/places", params={"folder": folder})
    assert answer.status_code == 400, answer.text
    assert str(frames.parent) not in answer.text


def test_recent_projects_are_told_with_length_and_picture(
    page: Page, visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    (told,) = visitor.http.get("/api/home").json()["recent"]
    assert (told["name"], told["frames"], told["rate"], told["has_picture"]) == ("discs", 12, 25.0, True)
    assert abs(told["used"] - time.time()) < 3600
    address = f"/api/recent/{page.project_id}/picture"
    picture = cv2.imdecode(np.frombuffer(visitor.http.get(address).content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (48, 64, 3)
    assert new_visitor().http.get(address).status_code == 404


def test_the_sample_is_shown_as_a_picture(visitor: Visitor) -> None:
    content = visitor.http.get("/api/sample/picture").content
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (216, 384, 3)


def test_a_deleted_project_is_gone_and_its_video_stays(
    visitor: Visitor, page: Page, desk: Desk, frames: Path
) -> None:
    answer = page.post("/delete")
    assert answer.status_code == 200
    assert f'{COOKIE_PREFIX}{page.project_id}=""' in answer.headers["set-cookie"]
    assert page.get("/update").status_code == 404
    assert visitor.recent() == []
    assert kept(desk) == []
    assert len(list(frames.iterdir())) == 12


def test_a_deleted_project_is_gone_although_it_is_being_tracked(page: Page, desk: Desk) -> None:
    page.click(0)
    page.tell("/track")
    page.tell("/delete")
    assert page.visitor.recent() == []
    eventually(lambda: kept(desk) == [])


def test_an_update_tells_what_changed_since_and_nothing_twice(page: Page) -> None:
    page.click(0)
    page.click(0, 2)
    revision = page.revision
    told = page.update(revision)
    assert (told["project"], told["lanes"], "changed" in told) == (None, None, False)
    page.edit("lock", object_id=2, start=0, stop=1)
    told = page.update(revision)
    assert told["project"]["revision"] > revision
    assert told["lanes"]["rows"].keys() == {"2"}
    assert page.update(0)["lanes"]["rows"].keys() == {"1", "2"}
    assert page.update(-5)["lanes"]["rows"].keys() == {"1", "2"}
    assert page.get("/update?since=soon").status_code == 422


@pytest.fixture
def may_read(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Videos are read once this is set."""
    create, event = Session.create, threading.Event()

    def held(*arguments: Any, progress: OnProgress, **options: Any) -> Session:
        assert event.wait(PATIENCE)
        progress(0, None)
        return create(*arguments, progress=progress, **options)

    monkeypatch.setattr(Session, "create", held)
    yield event
    event.set()


def test_while_a_video_is_read_only_how_far_that_is_can_be_told(
    visitor: Visitor, frames: Path, may_read: threading.Event
) -> None:
    page = Page(visitor, visitor.http.post("/api/path", json={"path": str(frames)}).json()["id"])
    told = page.update()
    assert (told["job"]["kind"], told["job"]["stage"], told["job"]["status"]) == (
        "open",
        "reading",
        "running",
    )
    assert told["project"] is None
    assert told["lanes"] is None
    for path in ("/frames/0", "/masks/0", "/about/0", "/next"):
        assert (page.get(path).status_code, page.get(path).json()["detail"]) == (409, STILL_READ)
    assert page.refused("/objects", 409) == STILL_READ
    assert page.refused("/export", 409, form="masks").startswith("another job is running (open): wait for it")
    may_read.set()
    assert page.wait()["status"] == "done"
    assert page.get("/frames/0").status_code == 200


def test_reading_that_was_cancelled_is_no_longer_waited_for(
    visitor: Visitor, frames: Path, may_read: threading.Event
) -> None:
    page = Page(visitor, visitor.http.post("/api/path", json={"path": str(frames)}).json()["id"])
    page.tell("/job/cancel")
    may_read.set()
    assert page.wait()["status"] == "cancelled"
    assert page.refused("/objects", 409) == "the video was not read to its end: go back and open it again"
