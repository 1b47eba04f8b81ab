"""Removing a disc that moves over a pattern: from Python and from the command line."""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import PIL.Image
import pytest

from tests.track_anything.drawn_frames import draw
from tests.track_anything.inpaint.drawn import note_fills
from tests.track_anything.video.clips import Clip, write
from track_anything.cli import main, steps
from track_anything.errors import InputError, OutputError
from track_anything.export import Extract, manifest_path
from track_anything.inpaint import FlowInpainter, HoleShape
from track_anything.inpaint.removal import Removal
from track_anything.matting import Matting
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models

CLIP = MovingShapes(frame_count=8, height=72, width=96, shapes=2)
INPAINTER = FlowInpainter(HoleShape(dilation=2, feather=2), core=4, ahead=4)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    source = draw(tmp_path / "frames", CLIP)
    with Session.create(source, tmp_path / "project", fake_models) as session:
        for object_id in (1, 2):
            session.add_object(f"disc {object_id}")
            for frame in range(len(CLIP)):
                session.give_mask(frame=frame, object_id=object_id, mask=CLIP.label_map(frame) == object_id)
        yield session


def frames_of(folder: Path) -> list[np.ndarray]:
    return [np.array(PIL.Image.open(path)) for path in sorted(folder.glob("*.png"))]


def test_the_object_is_gone_and_the_rest_is_as_it_was(session: Session, tmp_path: Path) -> None:
    session.remove_objects(tmp_path / "out", INPAINTER, extract=Extract([1])).run()
    images = frames_of(tmp_path / "out")
    assert len(images) == len(CLIP)
    for frame, image in enumerate(images):
        original, labels = CLIP.frame(frame), CLIP.label_map(frame)
        untouched = INPAINTER.shape.of(labels == 1) == 0
        np.testing.assert_array_equal(image[untouched], original[untouched])
        hole = image[labels == 1].astype(int)
        assert np.abs(hole - 118).max() < 40, "some red is left"
    manifest = json.loads(manifest_path(tmp_path / "out").read_text("utf-8"))
    assert manifest["objects"] == {"1": "disc 1"}
    assert (manifest["dilation"], manifest["feather"], manifest["unseen"]) == (2, 2, "telea")
    assert manifest["frames"] == [0, 8]


def test_the_command_line_makes_the_same(session: Session, tmp_path: Path) -> None:
    session.remove_objects(tmp_path / "python", FlowInpainter(), extract=Extract([2], (1, 5))).run()
    session.close()
    arguments = ["inpaint", str(session.project.folder), "--output", str(tmp_path / "command")]
    assert main([*arguments, "--objects", "2", "--frames", "1-4"]) == 0
    one, other = frames_of(tmp_path / "python"), frames_of(tmp_path / "command")
    assert len(one) == 4
    np.testing.assert_array_equal(one, other)
    assert main([*arguments, "--objects", "2", "--frames", "1-4"]) == 2, "nothing is overwritten unasked"


def test_an_interrupted_command_says_how_to_go_on(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(job: object, **_: object) -> None:
        raise KeyboardInterrupt

    session.close()
    monkeypatch.setattr(steps, "run_job", interrupted)
    assert main(["inpaint", str(session.project.folder), "--output", str(tmp_path / "out")]) == 130
    assert "stopped; the same command goes on with what was not filled yet" in capsys.readouterr().err


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_video_keeps_times_and_sound(tmp_path: Path, suffix: str) -> None:
    source = write(tmp_path, Clip("source.mp4", frame_count=6, audio="aac"))
    with Session.create(source, tmp_path / "project", fake_models) as session:
        mask = np.zeros(session.project.size, bool)
        mask[8:16, 8:16] = True
        object_id = session.add_object()
        for frame in range(6):
            session.give_mask(frame=frame, object_id=object_id, mask=mask)
        session.remove_objects(tmp_path / f"out{suffix}", INPAINTER).run()
        originals = list(session.video.frames())
    with av.open(str(tmp_path / f"out{suffix}")) as made:
        assert made.streams.audio
        frames = [(f.pts * f.time_base, f.to_ndarray(format="rgb24")) for f in made.decode(video=0)]
    times = [time - frames[0][0] for time, _ in frames]
    assert len(times) == 6
    assert all(abs(time - Fraction(at, 30)) <= Fraction(1, 1000) for at, time in enumerate(times))
    untouched = INPAINTER.shape.of(mask) == 0
    for (_, image), original in zip(frames, originals, strict=True):
        assert np.abs(image.astype(int) - original)[untouched].mean() < 3


def test_a_removal_that_is_broken_off_leaves_nothing(session: Session, tmp_path: Path) -> None:
    removal = iter(session.remove_objects(tmp_path / "out.mp4", INPAINTER))
    next(removal)
    removal.close()  # type: ignore[attr-defined]  # a generator
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(("out", "."))] == []


def test_one_that_was_broken_off_goes_on_where_it_was(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = note_fills(monkeypatch)
    session.remove_objects(tmp_path / "undisturbed", INPAINTER).run()
    assert sizes == [8, 5]
    removal = iter(session.remove_objects(tmp_path / "out", INPAINTER))
    next(removal)
    removal.close()  # type: ignore[attr-defined]  # a generator
    sizes.clear()
    session.remove_objects(tmp_path / "out", INPAINTER).run()
    assert sizes == [5], "the first window was filled before"
    for one, other in zip(frames_of(tmp_path / "out"), frames_of(tmp_path / "undisturbed"), strict=True):
        np.testing.assert_array_equal(one, other)
    assert not (session.project.cache / "filled").exists(), "space is not taken any longer than it is needed"


def test_who_looks_on_is_told_every_frame_as_it_is_written(session: Session, tmp_path: Path) -> None:
    kept: dict[int, np.ndarray] = {}
    extract = Extract([1], (2, 6))
    removal = Removal(
        session.project, session.source, tmp_path / "out", INPAINTER, extract=extract, keep=kept.__setitem__
    )
    for frame in removal:
        assert max(kept) == frame
    assert list(kept) == [2, 3, 4, 5]
    for image, written in zip(kept.values(), frames_of(tmp_path / "out"), strict=True):
        np.testing.assert_array_equal(image, written)


def test_what_cannot_be_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"out\.gif cannot be made: name it \.mp4, \.mkv"):
        session.remove_objects(tmp_path / "out.gif", INPAINTER)
    with pytest.raises(InputError, match="there is no object 9"):
        session.remove_objects(tmp_path / "out", INPAINTER, extract=Extract([9]))
    with pytest.raises(InputError, match="has no alpha"):
        session.remove_objects(tmp_path / "out", INPAINTER, extract=Extract(matting=Matting()))
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "letter.txt").write_text("precious")
    with pytest.raises(OutputError):
        session.remove_objects(tmp_path / "there", INPAINTER, overwrite=True).run()
    assert (tmp_path / "there" / "letter.txt").read_text() == "precious"


def test_a_failure_is_an_error_and_no_result(session: Session, tmp_path: Path) -> None:
    everything = np.ones(session.project.size, bool)
    for frame in range(len(CLIP)):
        session.give_mask(frame=frame, object_id=1, mask=everything)
    removal: Removal = session.remove_objects(tmp_path / "out", INPAINTER)
    with pytest.raises(InputError, match="covers the whole of frames .* choose a smaller mask"):
        removal.run()
    assert not (tmp_path / "out").exists()
