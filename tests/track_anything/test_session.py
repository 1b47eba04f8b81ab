"""A session from the first click to the masks of every frame."""

import dataclasses
import inspect
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam.automatic import AutomaticMasks
from sam.prompt import Prompt
from tests.track_anything.pointing import at
from track_anything.errors import DeviceError, InputError, ProjectError, VideoError
from track_anything.masks import read_label_map
from track_anything.models import CachedSegmenter, Models
from track_anything.review import MaskStatus
from track_anything.session import Session
from track_anything.system.lifecycle import Job
from track_anything.testing import (
    ColourSegmenter,
    MovingShapes,
    ShiftingPropagator,
    fake_models,
    fake_session,
)
from track_anything.tracking.checkpoints import Checkpoints
from tracker.propagator import Propagated

CLIP = MovingShapes(frame_count=30, height=48, width=64, shapes=2)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return fake_session(CLIP, tmp_path / "project")


@pytest.fixture
def image_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "frames"
    folder.mkdir()
    for frame in range(4):
        PIL.Image.fromarray(CLIP.frame(frame)).save(folder / f"{frame:05}.png")
    return folder


def run(session: Session) -> None:
    session.track().run()


def all_masks(session: Session) -> list[np.ndarray]:
    return [session.label_map(frame) for frame in range(CLIP.frame_count)]


def test_frames_and_objects_are_named_and_the_frame_comes_first() -> None:
    found = 0
    for name, method in inspect.getmembers(Session, inspect.isfunction):
        parameters = inspect.signature(method).parameters
        if {"frame", "object_id"} <= parameters.keys():
            found += 1
            assert [*parameters].index("frame") < [*parameters].index("object_id"), name
            kinds = {parameters[one].kind for one in ("frame", "object_id")}
            assert kinds == {inspect.Parameter.KEYWORD_ONLY}, name
    assert found >= 3


def test_one_click_gives_the_mask_on_every_frame(session: Session) -> None:
    disc = session.add_object("disc")
    session.click(frame=12, object_id=disc, **at(CLIP.centre(12)))
    track = session.track()
    assert len(track) == 18 + 13
    assert len(list(track)) == len(range(12, 30)) + len(range(12, -1, -1))
    for frame in range(CLIP.frame_count):
        np.testing.assert_array_equal(session.label_map(frame), CLIP.label_map(frame) == 1)
    assert len(session.unfinished()) == 0


def test_objects_first_known_on_different_frames_are_tracked_both_ways(session: Session) -> None:
    first, second = session.add_object(), session.add_object()
    session.click(frame=5, object_id=first, **at(CLIP.centre(5, 1)))
    session.click(frame=20, object_id=second, **at(CLIP.centre(20, 2)))
    run(session)
    for frame in range(CLIP.frame_count):
        np.testing.assert_array_equal(session.label_map(frame), CLIP.label_map(frame))
    session.undo()
    assert not session.label_map(0).any()


def test_a_second_click_runs_no_encoder_and_goes_on_from_the_first_answer(tmp_path: Path) -> None:
    segmenter = ColourSegmenter()
    models = Models(CachedSegmenter(segmenter), ShiftingPropagator, refine_policy=None)
    plain = fake_session(CLIP, tmp_path / "project")
    session = Session(plain.project, CLIP, lambda: models)
    disc = session.add_object()
    first = session.click(frame=0, object_id=disc, **at(CLIP.centre(0)))
    assert len(first.masks) == 3
    second = session.click(frame=0, object_id=disc, **at(CLIP.centre(0, 2)), positive=False)
    assert len(second.masks) == 1
    assert segmenter.encoder_passes == 1
    edit = session.project.given(0, disc)
    assert edit is not None
    assert edit.labels == (1, 0)


def test_a_click_after_a_painted_mask_or_a_reopening_starts_from_that_mask(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    disc = session.add_object()
    session.give_mask(frame=0, object_id=disc, mask=CLIP.label_map(0) == 1)
    prompts: list[Prompt] = []
    predict = ColourSegmenter.predict

    def watched(self: ColourSegmenter, embedding: np.ndarray, prompt: Prompt) -> object:
        prompts.append(prompt)
        return predict(self, embedding, prompt)

    monkeypatch.setattr(ColourSegmenter, "predict", watched)
    session.click(frame=0, object_id=disc, **at(CLIP.centre(0)))
    assert prompts[0].logits is not None
    assert prompts[0].logits.max() > 0


def test_a_chosen_candidate_becomes_the_mask(session: Session) -> None:
    disc = session.add_object()
    candidates = session.prompt(frame=0, object_id=disc, prompt=Prompt.click(*CLIP.centre(0)), candidate=1)
    np.testing.assert_array_equal(session.project.mask(0, disc), candidates.masks[1])


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(stops=st.lists(st.integers(min_value=1, max_value=14), max_size=4))
def test_pausing_and_reopening_gives_the_same_masks(
    tmp_path_factory: pytest.TempPathFactory, stops: list[int]
) -> None:
    undisturbed = fake_session(CLIP, tmp_path_factory.mktemp("one") / "project")
    disc = undisturbed.add_object()
    undisturbed.click(frame=20, object_id=disc, **at(CLIP.centre(20)))
    run(undisturbed)

    folder = tmp_path_factory.mktemp("two") / "project"
    session = fake_session(CLIP, folder)
    session.click(frame=20, object_id=session.add_object(), **at(CLIP.centre(20)))
    iterator = iter(session.track())
    for stop in stops:
        for _, _result in zip(range(stop), iterator, strict=False):
            pass
        iterator.close()  # type: ignore[attr-defined]  # a generator, as pausing by Job does
        session.close()
        session = fake_session(CLIP, folder)
        iterator = iter(session.unfinished())
    assert len(list(iterator)) == max(0, 31 - sum(stops))
    for ours, theirs in zip(all_masks(session), all_masks(undisturbed), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    session.close()
    undisturbed.close()


def test_a_pass_without_its_checkpoint_is_replayed_to_the_same_masks(session: Session) -> None:
    disc = session.add_object()
    session.click(frame=0, object_id=disc, **at(CLIP.centre(0)))
    iterator = iter(session.track())
    for _ in range(15):
        next(iterator)
    iterator.close()  # type: ignore[attr-defined]  # a generator
    Checkpoints(session.project.cache / "memory").discard(session.project.unfinished_passes()[0])
    rest = session.unfinished()
    assert len(rest) == 30
    assert [result.index for result in rest] == list(range(30))
    for frame in range(CLIP.frame_count):
        np.testing.assert_array_equal(session.label_map(frame), CLIP.label_map(frame) == 1)


def test_a_cancelled_job_keeps_what_it_has(session: Session) -> None:
    disc = session.add_object()
    session.click(frame=0, object_id=disc, **at(CLIP.centre(0)))
    track = session.track()
    job = Job(track, len(track))
    job.cancel()
    job.start().wait()
    assert len(session.unfinished()) == 30
    job = Job(session.unfinished(), 30).start()
    job.result()
    assert len(session.unfinished()) == 0


def test_records_of_a_pass_hold_confidence_and_refinements(tmp_path: Path) -> None:
    models = Models(CachedSegmenter(ColourSegmenter()), ShiftingPropagator)
    plain = fake_session(CLIP, tmp_path / "project")
    session = Session(plain.project, CLIP, lambda: models)
    disc = session.add_object()
    session.click(frame=0, object_id=disc, **at(CLIP.centre(0)))
    run(session)
    (number,) = session.project.state.passes
    record = session.project.pass_records(number)[3]
    assert record["confidence"] == {"1": pytest.approx(1, abs=0.01)}
    (firing,) = record["firings"]
    assert firing["accepted"] is True
    assert firing["frame"] == 3


def test_nothing_to_track_is_an_error(session: Session) -> None:
    with pytest.raises(InputError, match="add an object and click"):
        session.track()
    disc = session.add_object("disc")
    with pytest.raises(InputError, match=r"object 1 \(disc\) is known on no frame"):
        session.track()
    session.click(frame=0, object_id=disc, **at(CLIP.centre(0)))
    later = session.add_object("later")
    with pytest.raises(InputError, match=r"object 2 \(later\) is known on no frame"):
        session.track([disc, later])
    with pytest.raises(InputError, match="no known mask lies next to them"):
        session.track(direction="backward")
    with pytest.raises(InputError, match="no object 9"):
        session.track([9])
    session.track().run()  # the object that nothing is known of keeps nobody from tracking the other
    assert session.label_map(3).any()
    assert not session.project.claim(3, later).parts


def test_bad_clicks_change_nothing(session: Session) -> None:
    disc = session.add_object()
    with pytest.raises(InputError, match="outside the frame"):
        session.click(frame=0, object_id=disc, x=64, y=3)
    with pytest.raises(InputError, match="frame 30 does not exist"):
        session.click(frame=30, object_id=disc, x=3, y=3)
    with pytest.raises(InputError, match="not a finite number"):
        session.click(frame=0, object_id=disc, x=float("nan"), y=3)
    with pytest.raises(InputError, match="Click what belongs to it first"):
        session.click(frame=0, object_id=disc, x=0, y=0, positive=False)
    assert session.project.state.known == {}


def test_undo_takes_back_the_last_click(session: Session) -> None:
    disc = session.add_object()
    session.click(frame=0, object_id=disc, **at(CLIP.centre(0)))
    assert session.undo()
    assert not session.label_map(0).any()
    assert session.redo()
    assert session.label_map(0).any()


def test_a_project_on_real_files_exports_and_reopens(image_folder: Path, tmp_path: Path) -> None:
    with Session.create(image_folder, tmp_path / "project", fake_models) as session:
        disc = session.add_object()
        session.click(frame=0, object_id=disc, **at(CLIP.centre(0)))
        run(session)
        assert list(session.export("masks", tmp_path / "masks")) == [0, 1, 2, 3]
        overlay = session.export("overlay", tmp_path / "overlay.mp4")
        assert len(overlay) == 4
        overlay.run()
        assert overlay.notes == ()
        with pytest.raises(InputError, match="unknown export form 'gif'; choose one of masks, binary"):
            session.export("gif", tmp_path / "overlay.gif")
    np.testing.assert_array_equal(read_label_map(tmp_path / "masks" / "00003.png"), CLIP.label_map(3) == 1)
    assert (tmp_path / "overlay.mp4").stat().st_size > 0
    with Session.open(tmp_path / "project", fake_models) as reopened:
        assert reopened.label_map(3).any()


def test_a_moved_video_is_found_by_its_content(image_folder: Path, tmp_path: Path) -> None:
    Session.create(image_folder, tmp_path / "project", fake_models).close()
    (tmp_path / "far").mkdir()
    moved = image_folder.rename(tmp_path / "far" / "elsewhere")
    with pytest.raises(VideoError, match="no longer at.*--source"):
        Session.open(tmp_path / "project", fake_models)
    Session.open(tmp_path / "project", fake_models, source=moved).close()
    Session.open(tmp_path / "project", fake_models).close()  # where it is was remembered
    PIL.Image.fromarray(CLIP.frame(9)).save(moved / "00001.png")
    with pytest.raises(VideoError, match="is not the video this project was made with"):
        Session.open(tmp_path / "project", fake_models, source=moved)


def test_an_empty_project_exports_nothing(image_folder: Path, tmp_path: Path) -> None:
    with (
        Session.create(image_folder, tmp_path / "project", fake_models) as session,
        pytest.raises(InputError, match="nothing to export"),
    ):
        session.export("masks", tmp_path / "masks")
    assert not (tmp_path / "masks").exists()


def test_a_used_folder_is_refused_before_the_video_is_read(tmp_path: Path) -> None:
    (tmp_path / "note.txt").touch()
    with pytest.raises(ProjectError, match="not empty"):
        Session.create(tmp_path / "no-such-video.mp4", tmp_path, fake_models)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried ..."), DeviceError),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), DeviceError),
        (MemoryError(), DeviceError),
        (RuntimeError("a bug"), RuntimeError),
    ],
)
def test_running_out_of_memory_names_the_remedy_and_keeps_what_is_done(
    tmp_path: Path, error: Exception, expected: type[Exception]
) -> None:
    class Greedy(ShiftingPropagator):
        def step(self, image: np.ndarray) -> Propagated:
            if np.array_equal(image, CLIP.frame(5)):
                raise error
            return super().step(image)

    models = Models(CachedSegmenter(ColourSegmenter()), Greedy, refine_policy=None)
    session = Session(fake_session(CLIP, tmp_path / "project").project, CLIP, lambda: models)
    session.click(frame=0, object_id=session.add_object(), **at(CLIP.centre(0)))
    with pytest.raises(expected, match="out of memory: close other|a bug"):
        session.track().run()
    assert session.label_map(4).any()
    assert not session.label_map(5).any()


def test_clicks_that_the_answer_before_leads_astray_stand_alone(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    disc = session.add_object()
    session.click(frame=0, object_id=disc, **at(CLIP.centre(0)))
    predict = ColourSegmenter.predict

    def misled(self: ColourSegmenter, embedding: np.ndarray, prompt: Prompt) -> object:
        answer = predict(self, embedding, prompt)
        return answer if prompt.logits is None else dataclasses.replace(answer, masks=answer.masks & False)

    monkeypatch.setattr(ColourSegmenter, "predict", misled)
    session.click(frame=0, object_id=disc, **at(CLIP.centre(0, 2)))
    np.testing.assert_array_equal(session.project.mask(0, disc), CLIP.label_map(0) > 0)


def test_everything_on_a_frame_is_found_step_by_step_and_changes_nothing(tmp_path: Path) -> None:
    segmenter = ColourSegmenter()
    models = Models(CachedSegmenter(segmenter), ShiftingPropagator)
    session = Session(fake_session(CLIP, tmp_path / "project").project, CLIP, lambda: models)
    few = AutomaticMasks(points_per_side=8, points_per_batch=16)
    steps = session.everything(3, few)
    told = []
    while True:
        try:
            told.append(next(steps))
        except StopIteration as end:
            masks = end.value
            break
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    for object_id in (1, 2):
        truth = CLIP.label_map(3) == object_id
        assert any(np.array_equal(found.mask, truth) for found in masks)
    assert [found.area for found in masks] == sorted((found.area for found in masks), reverse=True)
    session.click(frame=3, object_id=session.add_object(), **at(CLIP.centre(3)))
    assert segmenter.encoder_passes == 1


def test_to_find_everything_is_refused_where_there_is_no_frame_and_explained_without_memory(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="frame 30 does not exist"):
        next(session.everything(30))

    def refuse(self: ColourSegmenter, embedding: np.ndarray, prompt: Prompt) -> object:
        raise MemoryError

    monkeypatch.setattr(ColourSegmenter, "predict", refuse)
    with pytest.raises(DeviceError, match="out of memory: close other programs"):
        next(session.everything(0))


def test_some_frames_and_objects_are_reported_without_a_model(tmp_path: Path) -> None:
    session = Session(fake_session(CLIP, tmp_path / "project").project, CLIP, no_models)
    first, second = session.add_object(), session.add_object()
    session.give_mask(frame=4, object_id=second, mask=CLIP.label_map(4) == 2)
    lines = [(line.frame, line.object_id, line.status) for line in session.report(range(4, 6), [second])]
    assert lines == [(4, second, MaskStatus.KNOWN), (5, second, MaskStatus.UNTRACKED)]
    assert len(list(session.report(range(4, 6)))) == 4
    assert [line.object_id for line in session.report([0], {second, first})] == [first, second]


def test_notes_may_be_asked_for_while_frames_are_written(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    class WrittenMeanwhile(dict[str, list[str]]):
        def __getitem__(self, key: str) -> list[str]:
            records[len(records)] = {"notes": []}
            return super().__getitem__(key)

    records: dict[int, dict[str, list[str]]] = {0: WrittenMeanwhile(notes=["no room"])}
    session.click(frame=0, object_id=session.add_object(), **at(CLIP.centre(0)))
    session.track()
    monkeypatch.setattr(session.project, "pass_records", lambda number: records)
    assert session.notes() == ["no room"]


def no_models() -> Models:
    pytest.fail("models were loaded")
