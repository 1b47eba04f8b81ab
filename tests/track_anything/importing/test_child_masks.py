"""Masks of strangers are read in a child process: a decoder that fails there costs that import a line."""

import os
import shutil
import signal
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from tests.track_anything.drawn_frames import draw
from tests.track_anything.video.child.children import Children
from track_anything.errors import InputError
from track_anything.importing import HowToRead, Import, inspect_masks
from track_anything.importing.foreign_masks import AS_IT_LOOKS
from track_anything.masks import write_label_map
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models
from track_anything.ui.incoming_masks import TakingMasks

CLIP = MovingShapes(frame_count=4, height=33, width=47, shapes=2)
ONE_LINE = r"^[^\n]+$"


@pytest.fixture
def children() -> Iterator[Children]:
    """In the end, none of them may be left."""
    made = Children()
    yield made
    assert [child.pid for child in made if child.is_alive] == []


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    source = draw(tmp_path / "frames", CLIP)
    with Session.create(source, tmp_path / "project", fake_models) as session:
        yield session


def as_folder(path: Path) -> Path:
    path.mkdir()
    for frame in range(4):
        write_label_map(path / f"{frame:05}.png", CLIP.label_map(frame))
    return path


def as_zip(path: Path) -> Path:
    folder = as_folder(path)
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    return path.with_suffix(".zip")


def as_array(path: Path) -> Path:
    np.save(path.with_suffix(".npy"), np.stack([CLIP.label_map(frame) for frame in range(4)]))
    return path.with_suffix(".npy")


def as_video(path: Path) -> Path:
    with av.open(path.with_suffix(".mkv"), "w") as container:
        stream = container.add_stream("ffv1", rate=25, options={"level": "3"})
        stream.width, stream.height, stream.pix_fmt = CLIP.width, CLIP.height, "gray"  # type: ignore[attr-defined]
        for frame in range(4):
            grey = np.where(CLIP.label_map(frame) > 0, 255, 0).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="gray")))  # type: ignore[attr-defined]
        container.mux(stream.encode())  # type: ignore[attr-defined]
    return path.with_suffix(".mkv")


@pytest.mark.parametrize("write", [as_folder, as_zip, as_array, as_video])
def test_a_child_reads_masks_as_this_process_would(
    session: Session, tmp_path: Path, children: Children, write: Callable[[Path], Path]
) -> None:
    path = write(tmp_path / "theirs")
    here = inspect_masks(session.project, path)
    assert inspect_masks(session.project, path, reader=children.reader()) == here
    assert not any(child.is_alive for child in children)
    Import(session.project, path).run()
    expected = [session.label_map(frame) for frame in range(4)]
    assert any(label_map.any() for label_map in expected)
    assert session.undo()
    Import(session.project, path, reader=children.reader()).run()
    np.testing.assert_array_equal([session.label_map(frame) for frame in range(4)], expected)


@pytest.mark.parametrize("name", ["missing", "text.mp4", "text.npy", "text.json", "empty"])
def test_a_child_says_of_bad_masks_what_this_process_would(
    session: Session, tmp_path: Path, children: Children, name: str
) -> None:
    for text in ("text.mp4", "text.npy", "text.json"):
        (tmp_path / text).write_text("no masks")
    (tmp_path / "empty").mkdir()
    said = []
    for reader in (None, children.reader()):
        with pytest.raises(InputError, match=ONE_LINE) as caught:
            inspect_masks(session.project, tmp_path / name, reader=reader)
        said.append(str(caught.value))
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("how", "line"),
    [
        (signal.SIGSEGV, "decoder ended before its time .Segmentation"),
        (signal.SIGSTOP, "decoder did nothing for 1 s"),
    ],
)
def test_fault_15_a_decoder_of_masks_that_fails_ends_that_import_with_a_line(
    session: Session, tmp_path: Path, children: Children, how: signal.Signals, line: str
) -> None:
    path = as_folder(tmp_path / "theirs")
    masks = iter(Import(session.project, path, reader=children.reader()))
    next(masks)
    os.kill(children[-1].pid, how)
    children[-1]._patience = 1 if how is signal.SIGSTOP else 60  # it had time enough to begin
    with pytest.raises(
        InputError, match=rf"theirs cannot be read: its {line}.*export the masks as PNG"
    ) as told:
        list(masks)
    assert "\n" not in str(told.value)
    assert session.undo()
    assert session.project.state.objects == {}


def test_what_visitors_send_is_read_by_the_reader_of_the_session(tmp_path: Path, children: Children) -> None:
    source = draw(tmp_path / "frames", CLIP)
    with Session.create(source, tmp_path / "project", fake_models, reader=children.reader()) as session:
        count = len(children)
        taking = TakingMasks(session, as_folder(tmp_path / "theirs"), AS_IT_LOOKS, {})
        assert len(taking) == 4
        assert list(taking) == [0, 1, 2, 3]
        assert len(children) == count + 2  # looked at; taken
        session.import_masks(tmp_path / "theirs", how=HowToRead()).run()
        np.testing.assert_array_equal(session.label_map(3), CLIP.label_map(3))
    shutil.rmtree(tmp_path / "theirs")
