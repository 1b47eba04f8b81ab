"""Layers, Cryptomatte, names and edges for compositing, read back by OpenEXR and by readers written here."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from tests.track_anything.export.exr_reading import cryptomatte, read_channels
from tests.track_anything.export.scenes import SCENES, Scene
from track_anything.errors import InputError
from track_anything.export import EXPORTERS, Extract, Naming, manifest_path
from track_anything.export.folders.cryptomatte import distinct_names, object_hash
from track_anything.export.folders.layered_exr import layer_names
from track_anything.export.folders.linear_light import SRGB, linear_levels
from track_anything.export.folders.murmur import murmur3_32
from track_anything.export.folders.ranks import Ranks
from track_anything.export.naming import FrameNames
from track_anything.export.order import Order
from track_anything.matting.edge_colours import EDGE_COLOURS
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models

MANY = Scene({o: f"object {o}" for o in range(1, 41)}, size=(48, 64), frame_count=2)
NAMES = st.text(st.characters(codec="utf-8"), max_size=30)
PARTS = st.sampled_from([0, 0, 0.25, 0.5, 1]) | st.floats(0, 1, width=16)
LIGHT = linear_levels(SRGB)


def exported(scene: Scene, form: str, folder: Path, **changes: object) -> Order:
    order = replace(scene.order(folder / "out"), **changes)  # type: ignore[arg-type]
    with EXPORTERS.build(form, order) as exporter:
        for frame in scene.frames():
            exporter.write(frame, scene.image(frame), scene.label_map(frame))
    return order


@pytest.mark.parametrize("scene", [MANY, SCENES["awkward names"]], ids=["40 objects", "awkward names"])
def test_every_object_is_a_layer_beside_the_picture(tmp_path: Path, scene: Scene) -> None:
    order = exported(scene, "exr-layers", tmp_path)
    assert sorted(path.name for path in order.path.iterdir())[0] == "00000.exr"
    header, channels = read_channels(order.path / "00001.exr")
    layers = json.loads(str(header["trackAnything/objects"]))
    assert list(layers.values()) == list(scene.names.values())
    assert len(channels) == 3 + 5 * len(scene.names) + 1
    light = LIGHT[scene.image(1).astype(np.uint16) * 257]
    for place, name in enumerate("RGB"):
        np.testing.assert_allclose(channels[name], light[:, :, place], rtol=2**-10, atol=1e-6)
    for (layer, _), object_id in zip(layers.items(), scene.names, strict=True):
        assert layer.isascii()
        assert layer.replace("_", "a").isalnum()
        alpha = scene.probability(1, object_id)
        np.testing.assert_allclose(channels[f"{layer}.A"], alpha, atol=2**-11)
        np.testing.assert_allclose(channels[f"{layer}.confidence"], alpha, atol=2**-11)
        np.testing.assert_allclose(channels[f"{layer}.G"], light[:, :, 1] * alpha, rtol=2**-9, atol=1e-6)
    trust = json.loads(str(header["trackAnything/confidence"]))
    assert list(trust.values()) == [scene.confidence(1, o) for o in scene.names]
    together = np.clip(sum(scene.probability(1, o) for o in scene.names), 0, 1)
    np.testing.assert_allclose(channels["matte.A"], together, atol=2**-10)
    window = tuple(tuple(int(v) for v in corner) for corner in header["displayWindow"])  # type: ignore[attr-defined]
    assert window == ((0, 0), (scene.size[1] - 1, scene.size[0] - 1))
    assert np.allclose(header["chromaticities"], (0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329))  # type: ignore[arg-type]
    assert header["trackAnything/premultiplied"] == "object layers"


@pytest.mark.parametrize("scene", [MANY, SCENES["awkward names"]], ids=["40 objects", "awkward names"])
def test_a_reader_of_the_specification_finds_every_object_in_a_cryptomatte(
    tmp_path: Path, scene: Scene
) -> None:
    alphas = Apart(scene)
    order = exported(scene, "cryptomatte", tmp_path, alphas=alphas)
    for frame in scene.frames():
        coverage = cryptomatte(order.path / f"{frame:05}.exr")
        assert list(coverage) == list(distinct_names(scene.names).values())
        for found, (_, alpha) in zip(
            coverage.values(), alphas.alphas(frame, scene.image(frame)), strict=True
        ):
            np.testing.assert_allclose(found, alpha, atol=1e-6)
        assert sum(coverage.values()).max() <= 1 + 1e-5  # type: ignore[union-attr]


class Apart:
    """An ``AlphaSource`` whose objects share every pixel; six at most on one."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def alphas(self, frame: int, image: object) -> Iterator[tuple[int, NDArray[np.float32]]]:
        left = np.ones(self._scene.size, np.float32)
        count = np.zeros(self._scene.size, int)
        for object_id in self._scene.names:
            alpha = np.where(count < 6, self._scene.probability(frame, object_id) * left * 0.6, 0)
            count += alpha > 0
            left = left - alpha
            yield object_id, alpha.astype(np.float32)


class Everywhere:
    """An ``AlphaSource`` whose objects are soft on every pixel."""

    def __init__(self, scene: Scene, first: float, step: float) -> None:
        self._scene = scene
        self.parts = {o: first + step * place for place, o in enumerate(scene.names)}

    def alphas(self, frame: int, image: object) -> Iterator[tuple[int, NDArray[np.float32]]]:
        for object_id, part in self.parts.items():
            yield object_id, np.full(self._scene.size, part, np.float32)


def crypto_of(scene: Scene, alphas: object, folder: Path) -> tuple[dict[str, float], tuple[str, ...]]:
    """The largest coverage by name in the file of the first frame, and what was told."""
    naming = FrameNames(Naming(1001, 4, "{project}.{frame}"), 0, "clip", "cryptomatte")
    order = replace(scene.order(folder / "out"), alphas=alphas, names=naming)  # type: ignore[arg-type]
    with EXPORTERS.build("cryptomatte", order) as exporter:
        exporter.write(0, scene.image(0), scene.label_map(0))
    coverage = cryptomatte(order.path / "clip.1001.exr")
    assert sum(coverage.values()).max() <= 1 + 1e-5  # type: ignore[union-attr]
    return {name: float(part.max()) for name, part in coverage.items()}, exporter.notes


def test_forty_soft_objects_on_one_pixel_keep_the_six_largest_parts(tmp_path: Path) -> None:
    alphas = Everywhere(MANY, 0.005, 0.001)  # a sum of 0.98
    parts, notes = crypto_of(MANY, alphas, tmp_path)
    expected = [part if o > 34 else 0 for o, part in alphas.parts.items()]
    np.testing.assert_allclose(list(parts.values()), expected, atol=1e-6)
    lost = sum(part for o, part in alphas.parts.items() if o <= 34)
    assert notes == (f"up to {lost:.3f} of a pixel is of a seventh object or more and left out",)


def test_objects_of_one_name_or_one_hash_have_ids_of_their_own(tmp_path: Path) -> None:
    """The hashes of the last two names are the same, found by trying."""
    assert object_hash("cat 6") == object_hash("man 16830")
    names = ["cat", "cat", "cat 2", "cat 6", "man 16830"]
    scene = Scene(dict(enumerate(names, start=1)), frame_count=1)
    alphas = Everywhere(scene, 0.1, 0.03)
    parts, notes = crypto_of(scene, alphas, tmp_path)
    assert list(parts) == ["cat", "cat 2 2", "cat 2", "cat 6", "man 16830 5"]
    np.testing.assert_allclose(list(parts.values()), list(alphas.parts.values()), atol=1e-6)
    assert notes == tuple(
        f"object {o} is called '{told}' in the files, since another is called '{name}' or has the same id"
        for o, name, told in ((2, "cat", "cat 2 2"), (5, "man 16830", "man 16830 5"))
    )


def test_an_object_on_no_frame_is_named_and_covers_nothing(tmp_path: Path) -> None:
    scene = SCENES["nothing on any frame"]
    parts, notes = crypto_of(scene, scene.order(tmp_path / "other").alphas, tmp_path)
    assert (parts, notes) == ({"ghost": 0}, ())


@given(
    alphas=arrays(np.float32, st.tuples(st.integers(1, 9), st.just(2), st.just(3)), elements=PARTS),
    count=st.integers(1, 6),
)
def test_ranks_are_the_largest_parts_in_order(alphas: NDArray[np.float32], count: int) -> None:
    ranks = Ranks((2, 3), count)
    for place, alpha in enumerate(alphas, start=1):
        ranks.add(np.float32(place), alpha)
    ranked, lost = ranks.ranked()
    shares = alphas / np.maximum(alphas.sum(axis=0), 1)
    largest = -np.sort(-shares, axis=0)
    kept = min(count, len(alphas))
    np.testing.assert_allclose(ranked[1::2][:kept], largest[:kept], atol=1e-6)
    assert not ranked[2 * kept :].any()
    assert abs(lost - largest[kept:].sum(axis=0).max(initial=0)) < 1e-5
    ids = ranked[::2].astype(int)
    assert ((ids == 0) == (ranked[1::2] == 0)).all()
    for row, column in np.ndindex(2, 3):
        found = [id_ for id_ in ids[:, row, column] if id_]
        assert len(set(found)) == len(found)
        np.testing.assert_allclose(
            [shares[id_ - 1, row, column] for id_ in found],
            ranked[1::2, row, column][: len(found)],
            atol=1e-6,
        )


def test_masks_that_overlap_share_their_pixels(tmp_path: Path) -> None:
    scene = SCENES["odd size"]
    order = exported(scene, "cryptomatte", tmp_path)
    coverage = cryptomatte(order.path / "00000.exr")
    total = sum(coverage.values())
    assert total.max() <= 1 + 1e-6  # type: ignore[union-attr]
    both = scene.mask(0, 1) & scene.mask(0, 2)
    assert both.any()
    assert (coverage["ball"][both] > 0.3).all()
    assert (coverage["box"][both] > 0.3).all()


@pytest.mark.parametrize(
    ("text", "bits"),
    [("", 0), ("test", 0xBA6BD213), ("Hello, world!", 0xC0363E43)],
)
def test_murmur_gives_the_published_hashes(text: str, bits: int) -> None:
    assert murmur3_32(text.encode()) == bits


@given(NAMES)
def test_ids_are_plain_numbers(name: str) -> None:
    value = object_hash(name)
    assert np.isfinite(value)
    assert abs(value) >= np.finfo(np.float32).tiny


@given(st.lists(NAMES, max_size=30))
def test_layers_and_names_are_told_apart_whatever_objects_are_called(names: list[str]) -> None:
    objects = dict(enumerate(names, start=1))
    layers = list(layer_names(objects).values())
    assert len({each.lower() for each in layers}) == len(objects)
    assert all(
        each.isascii() and each.replace("_", "a").isalnum() and not each[0].isdigit() for each in layers
    )
    assert len(set(distinct_names(objects).values())) == len(objects)


def test_fill_and_matte_are_pairs_of_files(tmp_path: Path) -> None:
    scene = SCENES["one frame"]
    order = exported(scene, "fill-and-matte", tmp_path)
    fill = cv2.imread(str(order.path / "fill" / "00000.png"), cv2.IMREAD_UNCHANGED)[:, :, ::-1]
    matte = cv2.imread(str(order.path / "matte" / "00000.png"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(fill, scene.image(0).astype(np.uint16) * 257)
    np.testing.assert_allclose(matte / 65535, scene.alpha(0), atol=1e-5)


def test_despill_takes_the_screen_from_edges_alone() -> None:
    image = np.full((40, 40, 3), (90, 200, 70), np.uint8)
    alpha = np.zeros((40, 40), np.float32)
    alpha[4:36, 4:36], alpha[5:35, 5:35] = 0.5, 1
    mended = EDGE_COLOURS.build("despill-green")(image, alpha)
    assert mended[4, 20].tolist() == mended[8, 20].tolist() == [90, 80, 70]
    assert mended[20, 20].tolist() == mended[0, 0].tolist() == [90, 200, 70]
    np.testing.assert_array_equal(EDGE_COLOURS.build("picture")(image, alpha), image)
    with pytest.raises(InputError, match="unknown edge colour 'red'; choose one of own"):
        Extract(edge_colours="red")


@pytest.mark.parametrize(
    ("naming", "expected"),
    [
        (Naming(), "00012.png"),
        (Naming(1001, 4), "1001.png"),
        (Naming(0, 3, "{project}_{object}_{form}.{frame}"), "my clip_all_rgba.000.png"),
        (Naming(1001, 4, "{form}/v1-{frame}"), "rgba/v1-1001.png"),
    ],
)
def test_frames_are_named_as_somebody_wants_them(naming: Naming, expected: str) -> None:
    names = FrameNames(naming, 12, "my clip", "rgba")
    assert names.path(12, "{frame}", ".png") == expected


@pytest.mark.parametrize(
    "template", ["no number", "{frame}/../x", "/{frame}", "{shot}{frame}", "{frame}:", "a\\{frame}"]
)
def test_a_name_that_cannot_be_is_refused(template: str) -> None:
    with pytest.raises(InputError, match="cannot name"):
        Naming(template=template)


def test_numbers_and_handles_of_an_export(tmp_path: Path) -> None:
    from tests.track_anything.drawn_frames import draw

    clip = MovingShapes(frame_count=8)
    with Session.create(draw(tmp_path / "clip", clip), tmp_path / "project", fake_models) as session:
        x, y = clip.centre(0)
        session.click(frame=0, object_id=session.add_object("ball / 2"), x=x, y=y)
        session.track().run()
        named = Naming(1001, 4, "{object}/{project}_{form}.{frame}")
        extract = Extract(frames=(2, 6), handles=3, naming=named)
        for _ in range(2):  # the second one replaces the first
            export = session.export("binary", tmp_path / "out", extract=extract, overwrite=True)
            export.run()
        folder = tmp_path / "out" / "001-ball _ 2"
        assert [p.name for p in sorted(folder.iterdir())] == [
            f"clip_binary.{n}.png" for n in range(1001, 1009)
        ]
        assert "of 3 frames of handles the video has 2 before and 2 after" in export.notes
        manifest = json.loads(manifest_path(tmp_path / "out").read_text())
        assert (manifest["frames"], manifest["handles"], manifest["first_number"]) == ([0, 8], [2, 2], 1001)
        mask = cv2.imread(str(folder / "clip_binary.1004.png"), cv2.IMREAD_UNCHANGED) > 0
        np.testing.assert_array_equal(mask, session.label_map(3) == 1)
        with pytest.raises(InputError, match="cannot name files of single objects: it needs {object}"):
            session.export("soft", tmp_path / "other", extract=Extract(naming=Naming(template="{frame}")))
        session.export("exr-layers", tmp_path / "layers", extract=extract_of_layers()).run()
        told = json.loads(manifest_path(tmp_path / "layers").read_text())
        assert told["layers"] == {"ball_2": "ball / 2"}
        assert told["edge_colours"] == "own"
        assert (tmp_path / "layers" / "clip.1001.exr").is_file()


def extract_of_layers() -> Extract:
    return Extract(frames=(0, 2), naming=Naming(1001, 4, "{project}.{frame}"), edge_colours="own")
