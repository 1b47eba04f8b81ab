import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from track_anything.errors import ProjectError
from track_anything.project.journal import Journal

RECORDS = [{"number": 1}, {"name": "ball – Ⅱ"}, {"list": [1, 2.5, None]}]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal(tmp_path / "journal.log")
    for record in RECORDS:
        journal.append(record)
    return journal


def test_records_survive_reopening(journal: Journal) -> None:
    assert Journal(journal.path).records == RECORDS


@given(cut=st.integers(min_value=1, max_value=60), garbage=st.binary(max_size=12))
def test_a_torn_tail_costs_only_what_was_never_acknowledged(
    tmp_path_factory: pytest.TempPathFactory, cut: int, garbage: bytes
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.log"
    journal = Journal(path)
    for record in RECORDS:
        journal.append(record)
    whole = path.read_bytes()
    torn = whole[: max(0, len(whole) - cut)] + garbage.replace(b"\n", b"")
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


def _line_ends(content: bytes) -> list[int]:
    return [position + 1 for position, byte in enumerate(content) if byte == ord("\n")]
