"""Scores of predicted masks against true ones, on masks small enough to count."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.track_anything.conftest import Run
from track_anything.collection.evaluation import evaluate
from track_anything.errors import InputError
from track_anything.masks.data_sets import AnnotatedVideo, DataSet, Segment, Track, write_data_set
from track_anything.masks.measures import boundary_accuracy
from track_anything.masks.rle import encode_rle
from track_anything.types import Mask

SIZE = (40, 60)
FRAMES = tuple(f"{place:05d}" for place in range(6))


def square(left: int, top: int = 10, side: int = 10) -> Mask:
    mask = np.zeros(SIZE, np.bool_)
    mask[top : top + side, left : left + side] = True
    return mask


def video(
    tracks: Mapping[int, Mapping[int, Mask]], frames: tuple[str, ...] = FRAMES, score: float | None = None
) -> AnnotatedVideo:
    made = {
        number: Track("", "", {at: Segment(encode_rle(mask), score) for at, mask in masks.items()})
        for number, masks in tracks.items()
    }
    return AnnotatedVideo(SIZE, frames, made)


def always(mask: Mask) -> dict[int, Mask]:
    return dict.fromkeys(range(6), mask)


TRUTH = DataSet({"a": video({1: always(square(10)), 2: always(square(40))})})


def test_scores_are_means_over_frames_and_then_over_objects() -> None:
    shifted = {**always(square(10)), 3: square(15)}  # half of it: an IoU of 1/3
    found = evaluate(DataSet({"a": video({1: shifted, 2: {}})}), TRUTH)
    first, second = found.objects
    f = boundary_accuracy(square(15), square(10))
    assert first.j == pytest.approx((5 + 1 / 3) / 6)
    assert first.f == pytest.approx((5 + f) / 6)
    assert (second.j, second.f) == (0, 0)
    assert found.j_and_f == pytest.approx((first.j_and_f + 0) / 2)
    told = found.to_json()["videos"]["a"]["objects"][0]["frames"]["00003"]
    assert told == {"J": pytest.approx(1 / 3), "F": f}


def test_mean_iou_is_of_the_frames_that_have_the_object() -> None:
    truth = DataSet({"a": video({1: {2: square(10)}})})
    found = evaluate(DataSet({"a": video({1: {2: square(15)}})}), truth)
    assert found.mean_iou == pytest.approx(1 / 3)
    assert found.j == pytest.approx((5 + 1 / 3) / 6)  # both agree that it is nowhere else


def test_first_and_last_frame_are_left_out_as_in_davis() -> None:
    wrong_at_ends = {**always(square(10)), 0: square(40), 5: square(40)}
    predicted = DataSet({"a": video({1: wrong_at_ends, 2: always(square(40))})})
    assert evaluate(predicted, TRUTH, leaves_out_ends=True).j_and_f == 1
    assert evaluate(predicted, TRUTH).j < 1


def test_objects_are_matched_by_overlap_when_ids_mean_nothing() -> None:
    predicted = DataSet({"a": video({7: always(square(40)), 9: always(square(10)), 11: always(square(25))})})
    found = evaluate(predicted, TRUTH, by_overlap=True)
    assert found.j_and_f == 1
    assert found.notes == ("a: predicted objects that the truth lacks are not scored: 11",)
    assert evaluate(predicted, TRUTH).j == 0


def test_a_swap_of_identities_is_a_switch_of_both() -> None:
    there, here = always(square(10)), always(square(40))
    swapped = {
        1: {at: (there if at < 3 else here)[at] for at in range(6)},
        2: {at: (here if at < 3 else there)[at] for at in range(6)},
    }
    found = evaluate(DataSet({"a": video(swapped)}), TRUTH)
    assert [each.switches for each in found.objects] == [1, 1]
    gone_and_back = {1: {at: mask for at, mask in there.items() if at != 3}, 2: here}
    assert [each.switches for each in evaluate(DataSet({"a": video(gone_and_back)}), TRUTH).objects] == [0, 0]


def test_calibration_compares_scores_with_how_many_masks_are_right() -> None:
    predicted = DataSet({"a": video({1: {**always(square(10)), 0: square(15)}}, score=0.75)})
    calibration = evaluate(predicted, TRUTH).calibration
    assert calibration is not None
    assert (calibration.masks, calibration.mean_score) == (6, 0.75)
    assert calibration.right == pytest.approx(5 / 6)
    assert calibration.error == pytest.approx(abs(5 / 6 - 0.75))
    assert evaluate(TRUTH, TRUTH).calibration is None


def test_frames_are_matched_by_name_and_what_is_missing_counts_as_empty() -> None:
    sparse = DataSet({"a": video({1: {0: square(10), 1: square(10)}}, frames=("00001", "00004"))})
    found = evaluate(TRUTH, sparse)  # annotated now and then, predicted everywhere
    assert found.objects[0].frames == ("00001", "00004")
    assert found.j == 1
    back = evaluate(sparse, TRUTH)
    assert back.objects[0].j == pytest.approx(2 / 6)
    assert back.notes == ("a: 4 frames were not predicted",)


def test_frames_without_a_common_name_are_matched_by_order_where_there_are_as_many() -> None:
    other = tuple(f"img{place}" for place in range(6))
    assert evaluate(DataSet({"a": video({1: always(square(10))}, other)}), TRUTH).objects[0].j == 1
    with pytest.raises(InputError, match="5 predicted and 6 true ones: name frames alike"):
        evaluate(DataSet({"a": video({1: {0: square(10)}}, other[:5])}), TRUTH)


def test_videos_are_matched_by_name_and_missing_ones_score_nothing() -> None:
    truth = DataSet({"a": TRUTH.videos["a"], "b": TRUTH.videos["a"]})
    found = evaluate(DataSet({"a-0123abcd": TRUTH.videos["a"], "c": TRUTH.videos["a"]}), truth)
    assert [(each.video, each.j) for each in found.objects] == [("a", 1), ("a", 1), ("b", 0), ("b", 0)]
    assert found.notes == ("b was not predicted: all of its objects score 0 where they are",)


def test_of_a_part_only_what_was_predicted_counts() -> None:
    truth = DataSet({"a": TRUTH.videos["a"], "b": TRUTH.videos["a"]})
    part = video({1: {0: square(10), 1: square(15)}, 2: dict.fromkeys((0, 1), square(40))}, FRAMES[2:4])
    found = evaluate(DataSet({"b": part}), truth, is_partial=True)
    assert [(each.video, each.frames) for each in found.objects] == [("b", FRAMES[2:4])] * 2
    assert found.j == pytest.approx((2 / 3 + 1) / 2)
    assert found.notes == ()


def test_other_sizes_and_an_empty_truth_are_refused() -> None:
    small = DataSet({"a": AnnotatedVideo((20, 30), FRAMES, {})})
    with pytest.raises(InputError, match="have 30 x 20 pixels but the true ones 60 x 40"):
        evaluate(small, TRUTH)
    with pytest.raises(InputError, match="no object on a frame that counts"):
        evaluate(TRUTH, DataSet({"a": video({})}))


@pytest.mark.parametrize("form", ["davis", "coco", "mots"])
def test_the_command_prints_a_table_and_writes_files(form: str, tmp_path: Path, run: Run) -> None:
    named: Callable[[DataSet], DataSet] = of_class if form == "mots" else lambda data: data
    suffix = ".json" if form == "coco" else ""
    predicted = DataSet({"a": video({1: {**always(square(10)), 3: square(15)}, 2: always(square(40))})})
    write_data_set(named(predicted), tmp_path / f"predicted{suffix}", form)
    write_data_set(named(TRUTH), tmp_path / f"truth{suffix}", form)
    scores, picture = tmp_path / "scores.json", tmp_path / "scores.png"
    files = (tmp_path / f"predicted{suffix}", tmp_path / f"truth{suffix}")
    code, out, errors = run("eval", *files, "--json", scores, "--picture", picture)
    assert (code, errors) == (0, "")
    j = (5 + 1 / 3) / 6
    assert f"{j:7.3f}" in out
    assert json.loads(scores.read_text())["J"] == pytest.approx((1 + j) / 2)
    with PIL.Image.open(picture) as image:
        assert image.height > 2 * 22
        assert len(image.getcolors(1 << 16) or ()) > 2
    code, _, errors = run("eval", tmp_path / "nowhere", tmp_path)
    assert (code, errors.count("\n")) == (2, 1)


def of_class(data: DataSet) -> DataSet:
    """Ids of MOTS say the class."""
    videos = {
        name: AnnotatedVideo(
            each.size,
            each.frames,
            {1000 + n: Track("", "car", track.segments) for n, track in each.tracks.items()},
        )
        for name, each in data
    }
    return DataSet(videos)
