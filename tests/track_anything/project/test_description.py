"""A project knows its video by content, wherever that lies."""

import dataclasses
import json
from pathlib import Path

import PIL.Image
import pytest

from track_anything.errors import ProjectError, VideoError
from track_anything.project.description import Description
from track_anything.project.whereabouts import find_source
from track_anything.testing import MovingShapes
from track_anything.video import fingerprint

CLIP = MovingShapes(frame_count=3, height=16, width=24)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "frames"
    folder.mkdir()
    for frame in range(len(CLIP)):
        PIL.Image.fromarray(CLIP.frame(frame)).save(folder / f"{frame}.png")
    return folder


@pytest.fixture
def description(folder: Path) -> Description:
    return Description(folder, fingerprint(folder), CLIP.info)


def test_the_video_is_known_by_its_content_wherever_it_is(folder: Path, description: Description) -> None:
    project = folder.with_name("project")
    assert find_source(description, project) == folder
    moved = folder.rename(folder.with_name("moved"))
    assert find_source(description, project) == moved
    assert find_source(description, project, moved) == moved


def test_a_video_that_is_gone_can_be_named_anew(folder: Path, description: Description) -> None:
    (elsewhere := folder.with_name("elsewhere")).mkdir()
    moved = folder.rename(elsewhere / "frames")
    project = folder.with_name("project")
    with pytest.raises(VideoError, match=f"no longer at {folder}, .*: say where it is now \\(--source\\)"):
        find_source(description, project)
    with pytest.raises(VideoError, match="nowhere does not exist"):
        find_source(description, project, folder.with_name("nowhere"))
    assert find_source(description, project, moved) == moved


def test_another_video_is_refused(folder: Path, description: Description) -> None:
    PIL.Image.fromarray(CLIP.frame(0)).save(folder / "1.png")
    project = folder.with_name("project")
    with pytest.raises(VideoError, match=f"{folder} is not the video this project was made with: say where"):
        find_source(description, project)
    with pytest.raises(VideoError, match=f"{folder} is not the video this project was made with: give that"):
        find_source(description, project, folder)
    renewed = dataclasses.replace(description, fingerprint=fingerprint(folder))
    assert find_source(renewed, project) == folder


def test_a_path_in_another_encoding_is_kept(folder: Path, description: Description) -> None:
    moved = folder.rename(folder.with_name("caf\udce9"))
    project = folder.with_name("project")
    dataclasses.replace(description, source=moved).write(project)
    found = Description.read(project)
    assert found.source == moved
    assert find_source(found, project) == moved


def test_case_moved_video_and_project_are_found_together(folder: Path, description: Description) -> None:
    job = folder.with_name("job")
    (job / "out" / "project").mkdir(parents=True)
    inside = folder.rename(job / "frames")
    dataclasses.replace(description, source=inside).write(job / "out" / "project")
    moved = job.rename(folder.with_name("elsewhere"))
    project = moved / "out" / "project"
    assert find_source(Description.read(project), project).resolve() == moved / "frames"
    (moved / "frames").rename(moved / "pictures")
    assert find_source(Description.read(project), project) == moved / "pictures"


def test_a_new_place_is_remembered(folder: Path, description: Description, tmp_path: Path) -> None:
    project = tmp_path / "far" / "away" / "project"
    description.write(project)
    moved = folder.rename(tmp_path / "pictures")
    assert description.moved(project, moved).source == moved
    assert find_source(Description.read(project), project) == moved


def test_old_descriptions_are_read(folder: Path, description: Description, tmp_path: Path) -> None:
    description.write(tmp_path / "project")
    path = tmp_path / "project" / "project.json"
    content = json.loads(path.read_text())
    del content["relative"]
    path.write_text(json.dumps(content | {"schema": 1}))
    assert Description.read(tmp_path / "project") == dataclasses.replace(description, relative=None)


def test_of_two_who_make_a_project_one_succeeds(
    folder: Path, description: Description, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = folder.with_name("project")
    monkeypatch.setattr("track_anything.project.description.check_free", lambda folder: None)
    description.write(project)
    with pytest.raises(ProjectError, match="is a project already"):
        dataclasses.replace(description, fingerprint="another").write(project)
    assert Description.read(project).fingerprint == description.fingerprint
    assert [path.name for path in project.iterdir()] == ["project.json"]
