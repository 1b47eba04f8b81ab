"""What was acknowledged is in the journal, and damage cuts nothing else."""

import errno
import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from track_anything.errors import ProjectError
from track_anything.project.journal import Journal, Log
from track_anything.system.files import make_folder

RECORDS = [{"number": 1}, {"name": "ball – Ⅱ"}, {"list": [1, 2.5, None]}]


def printable(garbage: bytes) -> bytes:
    """A kill leaves no control characters: they are damage, and are refused."""
    return bytes(byte for byte in garbage if byte >= ord(" "))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal(tmp_path / "journal.log")
    for record in RECORDS:
        journal.append(record)
    return journal


def test_records_survive_reopening(journal: Journal) -> None:
    assert Journal(journal.path).records == RECORDS


@given(cut=st.integers(min_value=1, max_value=60), garbage=st.binary(max_size=12).map(printable))
def test_a_torn_tail_costs_only_what_was_never_acknowledged(
    tmp_path_factory: pytest.TempPathFactory, cut: int, garbage: bytes
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.log"
    journal = Journal(path)
    for record in RECORDS:
        journal.append(record)
    whole = path.read_bytes()
    torn = whole[: max(0, len(whole) - cut)] + garbage
    path.write_bytes(torn)
    reopened = Journal(path)
    intact = [
        record for record, end in zip(RECORDS, _line_ends(whole), strict=True) if end <= len(whole) - cut
    ]
    assert reopened.records[: len(intact)] == intact
    reopened.append({"after": "the crash"})
    assert Journal(path).records == [*reopened.records]
    assert Journal(path).records[-1] == {"after": "the crash"}


def test_damage_before_good_lines_is_an_error_and_nothing_is_cut(journal: Journal) -> None:
    damaged = journal.path.read_bytes().replace(b'"number":1', b'"number":2')
    journal.path.write_bytes(damaged)
    with pytest.raises(ProjectError, match="damaged in line 1.*backup"):
        Journal(journal.path)
    assert journal.path.read_bytes() == damaged


def test_a_failed_write_is_cut_back_so_that_later_records_survive(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = journal.path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_disk)
        with pytest.raises(ProjectError, match="free some disk space"):
            journal.append({"lost": True})
    assert journal.path.read_bytes() == before
    journal.append({"kept": True})
    assert Journal(journal.path).records == [*RECORDS, {"kept": True}]


def test_a_read_only_journal_changes_nothing(journal: Journal) -> None:
    with journal.path.open("ab") as file:
        file.write(b"torn")
    before = journal.path.read_bytes()
    read_only = Journal(journal.path, read_only=True)
    assert read_only.records == RECORDS
    with pytest.raises(ProjectError, match="read"):
        read_only.append({})
    assert journal.path.read_bytes() == before


def test_case_crlf_journal_is_read_and_nothing_is_cut(journal: Journal) -> None:
    changed = b"\xef\xbb\xbf" + journal.path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n"
    journal.path.write_bytes(changed)
    reopened = Journal(journal.path)
    assert reopened.records == RECORDS
    assert "Windows line ends" in reopened.notes[0]
    reopened.append({"after": True})
    assert journal.path.read_bytes().startswith(changed)
    assert Journal(journal.path).records == [*RECORDS, {"after": True}]


@pytest.mark.parametrize("tail", [b"\0" * 40, b"1234\0\0\0", b"\0\n", b"abc\n", b"\0" * 7 + b"\n" * 3])
def test_a_zeroed_tail_is_refused_and_nothing_is_cut(journal: Journal, tail: bytes) -> None:
    whole = journal.path.read_bytes()
    for damaged in (whole + tail, whole[:-30] + tail):
        journal.path.write_bytes(damaged)
        for read_only in (True, False):
            with pytest.raises(ProjectError, match="damaged in line.*recover"):
                Journal(journal.path, read_only=read_only)
        assert journal.path.read_bytes() == damaged


def test_of_a_torn_line_a_copy_is_kept_and_named(journal: Journal) -> None:
    torn = journal.path.read_bytes()[:-5]
    journal.path.write_bytes(torn)
    (note,) = Journal(journal.path, read_only=True).notes
    assert "torn" in note
    assert journal.path.read_bytes() == torn
    (note,) = Journal(journal.path).notes
    assert "journal.log.damaged-1" in note
    assert journal.path.with_name("journal.log.damaged-1").read_bytes() == torn
    assert Journal(journal.path).records == RECORDS[:2]
    assert Journal(journal.path).notes == []


def test_a_last_line_that_lacks_its_end_alone_counts(journal: Journal) -> None:
    journal.path.write_bytes(journal.path.read_bytes()[:-1])
    reopened = Journal(journal.path)
    assert reopened.records == RECORDS
    reopened.append({"after": True})
    assert Journal(journal.path).records == [*RECORDS, {"after": True}]


def test_fault_25_a_flipped_bit_costs_nothing_wherever_it_is(journal: Journal) -> None:
    whole = journal.path.read_bytes()
    for place in range(len(whole)):
        for bit in range(8):
            flipped = bytearray(whole)
            flipped[place] ^= 1 << bit
            journal.path.write_bytes(flipped)
            assert Journal(journal.path, read_only=True).records == RECORDS, (place, bit)
    reopened = Journal(journal.path)
    assert "put right" in reopened.notes[0]
    assert journal.path.read_bytes() == whole
    assert journal.path.with_name("journal.log.damaged-1").read_bytes() == flipped


def test_fault_25_worse_damage_is_refused_wherever_it_is(journal: Journal) -> None:
    whole = journal.path.read_bytes()
    ends = _line_ends(whole)
    for place in range(len(whole) - 3):
        damaged = whole[:place] + b"\x01\x02\x03" + whole[place + 3 :]
        journal.path.write_bytes(damaged)
        with suppress(ProjectError):
            found = Journal(journal.path)
            # the end of the last line alone was hit: what it says is there
            assert (found.records, place > ends[-2]) == (RECORDS, True), place
            continue
        assert journal.path.read_bytes() == damaged


def test_fault_36_the_names_of_new_files_and_folders_are_made_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    real = os.fsync
    monkeypatch.setattr(
        os,
        "fsync",
        lambda each: (synced.append(str(Path(f"/proc/self/fd/{each}").readlink())), real(each))[1],
    )
    make_folder(tmp_path / "a" / "b")
    Journal(tmp_path / "a" / "b" / "journal.log").append({})
    assert {str(tmp_path), str(tmp_path / "a"), str(tmp_path / "a" / "b")} <= {*synced}
    assert synced.index(str(tmp_path / "a" / "b" / "journal.log")) < len(synced) - 1


def test_fault_36_nothing_is_written_behind_a_line_that_could_not_be_taken_back(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", broken)
        patch.setattr(os, "truncate", broken)
        with pytest.raises(ProjectError, match="Input/output error.*check the disk"):
            journal.append({"lost": True})
    left = journal.path.read_bytes()
    with pytest.raises(ProjectError, match="close the project and open it again"):
        journal.append({"after": True})
    assert journal.path.read_bytes() == left
    assert Journal(journal.path).records[:3] == RECORDS


def test_fault_14_a_journal_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "journal.log").mkdir()
    with pytest.raises(ProjectError, match="cannot read .*journal.log .*: check the path"):
        Journal(tmp_path / "journal.log")


def test_a_log_loses_damaged_lines_alone(tmp_path: Path) -> None:
    log = Log(tmp_path / "0001.log")
    for record in RECORDS:
        log.append(record)
    log.path.write_bytes(log.path.read_bytes().replace(b"ball", b"&&&&")[:-1] + b"\0\0")
    damaged = Log(log.path)
    assert damaged.records == RECORDS[:1]
    damaged.append({"after": True})
    assert Log(log.path).records == [RECORDS[0], {"after": True}]


def test_a_folder_in_place_of_a_log_steps_aside(tmp_path: Path) -> None:
    (tmp_path / "0001.log").mkdir()
    log = Log(tmp_path / "0001.log")
    assert log.records == []
    log.append({"after": True})
    assert Log(log.path).records == [{"after": True}]
    assert (tmp_path / "0001.log.damaged-1").is_dir()


def _line_ends(content: bytes) -> list[int]:
    return [position + 1 for position, byte in enumerate(content) if byte == ord("\n")]
