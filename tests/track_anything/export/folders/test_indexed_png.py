"""Label maps as indexed PNG files, read back by Pillow."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from track_anything.errors import InputError, OutputError
from track_anything.export import IndexedPng
from track_anything.masks import DAVIS_PALETTE, read_label_map

IMAGE = np.zeros((6, 8, 3), np.uint8)
LABEL_MAP = np.arange(48, dtype=np.uint8).reshape(6, 8)


def _left_behind(folder):
    return sorted(path.name for path in folder.iterdir())


def _export(folder, indices, *, error=None, **options):
    with IndexedPng(folder, **options) as exporter:
        for index in indices:
            exporter.write(index, IMAGE, LABEL_MAP)
        if error is not None:
            raise error


@settings(max_examples=20, deadline=None)
@given(label_maps=hnp.arrays(np.uint8, st.tuples(st.integers(1, 4), st.integers(1, 20), st.integers(1, 20))))
def test_label_maps_survive_the_export(tmp_path_factory, label_maps):
    folder = tmp_path_factory.mktemp("export") / "masks"
    with IndexedPng(folder) as exporter:
        for index, label_map in enumerate(label_maps):
            exporter.write(index, np.zeros((*label_map.shape, 3), np.uint8), label_map)
    assert _left_behind(folder) == [f"{index:05d}.png" for index in range(len(label_maps))]
    for index, label_map in enumerate(label_maps):
        assert np.array_equal(read_label_map(folder / f"{index:05d}.png"), label_map)


def test_files_are_named_by_frame_and_carry_the_palette(tmp_path):
    with IndexedPng(tmp_path / "new" / "masks") as exporter:
        exporter.write(7, IMAGE, LABEL_MAP)
        exporter.write(123_456, IMAGE, LABEL_MAP)
    assert _left_behind(tmp_path / "new" / "masks") == ["00007.png", "123456.png"]
    assert _left_behind(tmp_path / "new") == ["masks"]
    with PIL.Image.open(tmp_path / "new" / "masks" / "00007.png") as image:
        assert image.mode == "P"
        assert np.array_equal(np.array(image.convert("RGB")), DAVIS_PALETTE[LABEL_MAP])


def test_nothing_is_seen_before_the_end(tmp_path):
    with IndexedPng(tmp_path / "masks") as exporter:
        exporter.write(0, IMAGE, LABEL_MAP)
        assert not (tmp_path / "masks").exists()


def test_leaving_by_an_exception_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        _export(tmp_path / "masks", [0], error=KeyboardInterrupt)
    assert _left_behind(tmp_path) == []


def test_what_exists_is_not_touched_without_leave(tmp_path):
    _export(tmp_path / "masks", [0, 1])
    with pytest.raises(OutputError, match="masks exists already: choose another path or allow overwriting"):
        _export(tmp_path / "masks", [5])
    assert _left_behind(tmp_path / "masks") == ["00000.png", "00001.png"]


def test_an_earlier_export_is_replaced_as_a_whole(tmp_path):
    _export(tmp_path / "masks", [0, 1])
    _export(tmp_path / "masks", [5], overwrite=True)
    assert _left_behind(tmp_path / "masks") == ["00005.png"]
    assert _left_behind(tmp_path) == ["masks"]


def test_an_earlier_export_survives_a_failed_one(tmp_path):
    _export(tmp_path / "masks", [0, 1])
    with pytest.raises(ValueError, match="stop"):
        _export(tmp_path / "masks", [5], overwrite=True, error=ValueError("stop"))
    assert _left_behind(tmp_path / "masks") == ["00000.png", "00001.png"]
    assert _left_behind(tmp_path) == ["masks"]


def test_an_earlier_export_comes_back_when_the_exchange_fails(tmp_path, monkeypatch):
    _export(tmp_path / "masks", [0, 1])
    replace = Path.replace

    def replace_but_not_by_the_new_one(self, target):
        if ".part" in self.name:
            raise OSError(5, "Input/output error")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replace_but_not_by_the_new_one)
    with pytest.raises(OutputError, match=r"cannot be written \(Input/output error\)"):
        _export(tmp_path / "masks", [5], overwrite=True)
    assert _left_behind(tmp_path / "masks") == ["00000.png", "00001.png"]
    assert _left_behind(tmp_path) == ["masks"]


def test_a_folder_with_other_files_is_never_replaced(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("precious")
    with pytest.raises(
        OutputError, match=r"home holds other files \(thesis\.txt\): choose a folder of its own"
    ):
        _export(tmp_path / "home", [0], overwrite=True)
    assert _left_behind(tmp_path / "home") == ["thesis.txt"]


def test_a_file_is_never_replaced_by_a_folder(tmp_path):
    (tmp_path / "masks").write_text("precious")
    with pytest.raises(OutputError, match="masks is a file: choose a folder"):
        _export(tmp_path / "masks", [0], overwrite=True)
    assert (tmp_path / "masks").read_text() == "precious"


def test_what_appears_meanwhile_is_not_replaced(tmp_path):
    exporter = IndexedPng(tmp_path / "masks").__enter__()
    exporter.write(0, IMAGE, LABEL_MAP)
    (tmp_path / "masks").mkdir()
    with pytest.raises(OutputError, match="was made by something else meanwhile"):
        exporter.__exit__(None, None, None)
    assert _left_behind(tmp_path) == ["masks"]
    assert _left_behind(tmp_path / "masks") == []


def test_an_unwritable_place_is_told_before_the_work(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(
        OutputError, match=r"file/masks cannot be written \(.*\): check the path, or choose another"
    ):
        IndexedPng(tmp_path / "file" / "masks").__enter__()


def test_a_folder_that_cannot_be_staged_is_an_output_error(tmp_path, monkeypatch):
    exporter = IndexedPng(tmp_path / "masks")
    mkdir = Path.mkdir

    def mkdir_above_only(self, **options):
        if ".part" in self.name:
            raise OSError(28, "No space left on device")
        mkdir(self, **options)

    monkeypatch.setattr(Path, "mkdir", mkdir_above_only)
    with pytest.raises(OutputError, match="No space left"):
        exporter.__enter__()


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=r"masks cannot be written \(No space left on device\)"):
        _export(tmp_path / "masks", [0])
    assert _left_behind(tmp_path) == []


def test_an_export_without_frames_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"no frame was given to export into .*masks: track an object first"):
        _export(tmp_path / "masks", [])
    assert _left_behind(tmp_path) == []


def test_a_label_map_of_another_size_is_refused(tmp_path):
    message = r"label map of frame 3 has shape \(6, 8\) but the frame \(8, 6\)"
    with pytest.raises(InputError, match=message), IndexedPng(tmp_path / "masks") as exporter:
        exporter.write(3, np.zeros((8, 6, 3), np.uint8), LABEL_MAP)
