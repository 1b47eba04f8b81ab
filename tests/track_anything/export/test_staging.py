"""Destinations that do not end in a name."""

from pathlib import Path

import pytest

from track_anything.errors import OutputError
from track_anything.export.staging import Staging


@pytest.mark.parametrize("name", ["", ".", "./", ".."])
def test_the_folder_one_is_in_is_there_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match="exists already: choose another path"):
        Staging(Path(name), overwrite=False).prepare()
    assert Staging(Path(name), overwrite=True).path.parent in (tmp_path.parent, tmp_path.parent.parent)


def test_the_root_is_no_destination() -> None:
    with pytest.raises(OutputError, match="/ cannot be replaced: choose a path below it"):
        Staging(Path("/"), overwrite=True)
