"""Every form of export when the machine gives up: killed in the middle, and on a disk without room."""

import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.track_anything.drawn_frames import draw
from tests.track_anything.pointing import at
from track_anything.errors import OutputError
from track_anything.export import EXPORTERS, manifest_path
from track_anything.export.staging import Staging, sweep
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models

CLIP = MovingShapes(frame_count=6, height=48, width=64)
_LARGEST_FILE = 64  # bytes; no form is smaller

# From 3.12 on Python warns of forking beside threads; the child here takes no lock that one of them may hold.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    source = draw(tmp_path / "frames", CLIP)
    with Session.create(source, tmp_path / "project", fake_models) as session:
        session.click(frame=0, object_id=session.add_object("ball"), **at(CLIP.centre(0)))
        session.track().run()
        yield session


def place(form: str, folder: Path) -> Path:
    suffix = EXPORTERS[form].suffix
    return folder / f"it{suffix}"


def in_a_child(work: Callable[[], int]) -> int:
    """How a process ended that did some work: the signal that killed it, negative, or the code it gave."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = work()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


@pytest.mark.parametrize("form", EXPORTERS)
def test_fault_23_a_killed_export_leaves_nothing_that_looks_finished_and_the_next_sweeps_it(
    session: Session, tmp_path: Path, form: str
) -> None:
    path = place(form, tmp_path / "out")

    def work() -> int:
        for frame in session.export(form, path):
            if frame == 3:
                os.kill(os.getpid(), signal.SIGKILL)
        return 1

    assert in_a_child(work) == -signal.SIGKILL
    assert not path.exists()
    assert not manifest_path(path).exists()
    assert all(left.name.startswith(".") for left in path.parent.iterdir())
    session.export(form, path).run()
    assert path.exists()
    assert {*path.parent.iterdir()} == {path, manifest_path(path)}


def test_fault_23_what_another_process_is_making_is_not_swept(tmp_path: Path) -> None:
    first, second = (Staging(tmp_path / "it.mp4", overwrite=True) for _ in "ab")
    first.prepare()
    first.path.write_bytes(b"half")
    second.prepare()
    assert first.path.read_bytes() == b"half"
    second.discard()
    first.commit()
    first.discard()
    assert [path.name for path in tmp_path.iterdir()] == ["it.mp4"]


def test_an_earlier_output_comes_back_when_its_replacement_was_killed_halfway(tmp_path: Path) -> None:
    (tmp_path / ".masks.0123abcd.lock").touch()
    (tmp_path / ".masks.0123abcd.old").mkdir()
    (tmp_path / ".masks.0123abcd.old" / "0.png").touch()
    (tmp_path / ".masks.0123abcd.part").mkdir()
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["masks"]
    assert (tmp_path / "masks" / "0.png").is_file()


@pytest.mark.parametrize("form", EXPORTERS)
def test_a_full_disk_is_told_and_leaves_nothing(session: Session, tmp_path: Path, form: str) -> None:
    path = place(form, tmp_path / "out")

    def work() -> int:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # writing more is an error then, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
        try:
            session.export(form, path).run()
        except OutputError as error:
            return 0 if "cannot be written" in str(error) and "free some disk space" in str(error) else 2
        return 1

    assert in_a_child(work) == 0
    assert list(path.parent.iterdir()) == []
    session.export(form, path).run()
    assert path.exists()
