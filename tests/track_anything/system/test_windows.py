"""Windows, simulated: names of devices, files that others hold, locks that cannot be deleted, text."""

import ast
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.test_docs import REPOSITORY
from track_anything.errors import InputError
from track_anything.export import Naming
from track_anything.export.naming import FrameNames
from track_anything.project.lock import LOCK_FILE, reserved
from track_anything.system.files import portable_name, put_in_place, write_durably
from track_anything.ui.containment import safe_name

SHARING_VIOLATION = 32


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("con", "con-"),
        ("NUL.tar.gz", "NUL-.tar.gz"),
        ("Com1.png", "Com1-.png"),
        ("lpt9 .x", "lpt9-.x"),
        ("console", "console"),
        ("com10", "com10"),
        ("a con", "a con"),
    ],
)
def test_no_file_is_called_like_a_device(text: str, expected: str) -> None:
    assert portable_name(text) == expected
    assert portable_name(expected) == expected


def test_no_export_is_called_like_a_device() -> None:
    names = FrameNames(Naming(template="{object}.{frame}"), project="clip")
    assert names.path(3, "{frame}", ".png", of="aux") == "aux-.00003.png"
    assert safe_name("PRN.mp4") == "PRN-.mp4"
    for template in ("con/{frame}", "shots/nul.{frame}"):
        with pytest.raises(InputError, match="cannot name files"):
            Naming(template=template)


def held(times: int, code: int = SHARING_VIOLATION) -> Callable[[Path, Path], Path]:
    """``Path.replace`` as it is when another program holds the file so many times."""
    replace, left = Path.replace, [times]

    def refuse(self: Path, target: Path) -> Path:
        if left[0]:
            left[0] -= 1
            error = PermissionError(13, "The process cannot access the file")
            error.winerror = code  # type: ignore[attr-defined]  # of Windows alone
            raise error
        return replace(self, target)

    return refuse


def test_a_file_that_a_scanner_holds_is_replaced_when_it_lets_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    monkeypatch.setattr(Path, "replace", held(3))
    write_durably(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"
    assert waited == sorted(waited)
    assert len(waited) == 3


@pytest.mark.parametrize(("times", "code"), [(99, SHARING_VIOLATION), (1, 1)])
def test_what_is_held_for_good_or_forbidden_fails_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, code: int
) -> None:
    (tmp_path / "file").write_bytes(b"old")
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    monkeypatch.setattr(Path, "replace", held(times, code))
    with pytest.raises(PermissionError):
        write_durably(tmp_path / "file", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"old"
    assert sum(waited) < 1
    assert bool(waited) == (code == SHARING_VIOLATION)


def test_folders_are_put_in_place_too(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "file").write_bytes(b"1")
    put_in_place(tmp_path / "made", tmp_path / "there")
    assert (tmp_path / "there" / "file").read_bytes() == b"1"


def test_a_lock_that_cannot_be_deleted_while_it_is_held_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink, held = Path.unlink, [True]

    def refuse(self: Path, missing_ok: bool = False) -> None:
        if self.name == LOCK_FILE and held:
            held.clear()
            raise PermissionError(13, "The process cannot access the file")
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(RuntimeError, match="stopped"), reserved(tmp_path / "project"):
        raise RuntimeError("stopped")
    assert not (tmp_path / "project").exists()


def test_text_is_read_and_written_in_an_encoding_that_is_said() -> None:
    """Without one it is that of the system's code page, which knows few letters."""
    packages = ("sam", "tracker", "track_anything")
    files = [path for package in packages for path in (REPOSITORY / package).rglob("*.py")]
    silent = [
        f"{path.relative_to(REPOSITORY)}:{call.lineno}"
        for path in files
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and _is_silent(call)
    ]
    assert len(files) > 100
    assert silent == []


TEXT_IO = {"read_text": 0, "write_text": 1}  # place of the encoding among what is given


def _is_silent(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if any(keyword.arg in ("encoding", None) for keyword in call.keywords):
        return False
    if name in TEXT_IO:
        return len(call.args) <= TEXT_IO[name]
    if name not in ("open", "fdopen"):
        return False
    place = 0 if isinstance(call.func, ast.Attribute) and name == "open" else 1
    given = call.args[place] if len(call.args) > place else None
    given = next((word.value for word in call.keywords if word.arg == "mode"), given)
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return set(given.value) <= set("rwxa+t") and "b" not in given.value
    return False  # of something else: ``Session.open``, ``av.open``, ``os.open``


def test_the_search_for_text_without_an_encoding_finds_it() -> None:
    calls = ["p.read_text()", "p.write_text(x)", 'p.open("w")', 'open(p, "r")', 'p.open(mode="a")']
    fine = ['p.read_text("ascii")', "p.write_text(x, encoding='utf-8')", 'p.open("rb")', "Session.open(p)"]
    silent = [each for each in (*calls, *fine) if _is_silent(ast.parse(each).body[0].value)]  # type: ignore[attr-defined]
    assert silent == calls
