"""A child process that decodes fills the same store, within its limits."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.track_anything.ui.desk_fixtures import eventually
from tests.track_anything.video.child.children import Children
from tests.track_anything.video.clips import Clip, write
from track_anything.errors import InputError, OutputError, VideoError
from track_anything.video import FrameStore, InProcess, open_video
from track_anything.video.child import ChildVideo, Worker
from track_anything.video.child.ring import Ring
from track_anything.video.child.shared_file import SharedFile
from track_anything.video.open import deep_frames

CLIP = Clip("clip.mp4", rotation=90)
ONE_LINE = r"^[^\n]+$"


class StopError(Exception):
    """Raised by a progress callback to interrupt a fill."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("source"), CLIP)


@pytest.fixture
def children() -> Iterator[Children]:
    """In the end, none of them may be left."""
    made = Children()
    yield made
    assert [child.pid for child in made if child.is_alive] == []


def test_a_child_fills_the_same_store(source: Path, tmp_path: Path, children: Children) -> None:
    told: list[tuple[int, int | None]] = []
    with children.reader().store(source, tmp_path / "child", lambda *done: told.append(done)) as video:
        assert isinstance(video, FrameStore)
        with FrameStore.of(source, tmp_path / "here") as here:
            assert video.info == here.info
            assert [video.jpeg(index) for index in range(24)] == [here.jpeg(index) for index in range(24)]
    assert told == [(index + 1, 24) for index in range(24)]
    assert len(children) == 1


def test_what_is_read_in_already_needs_no_child(source: Path, tmp_path: Path, children: Children) -> None:
    FrameStore.of(source, tmp_path).close()
    assert len(children.reader().store(source, tmp_path, None)) == 24
    assert children == []


def test_a_child_does_not_run_ahead_of_who_pauses_it(
    source: Path, tmp_path: Path, children: Children
) -> None:
    ahead: list[int] = []
    children.reader().store(
        source, tmp_path, lambda done, _: ahead.append(len([*tmp_path.glob("*.jpg")]) - done)
    )
    assert max(ahead) <= 9


def test_who_has_enough_ends_the_child_and_the_next_one_goes_on(
    source: Path, tmp_path: Path, children: Children
) -> None:
    def stop(done: int, _: int | None) -> None:
        if done == 5:
            raise StopError

    with pytest.raises(StopError):
        children.reader().store(source, tmp_path, stop)
    assert not children[0].is_alive
    assert len(children.reader().store(source, tmp_path, None)) == 24


@pytest.mark.parametrize("clip", [CLIP, Clip("deep.mkv", codec="ffv1", pixel_format="yuv420p10le")])
def test_frames_that_come_through_shared_memory_are_those_of_the_file(
    tmp_path: Path, children: Children, clip: Clip
) -> None:
    path = write(tmp_path, clip)
    with open_video(path) as here, children.reader().open(path, here.info) as video:
        assert video.info == here.info
        for expected, image in zip(here.frames(3, 20), video.frames(3, 20), strict=True):
            assert np.array_equal(image, expected)
        for expected, image in zip(deep_frames(here, 0, 9), deep_frames(video, 0, 9), strict=True):
            assert image.dtype == expected.dtype
            assert np.array_equal(image, expected)
        for index in (20, 0, 7):
            assert np.array_equal(video.frame(index), here.frame(index))
        assert list(video.frames(4, 4)) == []
        with pytest.raises(InputError, match="frame 24 does not exist"):
            video.frame(24)
        with pytest.raises(InputError, match="do not exist"):
            next(video.frames(0, 25))


def test_images_of_a_folder_come_from_a_child_too(tmp_path: Path, children: Children) -> None:
    noise = np.random.default_rng(1)
    for index in range(4):
        PIL.Image.fromarray(noise.integers(0, 256, (9, 13, 3), np.uint8)).save(tmp_path / f"{index}.png")
    with children.reader().store(tmp_path, tmp_path / "none", None) as video, open_video(tmp_path) as here:
        assert isinstance(video, ChildVideo)
        assert video.info == here.info
        assert np.array_equal(list(video.frames()), list(here.frames()))
        assert np.array_equal(video.frame(2), here.frame(2))
        assert len(children) == 2
        assert len([child for child in children if child.is_alive]) == 1


def test_what_was_left_before_its_end_leaves_nothing(source: Path, children: Children) -> None:
    left = []
    for _ in range(2):  # what the first one begins once for all, stays open
        with open_video(source) as here, children.reader().open(source, here.info) as video:
            coming = video.frames()
            next(coming)
            coming.close()  # type: ignore[attr-defined]
            assert not any(child.is_alive for child in children)
        left.append(descriptors())
    assert left[1] <= left[0]


@pytest.mark.parametrize("name", ["missing.mp4", "text.mp4", "empty.mp4"])
def test_a_child_says_of_a_bad_file_what_this_process_would(
    tmp_path: Path, children: Children, name: str
) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    (tmp_path / "empty.mp4").touch()
    said = []
    for reader in (InProcess(), children.reader()):
        with pytest.raises(VideoError) as caught:
            reader.store(tmp_path / name, tmp_path / "store", None)
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_a_store_that_cannot_be_written_is_told(source: Path, tmp_path: Path, children: Children) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        children.reader().store(source, tmp_path / "file" / "store", None)


def test_fault_15_a_decoder_that_crashes_ends_its_open_with_a_line(
    source: Path, tmp_path: Path, children: Children
) -> None:
    def crash(done: int, _: int | None) -> None:
        if done == 3:
            os.kill(children[-1].pid, signal.SIGSEGV)

    with pytest.raises(
        VideoError, match=r"clip.mp4 cannot be read: its decoder ended .*Segmentation"
    ) as caught:
        children.reader().store(source, tmp_path, crash)
    assert "\n" not in str(caught.value)
    assert len(children.reader().store(source, tmp_path, None)) == 24


def test_fault_15_a_decoder_that_hangs_is_ended(source: Path, tmp_path: Path, children: Children) -> None:
    def hang(done: int, _: int | None) -> None:
        if done == 3:
            os.kill(children[-1].pid, signal.SIGSTOP)
            children[-1]._patience = 1

    with pytest.raises(VideoError, match=r"its decoder did nothing for 1 s and was ended"):
        children.reader().store(source, tmp_path, hang)


def test_fault_15_a_decoder_takes_no_more_memory_than_it_may(tmp_path: Path) -> None:
    large = write(tmp_path, Clip("large.mkv", codec="ffv1", size=(3000, 4000), frame_count=2))
    with Worker(large, memory=512 << 20) as worker, pytest.raises(VideoError, match=ONE_LINE):
        worker.ask(do="store", source=str(large), folder=str(tmp_path / "store"))


def test_fault_15_after_a_crash_the_next_frame_comes_from_another_child(
    source: Path, children: Children
) -> None:
    with open_video(source) as here, children.reader().open(source, here.info) as video:
        expected = here.frame(5)
        assert np.array_equal(video.frame(5), expected)
        coming = video.frames()
        next(coming)
        for child in children:
            os.kill(child.pid, signal.SIGKILL)
        with pytest.raises(VideoError, match="its decoder ended before its time"):
            list(coming)
        eventually(lambda: not children[0].is_alive)
        assert np.array_equal(video.frame(5), expected)


def test_threads_may_ask_for_frames_at_the_same_time(source: Path, children: Children) -> None:
    with open_video(source) as here, children.reader().open(source, here.info) as video:
        expected = list(here.frames())
        wrong: list[int] = []

        def look(start: int) -> None:
            wrong.extend(i for i in range(start, 24, 4) if not np.array_equal(video.frame(i), expected[i]))

        threads = [threading.Thread(target=look, args=(start,)) for start in range(4)]
        for thread in threads:
            thread.start()
        assert np.array_equal(list(video.frames()), expected)
        for thread in threads:
            thread.join()
        assert wrong == []


def descriptors() -> set[str]:
    """Where the system shows what is open."""
    folder = Path("/proc/self/fd")
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def test_frames_that_are_kept_stay_as_they_were(tmp_path: Path, children: Children) -> None:
    """They lie in shared memory, whose places are written again when nobody holds them any more."""
    path = write(tmp_path, Clip("long.mkv", codec="ffv1", size=(12, 16), frame_count=90))
    with open_video(path) as here, children.reader().open(path, here.info) as video:
        expected = list(here.frames())
        kept = [image[2:, 3:] for image in video.frames()]  # not the frames themselves, but parts of them
        held = [video.frame(index)[::2] for index in range(40)]
    for frame, part in zip(expected, kept, strict=True):
        assert np.array_equal(part, frame[2:, 3:])
    for frame, part in zip(expected[:40], held, strict=True):
        assert np.array_equal(part, frame[::2])


def test_half_of_the_places_are_lent_and_come_back() -> None:
    shared = SharedFile()
    ring = Ring(shared.mapped(Ring.length_for((4, 6))), (4, 6))
    shared.close()
    frames = np.arange(ring.slots * 72, dtype=np.uint8).reshape(-1, 4, 6, 3)
    for slot, frame in enumerate(frames):
        ring.write(slot, frame)
    held = [ring.read(slot, is_deep=False) for slot in range(ring.slots)]
    assert np.array_equal(held, frames)
    copied = ring.returned()
    assert copied == list(range(ring.slots // 2, ring.slots))
    part = held.pop(0)[1:]
    held.clear()
    assert sorted(ring.returned()) == list(range(1, ring.slots // 2))
    assert ring.returned() == []
    ring.close()
    assert np.array_equal(part, frames[0, 1:])  # the memory goes with the last who holds some


def test_a_child_reads_ahead_for_who_reads_in_order(source: Path) -> None:
    """Frames that were read before they were asked for are the same as those that were not."""
    with open_video(source) as here, ChildVideo(source, here.info) as video:
        for index in (0, 1, 2, 3, 9, 10, 11, 11, 5, 22, 23, 4):
            assert np.array_equal(video.frame(index), here.frame(index))


@pytest.mark.parametrize("told", [{}, {"slot": 99}, {"slot": -1}, {"slot": "x"}, {"info": 3}])
def test_fault_15_what_a_child_tells_is_not_believed(
    source: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, object]
) -> None:
    with open_video(source) as here:
        info = here.info
    monkeypatch.setattr(Worker, "answer", lambda *_: told)
    with pytest.raises(VideoError, match=r"clip.mp4 cannot be read: its decoder told nonsense; convert"):
        ChildVideo(source)
    video = ChildVideo(source, info)
    with pytest.raises(VideoError, match="its decoder told nonsense"):
        next(video.frames())
