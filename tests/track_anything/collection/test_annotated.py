"""Projects and results of batches go out as data sets and come in again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.track_anything.cli.test_cli import CLIP, clip
from tests.track_anything.collection.drawn import SETTINGS
from tests.track_anything.collection.test_batch import row_of
from tests.track_anything.collection.test_batch import run as run_batch
from tests.track_anything.conftest import Run
from tests.track_anything.pointing import at
from track_anything.collection.annotated import annotated_at
from track_anything.masks.data_sets import FORMATS, read_data_set
from track_anything.session import Session
from track_anything.testing import fake_models

__all__ = ["clip"]  # the fixture
IMPORTED = [form for form in FORMATS if form != "yolo"]


@pytest.fixture
def tracked(clip: Path, tmp_path: Path) -> Path:
    """A project of two discs, both tracked."""
    with Session.create(clip, tmp_path / "tracked", fake_models) as session:
        for number in (1, 2):
            session.click(
                frame=0, object_id=session.add_object(f"disc {number}"), **at(CLIP.centre(0, number))
            )
        session.track().run()
        session.give_mask(frame=2, object_id=2, mask=np.zeros((40, 60), np.bool_))  # a gap
    return tmp_path / "tracked"


@pytest.mark.parametrize("form", IMPORTED)
def test_a_project_goes_out_in_every_form_and_comes_in_again(
    form: str, tracked: Path, clip: Path, run: Run, tmp_path: Path
) -> None:
    target = tmp_path / f"made{FORMATS[form].suffix}"
    code, out, errors = run("convert", tracked, target, "--to", form)
    assert (code, "error" in errors) == (0, False)
    assert f"wrote {target}: 1 video, 2 objects, 6 frames" in out
    with Session.create(clip, tmp_path / "again", fake_models) as session:
        session.import_masks(target).run()
        found = {
            frozenset(
                (frame, session.project.mask(frame, number).tobytes())
                for frame in range(6)
                if session.project.mask(frame, number).any()
            )
            for number in session.project.state.objects
        }
    with Session.open(tracked, fake_models) as session:
        expected = {
            frozenset(
                (frame, session.project.mask(frame, number).tobytes())
                for frame in range(6)
                if session.project.mask(frame, number).any()
            )
            for number in (1, 2)
        }
    assert found == expected


def test_the_results_of_a_batch_are_a_data_set(tmp_path: Path) -> None:
    rows = (row_of(tmp_path, 0), row_of(tmp_path, 2))
    batch = run_batch(rows, tmp_path / "out", replace(SETTINGS, forms=("masks", "coco")))
    data = annotated_at(tmp_path / "out")
    assert [name for name, _ in data] == sorted(outcome.name for outcome in batch.outcomes.values())
    for name, video in data:
        (own,) = read_data_set(tmp_path / "out" / "rows" / name / "coco.json").videos.values()
        for frame in range(len(video.frames)):
            np.testing.assert_array_equal(video.mask(frame, 1), own.mask(frame, 1))


def test_what_cannot_be_converted_is_one_line(run: Run, tmp_path: Path) -> None:
    code, _, errors = run("convert", tmp_path, tmp_path / "out.json", "--to", "coco")
    assert code == 2
    assert errors.count("\n") == 1
    assert "looks like no form of data set: say which it is, one of coco, ytvis" in errors
