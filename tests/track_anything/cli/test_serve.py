"""What ``ui`` makes of its options, without a server."""

from pathlib import Path

import pytest

from track_anything.cli.parser import main
from track_anything.ui import Settings


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that a server was started with, instead of a server."""
    settings: list[Settings] = []
    monkeypatch.setattr("track_anything.ui.serve", lambda given, _: settings.append(given))
    return settings


def test_networks_can_be_chosen_on_this_machine(served: list[Settings], tmp_path: Path) -> None:
    assert main(["ui", "--workspace", str(tmp_path), "--preset", "fast"]) == 0
    (settings,) = served
    assert settings.load_chosen is not None
    assert settings.chosen is not None
    assert settings.chosen.preset == "fast"


def test_no_visitor_changes_the_networks_of_others(served: list[Settings], tmp_path: Path) -> None:
    host = ["--host", "0.0.0.0", "--allow-host", "studio"]  # noqa: S104  # nothing is bound
    assert main(["ui", "--workspace", str(tmp_path), *host]) == 0
    (settings,) = served
    assert settings.load_chosen is None


def test_a_collection_can_be_compared_with_another_labellers(
    served: list[Settings], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "a.mp4").write_bytes(b"never opened")
    told = ["ui", "--workspace", str(tmp_path / "workspace"), "--other", str(tmp_path / "ben")]
    assert main(told) == 2
    assert "--other says where the projects of a collection are: give --collection" in capsys.readouterr().err
    assert main([*told, "--collection", str(tmp_path / "films"), "--projects", str(tmp_path / "anna")]) == 0
    (settings,) = served
    assert settings.collection is not None
    assert settings.other is not None
    assert [each.folder.name for each in (settings.collection, settings.other)] == ["anna", "ben"]
