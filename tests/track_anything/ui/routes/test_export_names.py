"""How a person wants the files of exported frames to be called, and what cannot be done."""

import zipfile
from pathlib import PurePosixPath
from typing import Any

import pytest

from tests.track_anything.ui.desk_fixtures import Page


@pytest.fixture
def clicked(page: Page) -> Page:
    page.click(0)
    return page


def test_frames_are_named_numbered_and_have_handles_on_demand(clicked: Page) -> None:
    names = {"first": 1001, "digits": 4, "template": "{project}_{form}.{frame}"}
    clicked.tell("/export", form="masks", frames=[2, 5], handles=3, names=names)
    assert clicked.wait()["status"] == "done"
    with zipfile.ZipFile(clicked.project.entry.exports / "discs-masks.zip") as archive:
        named = sorted(PurePosixPath(name).name for name in archive.namelist() if name.endswith(".png"))
    assert named == [f"discs_masks.{number}.png" for number in range(1001, 1009)]


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ({"form": "sheet", "names": {"first": 1001}}, "the form 'sheet' has no files of frames to be named"),
        ({"form": "davis", "names": {"digits": 4}}, "choose one of masks, binary"),
        ({"form": "masks", "names": {"template": "{frame}/../x"}}, "cannot name files"),
        ({"form": "masks", "names": {"template": "shot"}}, "it needs {frame}"),
        ({"form": "masks", "names": {"first": -1}}, "frames cannot be numbered from -1 on"),
        ({"form": "masks", "names": {"digits": 13}}, "a number cannot have 13 digits"),
        ({"form": "masks", "handles": -1}, "there can be no -1 frames of handles"),
    ],
)
def test_what_cannot_name_files_is_refused(clicked: Page, body: dict[str, Any], cause: str) -> None:
    assert cause in clicked.refused("/export", **body)
