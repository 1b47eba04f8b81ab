"""The benchmark of twins: what it pastes where, and what it counts."""

import json

import numpy as np

from benchmarks import twins


def test_a_twin_lies_beside_its_original_where_there_is_room() -> None:
    mask = np.zeros((60, 100), np.bool_)
    mask[10:30, 5:25] = True
    rows, columns = twins.shift_of(mask)
    assert (rows, columns) == (0, 32)
    image = np.where(mask[..., None], 200, 10).astype(np.uint8).repeat(3, axis=2)
    pasted = twins.with_twin(image, mask, (rows, columns))
    expected = mask | np.roll(mask, columns, axis=1)
    np.testing.assert_array_equal(pasted[..., 0] == 200, expected)
    assert (twins.with_twin(image, mask, (0, 90))[..., 0] == 200).sum() == mask.sum() + 20 * 5


def test_a_moved_mask_loses_what_leaves_the_frame() -> None:
    mask = np.zeros((4, 5), np.bool_)
    mask[1:3, 1:4] = True
    assert twins.moved(mask, (2, -2)).tolist() == [[False] * 5] * 3 + [[True, True, False, False, False]]


def test_both_scenes_are_scored(data, models, tmp_path, capsys) -> None:
    numbers = tmp_path / "twins.json"
    options = ["--data", str(data), "--sequence", "disc", "--json", str(numbers)]
    assert twins.main(options, lambda _: models) == 0
    assert [row["scene"] for row in json.loads(numbers.read_text())] == ["still", "moving"]
    assert capsys.readouterr().out.startswith("still: IoU at least ")
    assert twins.main([*options, "--told"], lambda _: models) == 0
    assert len(json.loads(numbers.read_text())) == 2
    assert twins.main(["--data", str(tmp_path), "--sequence", "disc"], lambda _: models) == 2
