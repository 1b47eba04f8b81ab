"""A child that a stranger's video has taken over costs that open a line, and its parent nothing."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.track_anything.ui.desk_fixtures import eventually
from tests.track_anything.video.clips import Clip, write
from track_anything.errors import InputError, OutputError, VideoError
from track_anything.export.source_facts import SourceFacts
from track_anything.export.videos.sound_copy import copy_sound
from track_anything.export.videos.video_container import MP4
from track_anything.importing.child_masks import ChildMasks
from track_anything.importing.foreign_masks import AS_IT_LOOKS, MeantFor
from track_anything.video import FrameStore, VideoInfo, open_video
from track_anything.video.child import ChildVideo, InChild, Worker

DUTIES = "tests.track_anything.video.child.malice:"
FACTS = {"tags": None, "pixel_aspect": "1", "time_code": None, "field_order": 0, "has_display_facts": False}
BITS = "eAFjAAAAAQAB"  # eight pixels that are not of the object
NONSENSE = r"^\S*clip.mp4 cannot be read: its decoder told nonsense; [^\n]+$"

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="memory is sealed on Linux alone")


class Told(Worker):
    """A child that says what a test has prepared, of which the last for ever; no process."""

    def __init__(self, source: Path, *answers: dict[str, Any]) -> None:
        self._source, self._remedy, self._answers = source, "convert it", list(answers)
        self.is_over = False

    @property
    def patience(self) -> float:
        return 1.0

    def send(self, **message: Any) -> None:
        pass

    def answer(self, patience: float | None = None) -> dict[str, Any]:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def close(self) -> None:
        self.is_over = True


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("source"), Clip("clip.mp4"))


@pytest.fixture(scope="module")
def info(source: Path) -> VideoInfo:
    with open_video(source) as video:
        return video.info


@linux_only
def test_memory_that_a_child_cuts_off_does_not_end_its_parent(source: Path, info: VideoInfo) -> None:
    start = partial(Worker, duty=DUTIES + "Cutting")
    with open_video(source) as here, ChildVideo(source, info, start=start) as video:
        assert np.array_equal(next(video.frames(3)), here.frame(3))
        assert np.array_equal(video.frame(5), here.frame(5))


@linux_only
def test_memory_that_a_child_has_sealed_is_a_line(source: Path, info: VideoInfo) -> None:
    with pytest.raises(VideoError, match=NONSENSE):
        ChildVideo(source, info, start=partial(Worker, duty=DUTIES + "Sealing")).frame(0)


def test_what_a_child_says_unasked_waits_in_its_pipe(source: Path) -> None:
    before = threading.active_count()
    with Worker(source, duty=DUTIES + "Flooding") as worker:
        worker.send(do="flood")
        eventually(worker._lines.full)
        assert worker.answer()["done"] == 1
        eventually(worker._lines.full)
        assert worker._lines.qsize() <= 4
    eventually(lambda: threading.active_count() <= before)
    with Worker(source, duty=DUTIES + "Flooding") as worker:
        worker.send(do="nest")
        with pytest.raises(VideoError, match=r"its decoder ended before its time [^\n]+$"):
            worker.answer()


def test_a_child_that_does_not_listen_is_ended(source: Path) -> None:
    with Worker(source, 1) as worker:
        os.kill(worker.pid, signal.SIGSTOP)
        with pytest.raises(VideoError, match="its decoder did nothing for 1 s and was ended"):
            worker.send(do="open", info="x" * (1 << 20))
        assert not worker.is_alive


def test_when_no_process_can_be_started_it_is_a_line(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("subprocess.Popen", refuse)
    with pytest.raises(VideoError, match=r"no process can be started for it \(Resource [^\n]+ close other"):
        Worker(source)


@pytest.mark.parametrize(
    "lie",
    [
        {"height": 1 << 20, "width": 1 << 20},
        {"height": -1},
        {"time_base": "1e999999999"},  # would be worked out until there is no memory left
        {"constant_rate": "1e999999999"},
        {"constant_rate": "0"},
        {"time_base": "1/0"},
        {"timestamps": [0, 1 << 90]},
        {"timestamps": []},
        {"keyframes": "all"},
    ],
)
def test_facts_that_no_video_has_are_nonsense(source: Path, info: VideoInfo, lie: dict[str, Any]) -> None:
    child = Told(source, {"info": info.to_json() | lie})
    with pytest.raises(VideoError, match=NONSENSE):
        ChildVideo(source, start=lambda *_: child)
    assert child.is_over


def test_pictures_too_large_for_any_decoder_are_a_line(source: Path, info: VideoInfo) -> None:
    child = Told(source, {"info": info.to_json() | {"height": 1 << 14, "width": 1 << 13}})
    with pytest.raises(VideoError, match="claims pictures of 8192 x 16384 pixels: scale it to 8K"):
        ChildVideo(source, start=lambda *_: child)
    assert child.is_over


@pytest.mark.parametrize(
    "lie",
    [
        {"pixel_aspect": "1e999999999"},
        {"pixel_aspect": "0"},
        {"pixel_aspect": f"1/{1 << 40}"},
        {"field_order": 1 << 70},
        {"tags": {"matrix": -1, "primaries": 1, "transfer": 1}},
        {"time_code": "0" * 100},
        {"time_code": 3},
    ],
)
def test_facts_that_no_file_states_are_nonsense(source: Path, info: VideoInfo, lie: dict[str, Any]) -> None:
    class Lying(InChild):
        def child(self, duty: str, remedy: str) -> Any:
            return lambda path: Told(path, FACTS | lie)

    with pytest.raises(VideoError, match=NONSENSE):
        SourceFacts.of(source, info, Lying())


@pytest.mark.parametrize(
    "counts", [[2], [0], ["1"], [None], [1, 3], [1, 2, 1], [1, 1, 1], [True, 1.5], [1, 2, 2, 2, 2]]
)
def test_frames_that_cannot_have_been_read_now_are_nonsense(
    source: Path, tmp_path: Path, counts: list[Any]
) -> None:
    told = [{"done": done, "total": None} for done in counts]
    with pytest.raises(VideoError, match=NONSENSE):
        InChild(start=lambda path, *_: Told(path, *told)).store(source, tmp_path / "store", None)


def test_how_many_are_expected_is_for_bars_and_may_be_anything(source: Path, tmp_path: Path) -> None:
    FrameStore.of(source, tmp_path / "store").close()
    told = [{"done": at + 1, "total": total} for at, total in enumerate([24, None, -1, 1 << 80, "x"])]
    heard: list[int | None] = []
    (tmp_path / "store" / "source.json").rename(tmp_path / "kept.json")
    reader = InChild(start=lambda path, *_: Told(path, *told, {"end": True}))
    reader.store(source, tmp_path / "store", lambda _, total: heard.append(total)).close()
    assert heard == [24, None, None, None, None]


def test_files_of_a_store_that_are_no_frames_are_damage(source: Path, tmp_path: Path) -> None:
    FrameStore.of(source, tmp_path).close()
    with FrameStore(tmp_path) as store:
        put_there: list[Callable[[Path], object]] = [os.mkfifo, Path.mkdir, _link, _swell]
        for index, replace in enumerate(put_there):
            frame = tmp_path / f"{index:06d}.jpg"
            frame.unlink()
            replace(frame)
            for ask in (store.frame, store.jpeg):
                with pytest.raises(VideoError, match=rf"{index:06d}.jpg is missing or damaged"):
                    ask(index)
        assert store.frame(4).shape == (store.info.height, store.info.width, 3)
    (tmp_path / "info.json").unlink()
    os.mkfifo(tmp_path / "info.json")
    assert FrameStore.found(source, tmp_path) is None


def _link(path: Path) -> None:
    path.symlink_to(path.with_name("000009.jpg"))


def _swell(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 40)


def test_sound_without_end_is_ended(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("track_anything.export.videos.sound_copy._CALLS", 0)
    monkeypatch.setattr("track_anything.export.videos.sound_copy._SLOWEST", 1 << 60)
    child = Told(source, {"until": 10.0})
    with pytest.raises(VideoError, match=r"clip.mp4 cannot be read: its sound has no end; convert"):
        copy_sound(source, tmp_path / "sound.mp4", MP4, child)
    assert child.is_over


def test_sound_without_measure_is_ended(source: Path, tmp_path: Path) -> None:
    copy = tmp_path / "sound.mp4"
    _swell(copy)
    child = Told(source, {"until": 10.0})
    with pytest.raises(OutputError, match="would take more than half of the free disk: free some space"):
        copy_sound(source, copy, MP4, child)
    assert child.is_over


@pytest.mark.parametrize(
    "told", [{"notes": None, "tracks": 1}, {"notes": [], "tracks": "x"}, {"notes": [""] * 999, "tracks": 1}]
)
def test_notes_that_are_none_are_nonsense(source: Path, tmp_path: Path, told: dict[str, Any]) -> None:
    with pytest.raises(VideoError, match=NONSENSE):
        copy_sound(source, tmp_path / "sound.mp4", MP4, Told(source, told | {"end": True}))


@pytest.fixture
def opened() -> dict[str, Any]:
    return {
        "kind": "x", "meaning": "", "names": ["0"], "starts_at": None, "is_indexed": False, "notes": []
    }  # fmt: skip


def _masks(source: Path, *answers: dict[str, Any]) -> tuple[ChildMasks, list[Told]]:
    made: list[Told] = []

    def begin(path: Path) -> Worker:
        made.append(Told(path, *answers))
        return made[-1]

    return ChildMasks(source, MeantFor((2, 4)), AS_IT_LOOKS, begin), made


def _numbered(opened: dict[str, Any], numbers: Iterator[int] | range, **more: Any) -> list[dict[str, Any]]:
    one = {"name": "x", "size": [2, 4], "bits": BITS} | more
    return [opened, *(one | {"object": number} for number in numbers)]


def test_more_masks_than_a_project_holds_are_not_gathered(source: Path, opened: dict[str, Any]) -> None:
    masks, made = _masks(source, *_numbered(opened, range(1, 400)))
    with pytest.raises(InputError, match="at most 255 objects, and these are 256"):
        masks.read(0)
    assert made[0].is_over
    assert len(made[0]._answers) == 400 - 1 - 256


def test_the_same_mask_over_and_over_is_nonsense(source: Path, opened: dict[str, Any]) -> None:
    masks, _ = _masks(source, *_numbered(opened, range(1, 2)))
    with pytest.raises(VideoError, match=NONSENSE):
        masks.read(0)


def test_one_mask_of_another_size_is_enough(source: Path, opened: dict[str, Any]) -> None:
    masks, made = _masks(source, *_numbered(opened, range(1, 400), size=[4, 2]))
    assert [mask.shape for mask in masks.read(0).values()] == [(4, 2)]
    assert made[0].is_over


@pytest.mark.parametrize(
    "lie", [{"size": [1 << 15, 1 << 15]}, {"size": [0, 4]}, {"bits": "AAAA"}, {"name": None}]
)
def test_masks_that_are_none_are_nonsense(source: Path, opened: dict[str, Any], lie: dict[str, Any]) -> None:
    masks, _ = _masks(source, *_numbered(opened, range(1, 3), **lie))
    with pytest.raises(VideoError, match=NONSENSE):
        masks.read(0)
