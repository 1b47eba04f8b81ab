"""Networks are chosen by name, and what cannot be had is said in one line."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.track_anything.pointing import at
from tests.tracker.stand_in import tiny_network
from tests.tracker.tiny_sessions import tiny
from track_anything.errors import DeviceError, InputError, WeightsError
from track_anything.models import SEGMENTERS, Models, load_models, resolve_device
from track_anything.models.embeddings import CachedSegmenter
from track_anything.models.presets import PRESETS
from track_anything.models.runtime import Runtime
from track_anything.models.trackers import TRACKERS, TrackerParts
from track_anything.session import Session
from track_anything.testing import ColourSegmenter, MovingShapes, fake_session
from tracker.build import LIGHT_WEIGHTS
from tracker.feature_propagator import FeatureMemoryPropagator
from tracker.zooming_propagator import ZoomingPropagator

CLIP = MovingShapes(frame_count=4, height=312, width=416)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"segmenter": "sam-9"}, "unknown segmenter 'sam-9'; choose one of mobile-sam"),
        (
            {"tracker": "luck"},
            "unknown tracker 'luck'; choose one of xmem-light, xmem-light-pair, sam-memory, joint-5",
        ),
        ({"preset": "best"}, "unknown preset 'best'; choose one of fast, balanced, accurate"),
        ({"device": "tpu"}, "unknown device 'tpu'; choose one of auto, cpu, cuda"),
        (
            {"tracker": "feature-memory", "tracker_weights": Path("xmem.pth")},
            "the untrained feature memory takes no weights: leave out --tracker-weights",
        ),
    ],
)
def test_unknown_choices_are_named(choices: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_models(**choices)  # type: ignore[arg-type]  # wrong on purpose


def test_the_segmenters_are_those_that_can_be_built() -> None:
    from sam.build import ENCODERS

    assert [*ENCODERS] == [*SEGMENTERS]


def test_cuda_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert resolve_device("auto") == "cpu"
    with pytest.raises(DeviceError, match="use --device cpu"):
        resolve_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert (resolve_device("auto"), resolve_device("cuda"), resolve_device("cpu")) == ("cuda", "cuda", "cpu")


def test_weights_of_something_else_are_refused(tmp_path: Path, mobile_sam_weights: Path) -> None:
    other = tmp_path / "other.pt"
    torch.save({"layer.weight": torch.zeros(2)}, other)
    with pytest.raises(WeightsError, match="is not a SAM checkpoint"):
        load_models(weights=other)
    with pytest.raises(WeightsError, match="is not an XMem checkpoint"):
        load_models(weights=mobile_sam_weights, tracker="xmem", tracker_weights=other)


@pytest.mark.slow
def test_one_click_with_the_released_weights_finds_the_disc_on_every_frame(
    tmp_path: Path, mobile_sam_weights: Path
) -> None:
    models = load_models(weights=mobile_sam_weights, preset="accurate", device="cpu", engine="torch")
    assert models.refine_policy is not None
    models = replace(models, refine_policy=replace(models.refine_policy, every=1))
    session = Session(fake_session(CLIP, tmp_path / "project").project, CLIP, lambda: models)
    disc = session.add_object("disc")
    candidates = session.click(frame=0, object_id=disc, **at(CLIP.centre(0)))
    assert candidates.masks.shape == (3, 312, 416)
    session.track().run()
    for frame in range(len(CLIP)):
        truth = CLIP.label_map(frame) == 1
        found = session.label_map(frame) == 1
        assert (truth & found).sum() / (truth | found).sum() > 0.9
    (number,) = session.project.state.passes
    assert session.project.pass_records(number)[2]["firings"][0]["accepted"]
    np.testing.assert_array_equal(session.label_map(0) == disc, candidates.masks[candidates.best])


def test_presets_are_speed_against_accuracy(mobile_sam_weights: Path) -> None:
    load = partial(load_models, weights=mobile_sam_weights, engine="torch")
    fast, accurate = (load(preset=name) for name in ("fast", "accurate"))
    assert fast.refine_policy is not None
    assert fast.refine_policy.every == 0
    assert accurate.refine_policy == PRESETS["accurate"].refine_policy
    assert load(preset="accurate", refine=False).refine_policy is None
    assert isinstance(fast.new_propagator(), ZoomingPropagator)
    trained_on_nothing = load(preset="training-free")
    assert trained_on_nothing.refine_policy == PRESETS["training-free"].refine_policy
    assert isinstance(trained_on_nothing.new_propagator(), FeatureMemoryPropagator)


def test_xmem_is_one_argument_and_resumes_to_the_same_masks(tmp_path: Path, mobile_sam_weights: Path) -> None:
    checkpoint = tmp_path / "tiny-xmem.pth"
    torch.save(tiny_network().state_dict(), checkpoint)
    models = load_models(
        weights=mobile_sam_weights,
        tracker="xmem",
        tracker_weights=checkpoint,
        device="cpu",
        engine="torch",
        refine=False,
    )
    clip = MovingShapes(frame_count=9, height=48, width=64)

    def session(name: str) -> Session:
        return Session(fake_session(clip, tmp_path / name).project, clip, lambda: models)

    undisturbed, paused = session("undisturbed"), session("paused")
    for each in (undisturbed, paused):
        each.give_mask(frame=0, object_id=each.add_object(), mask=clip.label_map(0) == 1)
    undisturbed.track().run()
    iterator = iter(paused.track())
    for _ in range(5):
        next(iterator)
    iterator.close()  # type: ignore[attr-defined]  # a generator
    paused.unfinished().run()
    for frame in range(len(clip)):
        np.testing.assert_array_equal(paused.label_map(frame), undisturbed.label_map(frame))


def test_the_tracker_on_a_segmenters_features_wants_that_segmenter() -> None:
    parts = TrackerParts(None, Runtime(), CachedSegmenter(ColourSegmenter()), "sam-vit-b")
    with pytest.raises(InputError, match="sees frames with mobile-sam, not with sam-vit-b: choose that"):
        TRACKERS.build("sam-memory", parts)


@pytest.mark.parametrize("name", ["sam-memory", "sam-memory-permissive"])
def test_trackers_on_the_segmenters_features_bring_their_weights(name: str) -> None:
    parts = TrackerParts(None, Runtime(), CachedSegmenter(ColourSegmenter()), "mobile-sam")
    assert "sam-memory" in TRACKERS.build(name, parts)().made_by


@pytest.mark.parametrize("name", ["joint", "joint-5", "joint-2"])
def test_two_networks_together_are_one_name(name: str) -> None:
    parts = TrackerParts(None, Runtime(), CachedSegmenter(ColourSegmenter()), "mobile-sam")
    new = TRACKERS.build(name, parts)
    propagator = new()
    assert isinstance(propagator, ZoomingPropagator)
    assert "sam-memory" in propagator.made_by
    assert propagator is not new()


def test_a_preset_takes_another_tracker_where_its_own_sees_with_another_segmenter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = tmp_path / "sam.pth"
    checkpoint.touch()
    monkeypatch.setitem(
        SEGMENTERS, "sam-vit-b", replace(SEGMENTERS["sam-vit-b"], build=lambda *_: ColourSegmenter())
    )
    own = load_models(segmenter="sam-vit-b", weights=checkpoint, preset="accurate", device="cpu")
    assert own.tracker == "xmem-light-pair"


def test_weights_of_another_network_are_refused() -> None:
    parts = TrackerParts(LIGHT_WEIGHTS, Runtime(), CachedSegmenter(ColourSegmenter()), "mobile-sam")
    with pytest.raises(WeightsError, match="is no sam-memory checkpoint"):
        TRACKERS.build("sam-memory", parts)


@pytest.mark.slow
def test_a_tracker_of_others_tracks_from_a_folder_and_goes_on_after_a_pause(tmp_path: Path) -> None:
    tiny("sam2").model.save_pretrained(tmp_path / "net")
    segmenter = CachedSegmenter(ColourSegmenter())
    parts = TrackerParts(tmp_path / "net", Runtime(), segmenter, "mobile-sam")
    models = Models(segmenter, TRACKERS.build("sam2.1-tiny", parts), refine_policy=None)
    clip = MovingShapes(frame_count=8, height=48, width=64)

    def session(name: str) -> Session:
        return Session(fake_session(clip, tmp_path / name).project, clip, lambda: models)

    undisturbed, paused = session("undisturbed"), session("paused")
    for each in (undisturbed, paused):
        each.give_mask(frame=3, object_id=each.add_object(), mask=clip.label_map(3) == 1)
    undisturbed.track().run()
    iterator = iter(paused.track())
    for _ in range(3):
        next(iterator)
    iterator.close()  # type: ignore[attr-defined]  # a generator
    paused.unfinished().run()
    for frame in range(len(clip)):
        np.testing.assert_array_equal(paused.label_map(frame), undisturbed.label_map(frame))
    with pytest.raises(WeightsError, match=r"nowhere cannot be loaded as Sam2VideoModel .*NAME@REVISION"):
        TRACKERS.build("sam2.1-tiny", replace(parts, checkpoint=tmp_path / "nowhere"))


def test_int8_is_there_for_trackers_that_ranges_were_fitted_to(tmp_path: Path) -> None:
    for tracker in ("xmem-light", "xmem-light-pair", "joint-5", "joint-2", "joint"):
        assert TRACKERS[tracker].has_int8(None)
    assert not TRACKERS["feature-memory"].has_int8(None)
    assert not TRACKERS["xmem-light"].has_int8(tmp_path / "mine.pth")
    assert TRACKERS["joint"].has_int8(tmp_path / "mine.pth")  # its weights are of the other network
    with pytest.raises(InputError, match="no int8 was fitted to this tracker and its weights"):
        load_models(tracker="xmem-light", tracker_weights=tmp_path / "mine.pth", precision="int8")
