"""Sources of training pictures, with what is held out left out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import torch

from tests.tracker.training.conftest import STILLS, VIDEOS, draw
from tracker.errors import TrainingError
from tracker.training.sources import find_clips


def test_stills_and_videos_are_found_by_name(data: Path) -> None:
    stills = find_clips(data, STILLS)
    assert [clip[0].image.stem for clip in stills] == ["000", "001", "002", "003"]
    (video,) = find_clips(data, VIDEOS)
    assert [frame.labels.stem for frame in video] == [f"{index:05d}" for index in range(6)]
    image, labels = video[2].read()
    assert (image.shape, labels.shape) == ((3, 48, 64), (48, 64))
    assert labels[20, 8:24].all()
    assert image[:, 20, 10].tolist() == [250, 250, 20]


def test_what_is_held_out_is_never_trained_on(data: Path) -> None:
    source = replace(STILLS, hold_out=2)
    trained = {clip[0].image.stem for clip in find_clips(data, source)}
    held_out = {clip[0].image.stem for clip in find_clips(data, source, held_out=True)}
    assert (trained, held_out) == ({"000", "002"}, {"001", "003"})
    with pytest.raises(TrainingError, match="holds nothing to use"):
        find_clips(data, STILLS, held_out=True)


def test_clips_can_be_left_out_by_name_and_a_name_that_nothing_has_is_refused(data: Path) -> None:
    source = replace(STILLS, exclude=["001"])
    assert [clip[0].image.stem for clip in find_clips(data, source)] == ["000", "002", "003"]
    assert [clip[0].image.stem for clip in find_clips(data, source, held_out=True)] == ["001"]
    with pytest.raises(TrainingError, match="has no 'bear' to exclude"):
        find_clips(data, replace(VIDEOS, exclude=["bear"]))


def test_a_missing_folder_or_label_map_is_named(data: Path) -> None:
    with pytest.raises(TrainingError, match="there is no folder .*nowhere: give --data"):
        find_clips(data, replace(STILLS, images="nowhere"))
    (data / "stills" / "masks" / "002.png").unlink()
    (data / "stills" / "images" / "notes.txt").write_text("not a picture")
    with pytest.raises(TrainingError, match="002.png has no label map"):
        find_clips(data, STILLS)


def test_a_label_map_of_another_size_is_refused(data: Path) -> None:
    draw(data / "odd", "000", shift=0)
    PIL.Image.new("L", (10, 10)).save(data / "odd" / "masks" / "000.png")
    (clip,) = find_clips(data / "odd", replace(STILLS, images="images", masks="masks"))
    with pytest.raises(TrainingError, match="another size"):
        clip[0].read()


def test_a_video_may_be_read_at_evenly_spaced_frames(data: Path) -> None:
    (video,) = find_clips(data, replace(VIDEOS, most_frames=3))
    assert [frame.labels.stem for frame in video] == ["00000", "00002", "00005"]
    (whole,) = find_clips(data, replace(VIDEOS, most_frames=7))
    assert len(whole) == 6


def test_another_ground_takes_the_place_of_what_belongs_to_no_object(data: Path) -> None:
    grounds = data / "grounds"
    grounds.mkdir()
    ramp = np.repeat(np.arange(200, dtype=np.uint8)[:, None, None], 200, axis=1).repeat(3, axis=2)
    PIL.Image.fromarray(np.ascontiguousarray(ramp)).save(grounds / "ramp.png")
    (grounds / "licence.txt").write_text("public domain")
    (video,) = find_clips(data, replace(VIDEOS, grounds="grounds"))
    (plain,) = find_clips(data, VIDEOS)
    first, last = video[0].read(), video[5].read()
    was, labels = plain[0].read()
    is_object = labels > 0
    assert torch.equal(first[0][:, is_object], was[:, is_object])
    assert not torch.equal(first[0][:, ~is_object], was[:, ~is_object])
    assert first[0][0, -1, 0] < last[0][0, -1, 0], "the camera moves along the ground"


def test_grounds_that_are_not_there_are_named(data: Path) -> None:
    with pytest.raises(TrainingError, match="there is no folder .*nowhere"):
        find_clips(data, replace(VIDEOS, grounds="nowhere"))
    (data / "nothing").mkdir()
    with pytest.raises(TrainingError, match="nothing.* holds no picture"):
        find_clips(data, replace(VIDEOS, grounds="nothing"))
