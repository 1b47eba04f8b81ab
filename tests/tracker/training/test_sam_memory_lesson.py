"""Teaching ``sam-memory`` behind a toy encoder: embeddings are made once, and what was learnt can be used."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import torch

from sam.sam_segmenter import SamSegmenter
from tests.sam.conftest import toy_segmenter  # noqa: F401  # a fixture
from tracker.build import SAM_MEMORY_WEIGHTS, load_sam_memory
from tracker.errors import TrainingError
from tracker.training import WEIGHTS, Trainer, TrainingConfig, sam_memory_lesson
from tracker.training.clips import UNKNOWN
from tracker.training.embedded_clips import EmbeddedClips
from tracker.training.sam_memory_lesson import EMBEDDINGS


@pytest.fixture
def recipe(config: TrainingConfig) -> TrainingConfig:
    """Two iterations of one clip of two frames."""
    (stage, _) = config.stages
    stages = (replace(stage, iterations=2, video_share=0.5, trunk_learning_rate=1e-4),)
    return replace(config, tracker="sam-memory", stages=stages, drawn_clips=1, picture_every=2)


@pytest.fixture
def segmenter(toy_segmenter: SamSegmenter, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: F811
    """A checkpoint that stands for the toy."""
    monkeypatch.setattr(sam_memory_lesson, "build_segmenter", lambda *_, **__: toy_segmenter)
    return Path("mobile_sam.pt")


def clips_of(data: Path, recipe: TrainingConfig, folder: Path, calls: list[tuple[int, ...]]) -> EmbeddedClips:
    def embed(image: np.ndarray) -> torch.Tensor:
        calls.append(image.shape)
        height, width = image.shape[:2]
        scale = 128 / max(height, width) / 16
        return torch.full((256, -int(-height * scale // 1), -int(-width * scale // 1)), float(image[0, 0, 0]))

    return EmbeddedClips(data, recipe, embed, folder, 128)


def drawn(clips: EmbeddedClips, recipe: TrainingConfig, seeds: range) -> Iterator:
    for seed in seeds:
        yield clips.draw(recipe.stages[0], torch.Generator().manual_seed(seed))


@pytest.mark.slow
def test_a_run_ends_with_weights_that_a_propagator_can_use_and_one_that_was_stopped_with_the_same(
    data: Path, tmp_path: Path, recipe: TrainingConfig, segmenter: Path
) -> None:
    out = tmp_path / "out"
    run = Trainer(recipe, data, out, segmenter=segmenter)
    decoder = {name: tensor.clone() for name, tensor in run.network.mask_decoder.state_dict().items()}
    steps = list(run)
    assert len(steps) == 2
    assert all(np.isfinite(step.loss) for step in steps)
    read = load_sam_memory(out / WEIGHTS)
    moved = read.mask_decoder.state_dict()
    assert any(not torch.allclose(moved[name], tensor, atol=1e-6) for name, tensor in decoder.items())
    assert (out / "clips-000002.png").is_file()
    assert any((out / EMBEDDINGS).glob("*.npy"))
    before = [step.loss for step in islice(Trainer(recipe, data, tmp_path / "b", segmenter=segmenter), 1)]
    after = [step.loss for step in Trainer(recipe, data, tmp_path / "b", segmenter=segmenter)]
    assert before + after == [step.loss for step in steps]


def test_a_run_goes_on_from_the_network_of_the_package(
    data: Path, tmp_path: Path, recipe: TrainingConfig, segmenter: Path
) -> None:
    run = Trainer(replace(recipe, initial="sam-memory"), data, tmp_path / "out", segmenter=segmenter)
    shipped = load_sam_memory(SAM_MEMORY_WEIGHTS).state_dict()
    assert all(torch.equal(own, shipped[name]) for name, own in run.network.state_dict().items())
    assert all(each.requires_grad for each in run.network.parameters())


def test_without_a_segmenter_there_is_nothing_to_see_with(
    data: Path, tmp_path: Path, recipe: TrainingConfig
) -> None:
    with pytest.raises(TrainingError, match="sees frames with mobile-sam: give its checkpoint"):
        Trainer(recipe, data, tmp_path / "out")


def test_embeddings_are_made_once(data: Path, tmp_path: Path, recipe: TrainingConfig) -> None:
    calls: list[tuple[int, ...]] = []
    first = list(drawn(clips_of(data, recipe, tmp_path / "kept", calls), recipe, range(12)))
    assert calls
    assert len(calls) < 2 * 12  # frames come again
    calls.clear()
    second = list(drawn(clips_of(data, recipe, tmp_path / "kept", calls), recipe, range(12)))
    assert not calls
    for one, other in zip(first, second, strict=True):
        assert torch.equal(one.embeddings, other.embeddings)
        assert torch.equal(one.labels, other.labels)


def test_another_rate_or_length_of_a_stage_needs_no_new_embeddings(
    data: Path, tmp_path: Path, recipe: TrainingConfig
) -> None:
    calls: list[tuple[int, ...]] = []
    first = list(drawn(clips_of(data, recipe, tmp_path / "kept", calls), recipe, range(6)))
    calls.clear()
    stage = replace(
        recipe.stages[0], name="again", iterations=9, learning_rate=1e-5, batch=2, memory_frames=1
    )
    again = replace(recipe, stages=(stage,))
    second = list(drawn(clips_of(data, again, tmp_path / "kept", calls), again, range(6)))
    assert not calls
    assert all(torch.equal(one.labels, other.labels) for one, other in zip(first, second, strict=True))


def test_a_clip_shows_its_objects_at_half_the_canvas(
    data: Path, tmp_path: Path, recipe: TrainingConfig
) -> None:
    for clip in drawn(clips_of(data, recipe, tmp_path / "kept", []), recipe, range(8)):
        frames, _, height, width = clip.embeddings.shape
        assert frames == 2
        assert clip.pictures.shape == (2, 3, 8 * height, 8 * width)
        assert clip.labels.shape == (2, 8 * height, 8 * width)
        assert set(clip.labels[0].unique().tolist()) - {UNKNOWN, 0} == set(range(1, clip.objects + 1))


def test_what_is_beyond_the_frame_costs_nothing(data: Path, tmp_path: Path, recipe: TrainingConfig) -> None:
    for name in ("images", "masks"):
        for path in (data / "videos" / name / "box").iterdir():
            with PIL.Image.open(path) as image:
                image.crop((0, 0, 64, 42)).save(path)
    stage = replace(recipe.stages[0], video_share=1.0)
    clips = clips_of(data, replace(recipe, stages=(stage,)), tmp_path / "kept", [])
    clip = clips.draw(stage, torch.Generator().manual_seed(0))
    assert clip.labels.shape == (2, 48, 64)  # 42 rows of 64 fill 5.25 cells of 8
    assert (clip.labels[:, 42:] == UNKNOWN).all()
    assert (clip.labels[:, :42] != UNKNOWN).all()
    assert (clip.pictures[:, :, 42:] == 0).all()
