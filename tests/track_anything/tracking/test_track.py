"""A pass is gone on with as it was begun, or not at all."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from track_anything.errors import InputError
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models, fake_session

CLIP = MovingShapes(frame_count=6)


def session_in(folder: Path, precision: str, engine: str = "torch") -> Session:
    models = replace(fake_models(), precision=precision, engine=engine)
    return Session(fake_session(CLIP, folder).project, CLIP, lambda: models)


def test_a_pass_is_not_gone_on_with_in_another_precision(tmp_path: Path) -> None:
    with session_in(tmp_path / "project", "bfloat16") as session:
        session.give_mask(object_id=session.add_object(), frame=0, mask=CLIP.label_map(0) == 1)
        list(islice(session.track(), 2))
        (number,) = session.project.state.passes
        records = session.project.pass_records(number).values()
        assert {record["precision"] for record in records} == {"bfloat16"}
    message = "go on with --precision bfloat16, or undo the step"
    with session_in(tmp_path / "project", "float32") as session, pytest.raises(InputError, match=message):
        session.unfinished().run()
    with session_in(tmp_path / "project", "bfloat16") as session:
        session.unfinished().run()
        assert len(session.unfinished()) == 0


@pytest.mark.parametrize(
    ("engine", "option"), [("openvino", "--engine openvino"), ("openvino:GPU", "--device openvino:GPU")]
)
def test_a_pass_is_not_gone_on_with_by_another_engine(tmp_path: Path, engine: str, option: str) -> None:
    with session_in(tmp_path / "project", "float32", engine) as session:
        session.give_mask(object_id=session.add_object(), frame=0, mask=CLIP.label_map(0) == 1)
        list(islice(session.track(), 2))
        (number,) = session.project.state.passes
        assert session.project.origins(number) == [{"tracker": "", "engine": engine, "precision": "float32"}]
    with (
        session_in(tmp_path / "project", "float32") as session,
        pytest.raises(InputError, match=f"begun by {engine} and would go on by torch: go on with {option}"),
    ):
        session.unfinished().run()
    with session_in(tmp_path / "project", "float32", engine) as session:
        session.unfinished().run()
        assert len(session.unfinished()) == 0


def test_a_pass_of_before_there_were_engines_was_by_torch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("track_anything.tracking.track._origin", lambda models: {"precision": "float32"})
    with session_in(tmp_path / "project", "float32", "openvino") as session:
        session.give_mask(object_id=session.add_object(), frame=0, mask=CLIP.label_map(0) == 1)
        list(islice(session.track(), 2))
    with (
        session_in(tmp_path / "project", "float32", "openvino") as session,
        pytest.raises(InputError, match="go on with --engine torch"),
    ):
        session.unfinished().run()
