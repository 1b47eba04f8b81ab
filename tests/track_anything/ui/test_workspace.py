"""The folder of a server's projects and its entries."""

import json
import os
import stat
from pathlib import Path

import pytest

from track_anything.errors import ProjectError
from track_anything.ui.workspace import Entry, Workspace, default_workspace

VIDEO = Path("/videos/cat.mp4")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "not-there-yet" / "projects")


def added(workspace: Workspace, name: str = "cat") -> tuple[Entry, str]:
    project_id, _ = workspace.reserve()
    return workspace.add(project_id, name, VIDEO)


def found(workspace: Workspace, project_id: str) -> Entry:
    entry = workspace.find(project_id)
    assert entry is not None
    return entry


def test_the_folder_is_made_when_it_is_needed_first(workspace: Workspace) -> None:
    assert list(workspace) == []
    assert not workspace.folder.exists()
    project_id, folder = workspace.reserve()
    assert folder == workspace.folder / project_id
    assert list(folder.iterdir()) == []


def test_a_reserved_id_is_nobody_elses_and_no_project_yet(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = iter(["a" * 12, "a" * 12, "b" * 12])
    monkeypatch.setattr("secrets.token_hex", lambda size: next(ids))
    assert [workspace.reserve()[0] for _ in range(2)] == ["a" * 12, "b" * 12]
    assert workspace.find("a" * 12) is None
    assert list(workspace) == []


def test_an_entry_is_found_as_it_was_added(workspace: Workspace) -> None:
    entry, _ = added(workspace, "größe 日本")
    assert found(workspace, entry.id) == entry
    assert found(Workspace(workspace.folder), entry.id) == entry
    assert (entry.name, entry.source) == ("größe 日本", VIDEO)
    assert entry.project == workspace.folder / entry.id / "project"
    assert entry.exports == workspace.folder / entry.id / "exports"


def test_a_project_that_was_there_before_stays_where_it_is(workspace: Workspace, tmp_path: Path) -> None:
    project_id, _ = workspace.reserve()
    workspace.add(project_id, "cat", VIDEO, tmp_path / "old")
    assert found(workspace, project_id).project == tmp_path / "old"


def test_only_its_tokens_open_a_project(workspace: Workspace) -> None:
    entry, token = added(workspace)
    other, other_token = added(workspace)
    assert entry.is_opened_by(token)
    assert found(workspace, entry.id).is_opened_by(token)
    assert len(token) >= 22  # 128 bits
    for wrong in ("", token[:-1], token + "x", token.swapcase(), other_token, entry.token_hashes[0]):
        assert not entry.is_opened_by(wrong)
    assert other.is_opened_by(other_token)


def test_one_more_token_leaves_the_earlier_ones_valid(workspace: Workspace) -> None:
    entry, first = added(workspace)
    again, second = workspace.admit(found(workspace, entry.id))
    assert first != second
    for token in (first, second):
        assert again.is_opened_by(token)
        assert found(workspace, entry.id).is_opened_by(token)
    assert not entry.is_opened_by(second)


def test_no_token_is_written_down_or_shown(workspace: Workspace) -> None:
    entry, token = added(workspace)
    assert all(token.encode() not in path.read_bytes() for path in entry.folder.rglob("*") if path.is_file())
    assert entry.token_hashes[0] not in repr(entry)


def test_the_newest_project_comes_first(workspace: Workspace) -> None:
    entries = [added(workspace, name)[0] for name in ("old", "newest", "middle")]
    for entry, seconds in zip(entries, (100, 300, 200), strict=True):
        os.utime(entry.folder / "entry.json", (seconds, seconds))
    assert [entry.name for entry in workspace] == ["newest", "middle", "old"]


@pytest.mark.parametrize(
    "project_id",
    [
        "",
        ".",
        "..",
        "../outside",
        "/etc",
        "0" * 11,
        "0" * 13,
        "A" * 12,
        "0" * 11 + "/",
        "0" * 11 + "\0",
        "٠" * 12,
    ],
)
def test_what_is_no_id_is_never_looked_up(workspace: Workspace, project_id: str) -> None:
    workspace.folder.mkdir(parents=True)
    record = {"name": "", "source": "", "project": "", "token_hashes": []}
    for folder in (workspace.folder, workspace.folder.parent):
        (folder / "entry.json").write_text(json.dumps(record))
    assert workspace.find(project_id) is None


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "3", '{"name": "cat"}'])
def test_a_damaged_entry_is_passed_over(workspace: Workspace, content: str) -> None:
    damaged, _ = added(workspace)
    (damaged.folder / "entry.json").write_text(content)
    whole, _ = added(workspace)
    assert workspace.find(damaged.id) is None
    assert [entry.id for entry in workspace] == [whole.id]


def test_a_project_may_go_while_all_are_listed(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, _ = added(workspace)
    gone, _ = added(workspace)
    glob = Path.glob

    def glob_too_late(folder: Path, pattern: str) -> list[Path]:
        paths = list(glob(folder, pattern))
        workspace.discard(gone.id)
        return paths

    monkeypatch.setattr(Path, "glob", glob_too_late)
    assert [entry.id for entry in workspace] == [kept.id]


def test_what_was_made_for_a_project_is_discarded_with_it_and_the_rest_stays(
    workspace: Workspace, tmp_path: Path
) -> None:
    source, project = tmp_path / "cat.mp4", tmp_path / "old"
    source.touch()
    project.mkdir()
    project_id, folder = workspace.reserve()
    entry, _ = workspace.add(project_id, "cat", source, project)
    (folder / "exports").mkdir()
    (folder / "link").symlink_to(project)
    other, _ = added(workspace)
    workspace.discard(entry.id)
    workspace.discard(entry.id)
    assert not folder.exists()
    assert source.exists()
    assert project.exists()
    assert [kept.id for kept in workspace] == [other.id]


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("unplugged/disk")])
def test_a_workspace_that_cannot_be_written_names_the_option(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / "projects")
    with pytest.raises(ProjectError, match=r"projects cannot be written \(.*\): .* another --workspace"):
        Workspace(tmp_path / "projects").reserve()


def test_a_full_disk_names_the_remedy_and_leaves_the_entry_as_it_was(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    entry, token = added(workspace)
    with monkeypatch.context() as context:
        context.setattr(Path, "replace", refuse)
        with pytest.raises(ProjectError, match=r"\(No space left on device\): free some space there"):
            workspace.admit(entry)
    assert found(workspace, entry.id).is_opened_by(token)
    assert [path.name for path in entry.folder.iterdir()] == ["entry.json"]


def test_the_workspace_is_in_the_users_folder_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_workspace().is_relative_to(tmp_path)
    assert default_workspace().parts[-2:] == ("track-anything", "projects")


def test_fault_21_other_accounts_of_the_machine_see_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "projects"
    folder.mkdir(0o755, parents=True)
    workspace = Workspace(folder)
    project_id, place = workspace.reserve()
    workspace.add(project_id, "clip", tmp_path / "clip.mp4")
    for path, mode in ((folder, 0o700), (place, 0o700), (place / "entry.json", 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_fault_33_a_file_in_the_place_of_the_folder_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(
        ProjectError, match=r"file cannot be written \(Not a directory\): .* another --workspace"
    ):
        Workspace(tmp_path / "file").prepare()
    Workspace(tmp_path / "new" / "folder").prepare()
    assert list((tmp_path / "new" / "folder").iterdir()) == []
