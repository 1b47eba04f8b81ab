"""Free words, on tiny networks with random weights: what they say means nothing, but it is all handled."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from track_anything.errors import InputError, WeightsError
from track_anything.models.locators import LOCATORS
from track_anything.models.open_vocabulary import OpenVocabularyLocator

IMAGE = np.random.default_rng(0).integers(0, 255, (60, 90, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def owl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An OWLv2 of a few thousand weights, as ``save_pretrained`` writes it."""
    transformers = pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("owl")
    letters = [chr(code) for code in range(97, 123)]
    vocabulary = ["!", "<|startoftext|>", "<|endoftext|>", *letters, *[f"{letter}</w>" for letter in letters]]
    (folder / "vocab.json").write_text(json.dumps({word: place for place, word in enumerate(vocabulary)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    small = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    ends = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    config = transformers.Owlv2Config(
        text_config={**small, **ends, "vocab_size": len(vocabulary), "max_position_embeddings": 16},
        vision_config={**small, "image_size": 64, "patch_size": 16},
        projection_dim=16,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)  # of some weights no box is left
        model = transformers.Owlv2ForObjectDetection(config)
    for part in (*model.class_head.logit_shift.parameters(), *model.class_head.logit_scale.parameters()):
        part.data.zero_()  # so that some scores are above one half
    model.save_pretrained(folder)
    transformers.Owlv2Processor(
        image_processor=transformers.Owlv2ImageProcessorPil(size={"height": 64, "width": 64}),
        tokenizer=transformers.CLIPTokenizer.from_pretrained(folder),
    ).save_pretrained(folder)
    return folder


@pytest.mark.slow
def test_every_thing_of_a_phrase_is_asked_for(owl: Path) -> None:
    locator = LOCATORS.build("owlv2", owl, "cpu")
    locator.check("a red car")
    found = locator.locate(IMAGE, "a red car,  cat", least=0.0)
    assert {each.name for each in found} == {"a red car", "cat"}
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    for each in found:
        x0, y0, x1, y1 = each.box
        assert 0 <= x0 < x1 <= 90
        assert 0 <= y0 < y1 <= 60
    assert locator.locate(IMAGE, "cat", least=1.0) == []
    with pytest.raises(InputError, match="is too long for the network: use fewer words"):
        locator.locate(IMAGE, "a very long description of a cat")


@pytest.mark.parametrize("name", ["grounding-dino", "owlv2"])
def test_without_weights_one_line_says_how_to_give_them(name: str, tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    with pytest.raises(WeightsError, match=r"no weights: .* --locator-weights FOLDER, or hub:NAME"):
        LOCATORS.build(name, None, "cpu")
    with pytest.raises(WeightsError, match="there is no such folder"):
        OpenVocabularyLocator(tmp_path / "none", "cpu")


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(WeightsError, match="holds no detector that is asked by words"):
        OpenVocabularyLocator(tmp_path, "cpu")


def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("track_anything.types.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"needs transformers: pip install 'track-anything\[transformers\]'"):
        LOCATORS.build("grounding-dino", None, "cpu")
