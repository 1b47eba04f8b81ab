"""Only what lies in the roots may be read, links followed first."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from track_anything.errors import InputError
from track_anything.ui.archive import unpack_images
from track_anything.ui.containment import contained, safe_name
from track_anything.ui.limits import LimitError, Limits

LIMITS = Limits(upload=10_000)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "clips").mkdir(parents=True)
    (folder / "clips" / "a.mp4").touch()
    (tmp_path / "rootless").mkdir()
    (tmp_path / "secret.txt").touch()
    return folder


def packed(path: Path, files: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def unpacked(archive: Path, limits: Limits = LIMITS) -> dict[str, bytes]:
    folder = unpack_images(archive, archive.with_suffix(".images"), limits.check_upload)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# Paths


def test_what_lies_in_a_root_may_be_read_and_so_may_the_root(root: Path, tmp_path: Path) -> None:
    roots = [tmp_path / "elsewhere", root]
    assert contained(root / "clips" / ".." / "clips" / "a.mp4", roots) == root / "clips" / "a.mp4"
    assert contained(root, roots) == root
    assert contained(root / "not-there-yet", roots) == root / "not-there-yet"


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "clips/../../secret.txt", "../rootless", "/etc/passwd", "..", "../root/../not-there"],
)
def test_what_lies_outside_is_refused_whether_or_not_it_exists(root: Path, path: str) -> None:
    with pytest.raises(InputError, match=r"lies outside of the folders .* --root FOLDER"):
        contained(root / path, [root])


def test_links_are_followed_before_it_is_decided(root: Path, tmp_path: Path) -> None:
    (root / "out").symlink_to(tmp_path / "secret.txt")
    (root / "up").symlink_to(tmp_path)
    (tmp_path / "in").symlink_to(root)
    for path in (root / "out", root / "up" / "secret.txt", root / "up" / "not-there"):
        with pytest.raises(InputError, match="lies outside"):
            contained(path, [root])
    assert contained(tmp_path / "in" / "clips", [root]) == root / "clips"
    assert contained(root / "clips", [tmp_path / "in"]) == root / "clips"


def test_without_a_root_nothing_may_be_read(root: Path) -> None:
    with pytest.raises(InputError):
        contained(root, [])


def test_the_home_folder_may_be_named_by_its_sign(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(root))
    assert contained(Path("~/clips"), [root]) == root / "clips"


@pytest.mark.parametrize("name", ["root", "no-such-user-here"])
def test_fault_28_nobody_finds_out_which_accounts_there_are(root: Path, name: str) -> None:
    with pytest.raises(InputError, match=f"~{name}/x lies outside of the folders"):
        contained(Path(f"~{name}/x"), [root])


def test_a_path_that_is_none_is_an_input_error(root: Path) -> None:
    (root / "loop").symlink_to(root / "loop")
    for path in (root / "nul\0sign", root / "loop"):
        with pytest.raises(InputError, match="cannot be a path here"):
            contained(path, [root])


# Names


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("holiday 1.mp4", "holiday 1.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\videos\\cat.mp4", "cat.mp4"),
        (".bashrc", "bashrc"),
        ("a\nb\0c.mp4", "a_b_c.mp4"),
        ("größe_日本.png", "größe_日本.png"),
        ("", "video"),
        ("..", "video"),
        ("folder/", "video"),
        ("x" * 200 + ".mp4", "x" * 76 + ".mp4"),
        ("x." + "y" * 79, "y" * 79),
    ],
)
def test_a_name_is_made_safe_and_stays_readable(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=200))
@example("x." + "y" * 79)
@example("\U0001d49c" * 100)
def test_any_text_becomes_the_name_of_a_file_in_its_folder(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    name = safe_name(text)
    assert 0 < len(name) <= 80
    assert name[0] not in ". "
    assert not {"/", "\\", "\0", "\n"} & set(name)
    assert safe_name(name) == name
    path = tmp_path_factory.getbasetemp() / name
    path.touch()
    path.unlink()


# Archives


def test_the_images_of_an_archive_are_unpacked_and_nothing_else(tmp_path: Path) -> None:
    files = {
        "clip/00000.jpg": b"zero",
        "clip/00001.PNG": b"one",
        "clip/readme.txt": b"text",
        "clip/.hidden.png": b"hidden",
        "__MACOSX/clip/00000.png": b"resource fork",
    }
    assert unpacked(packed(tmp_path / "a.zip", files)) == {"00000.jpg": b"zero", "00001.PNG": b"one"}


def test_names_that_lead_out_of_the_folder_stay_in_it(tmp_path: Path) -> None:
    files = {"../../up.png": b"1", "/abs.png": b"2", "clip\\back.png": b"3", "C:\\drive.png": b"4"}
    names = {"up.png", "abs.png", "back.png", "drive.png"}
    assert set(unpacked(packed(tmp_path / "a.zip", files))) == names
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip", "a.images"}


def test_a_link_in_an_archive_becomes_a_plain_file(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    folder = unpack_images(tmp_path / "a.zip", tmp_path / "out", LIMITS.check_upload)
    assert not (folder / "link.png").is_symlink()
    assert (folder / "link.png").read_bytes() == b"/etc/passwd"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "holds no image: pack one folder of .*png"),
        ({"a.txt": b"", "b.png/": b""}, "holds no image"),
        ({"one/a.png": b"1", "two/a.png": b"2"}, "holds two images of one name"),
    ],
)
def test_an_archive_that_is_no_clip_is_refused_and_leaves_nothing(
    tmp_path: Path, files: dict[str, bytes], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        unpacked(packed(tmp_path / "a.zip", files))
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "bomb.zip", {f"{n}.png": bytes(4_000) for n in range(3)})
    assert bomb.stat().st_size < LIMITS.upload
    with pytest.raises(LimitError, match="larger than the .* --upload-limit"):
        unpacked(bomb)
    assert [path.name for path in tmp_path.iterdir()] == ["bomb.zip"]
    assert len(unpacked(bomb, Limits(upload=12_000))) == 3


def test_a_forged_size_fills_no_disk(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "bomb.zip", {"a.png": bytes(1_000_000)})
    raw = bomb.read_bytes()
    assert raw.count(struct.pack("<I", 1_000_000)) == 2  # in the file's own header and in the index
    bomb.write_bytes(raw.replace(struct.pack("<I", 1_000_000), struct.pack("<I", 10)))
    try:
        total = sum(map(len, unpacked(bomb).values()))
    except InputError:
        total = sum(path.stat().st_size for path in (tmp_path / "bomb.images").iterdir())
    assert total <= 10


def test_an_archive_with_a_password_says_so(tmp_path: Path) -> None:
    raw = bytearray(packed(tmp_path / "a.zip", {"a.png": b"1"}).read_bytes())
    raw[6] |= 1  # the flag of encryption, in the file's own header
    raw[raw.index(b"PK\1\2") + 8] |= 1  # and in the index
    (tmp_path / "a.zip").write_bytes(raw)
    with pytest.raises(InputError, match=r"cannot be unpacked .*: pack it again, without a password"):
        unpacked(tmp_path / "a.zip")


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive at all" * 9])
def test_what_is_no_archive_is_an_input_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(InputError, match="cannot be unpacked"):
        unpacked(tmp_path / "a.zip")


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be unpacked .*No such file"):
        unpacked(tmp_path / "a.zip")


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]),
    damage=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 255)), min_size=1, max_size=3),
    cut=st.integers(0, 400),
)
def test_a_damaged_archive_is_an_input_error_or_unpacked(
    tmp_path_factory: pytest.TempPathFactory, kind: int, damage: list[tuple[int, int]], cut: int
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for number in range(2):
            archive.writestr(f"{number}.png", bytes(range(40)) * 2)
    raw = bytearray(buffer.getvalue())
    for place, change in damage:
        raw[place % len(raw)] ^= change
    if cut < 40:
        del raw[-cut:]
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "a.zip").write_bytes(raw)
    try:
        assert sum(map(len, unpacked(folder / "a.zip").values())) <= LIMITS.upload
    except (InputError, LimitError):
        assert {path.name for path in folder.iterdir()} <= {"a.zip", "a.images"}


def test_fault_18_an_archive_of_more_images_than_a_clip_has_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}.png", b"")
    with pytest.raises(InputError, match="holds 10001 files: send at most 10000 images"):
        unpacked(tmp_path / "many.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["many.zip"]


@pytest.mark.parametrize("is_large", [False, True])
def test_fault_18_an_index_too_long_to_be_read_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_large: bool
) -> None:
    raw = bytearray(packed(tmp_path / "a.zip", {"a.png": b"1"}).read_bytes())
    if is_large:  # with the records of archives of more than 4 GiB
        record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1 << 40, 1 << 40, 1 << 40, 0)
        locator = struct.pack("<4sIQI", b"PK\6\7", 0, raw.index(b"PK\5\6"), 1)
        end = raw.index(b"PK\5\6")
        raw[end:end] = record + locator
    else:
        struct.pack_into("<HHI", raw, raw.index(b"PK\5\6") + 8, 65_535, 65_535, 1 << 31)
    (tmp_path / "a.zip").write_bytes(raw)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("the index was read"))
    with pytest.raises(InputError, match="send at most"):
        unpacked(tmp_path / "a.zip")
