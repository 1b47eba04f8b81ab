"""The plan of the house: its public names, its rooms, and how large a room may be."""

import importlib
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("package", ["sam", "tracker", "track_anything"])
def test_every_public_name_is_there_and_no_other(package: str) -> None:
    module = importlib.import_module(package)
    for name in module.__all__:
        assert getattr(module, name).__name__ == name
    with pytest.raises(AttributeError, match="nonsense"):
        module.nonsense  # noqa: B018 - looking it up is the test


def kept_files() -> list[Path]:
    told = subprocess.run(
        ["git", "ls-files", "sam", "tracker", "track_anything"],  # noqa: S607 - whichever git is here
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if told.returncode != 0:
        pytest.skip("not in a checkout")
    return [Path(line) for line in told.stdout.splitlines()]


def test_the_package_is_read_in_its_list_of_folders() -> None:
    rooms = {path.parts[1] for path in kept_files() if path.parts[0] == "track_anything"}
    assert len(rooms) <= 22, sorted(rooms)


def test_no_module_and_no_script_is_longer_than_300_lines() -> None:
    long = {
        str(path): count
        for path in kept_files()
        if path.suffix in {".py", ".js", ".css"}
        and (count := len((ROOT / path).read_text("utf-8").splitlines())) > 300
    }
    assert not long
