"""Mattes of a project: two soft discs that move over a pattern."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from track_anything.cli import main
from track_anything.errors import InputError
from track_anything.export import EXPORTERS, Extract, manifest_path
from track_anything.matting import UNKNOWN
from track_anything.matting.mattes import Mattes, Matting, band_of, trimap_of
from track_anything.project.edits import SetBand, Withdraw
from track_anything.session import Session
from track_anything.testing import fake_models
from track_anything.types import Image

SIZE = HEIGHT, WIDTH = 60, 90
RADIUS, SOFTNESS = 14, 6.0
COLOURS = {1: (220, 60, 40), 2: (40, 200, 70)}
QUICK = Matting("guided")


def true_alpha(frame: int, object_id: int) -> np.ndarray:
    """(H, W): a disc whose edge is soft; the two touch on every frame."""
    y, x = np.ogrid[:HEIGHT, :WIDTH]
    centre = (26 + 2 * frame, 30) if object_id == 1 else (26 + 2 * frame + 2 * RADIUS, 30)
    away = np.hypot(x - centre[0], y - centre[1])
    return np.clip((RADIUS - away) / SOFTNESS + 0.5, 0, 1).astype(np.float32)


def picture(frame: int) -> Image:
    rows, columns = np.ogrid[:HEIGHT, :WIDTH]
    image = np.repeat((110 + (rows // 8 + columns // 8) % 2 * 16)[..., None], 3, axis=2).astype(np.float64)
    for object_id, colour in COLOURS.items():
        alpha = true_alpha(frame, object_id)[..., None]
        image = alpha * np.array(colour) + (1 - alpha) * image
    return np.round(image).astype(np.uint8)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    source = tmp_path / "frames"
    source.mkdir()
    for frame in range(4):
        PIL.Image.fromarray(picture(frame)).save(source / f"{frame:05}.png")
    with Session.create(source, tmp_path / "project", fake_models) as session:
        for object_id in COLOURS:
            session.add_object()
            for frame in range(4):
                session.give_mask(frame=frame, object_id=object_id, mask=true_alpha(frame, object_id) > 0.5)
        yield session


def own_trimap(session: Session, band: float, flow: np.ndarray | None = None) -> np.ndarray:
    """That of object 1 on frame 0."""
    project = session.project
    return trimap_of(project.mask(0, 1), project.probability(0, 1), band=band, flow=flow)


def test_mattes_are_softer_than_masks_and_share_what_there_is(session: Session) -> None:
    mattes = Mattes(session.project, [1, 2], Matting())
    for frame in range(4):
        found = dict(mattes.alphas(frame, picture(frame)))
        assert list(found) == [1, 2]
        assert sum(found.values()).max() <= 1 + 1e-6  # type: ignore[union-attr]
        for object_id, matte in found.items():
            truth = true_alpha(frame, object_id)
            mask = session.project.mask(frame, object_id).astype(np.float32)
            assert np.abs(matte - truth).mean() < 0.75 * np.abs(mask - truth).mean()


def test_an_object_that_is_not_there_has_an_empty_matte(session: Session) -> None:
    session.give_mask(frame=1, object_id=2, mask=np.zeros(SIZE, bool))
    mattes = Mattes(session.project, [2], Matting())
    for frame, is_there in enumerate((True, False, True)):
        ((_, matte),) = mattes.alphas(frame, picture(frame))
        assert matte.shape == SIZE
        assert matte.any() == is_there


def test_a_cutout_has_the_objects_colours_where_the_background_showed_through(session: Session) -> None:
    cutout = Mattes(session.project, [1], Matting()).cutout(0, picture(0))
    half = (cutout.alpha > 0.3) & (cutout.alpha < 0.7) & (true_alpha(0, 2) == 0)
    assert half.sum() > 20
    wrong = {
        name: np.abs(image[half].astype(int) - COLOURS[1]).mean()
        for name, image in (("picture", picture(0)), ("cutout", cutout.colours))
    }
    assert wrong["cutout"] < 0.4 * wrong["picture"]


def test_mattes_are_smoothed_between_known_frames_alone(session: Session) -> None:
    def mattes(matting: Matting) -> list[np.ndarray]:
        source = Mattes(session.project, [1], matting)
        return [next(source.alphas(frame, picture(frame)))[1] for frame in range(4)]

    stable, alone = mattes(QUICK), mattes(Matting("guided", is_stabilised=False))
    np.testing.assert_array_equal(stable, alone)  # all frames are known
    session.edit(Withdraw(1, 1, 3))
    session.track().run()
    assert not session.project.claim(1, 1).is_known
    stable, alone = mattes(QUICK), mattes(Matting("guided", is_stabilised=False))
    is_same = [np.array_equal(one, other) for one, other in zip(stable, alone, strict=True)]
    assert is_same == [True, False, False, True]


def test_the_band_is_as_wide_as_the_project_says(session: Session) -> None:
    def unknown() -> int:
        band = band_of(session.project, 1)
        return int((own_trimap(session, band) == UNKNOWN).sum())

    assert band_of(session.project, 1) == 4  # a fortieth of the frame would be less
    narrow = unknown()
    session.edit(SetBand(1, 12))
    assert unknown() > 2 * narrow
    session.undo()
    assert unknown() == narrow
    with pytest.raises(InputError, match="a band cannot be 0 pixels wide: give a width from 1 to 1000"):
        session.edit(SetBand(1, 0))


def test_a_chosen_band_is_kept_with_the_project(session: Session) -> None:
    session.edit(SetBand(2, 7.5))
    session.close()
    with Session.open(session.project.folder, fake_models) as again:
        assert band_of(again.project, 2) == 7.5
        assert band_of(again.project, 1) == 4


def test_motion_widens_the_band(session: Session) -> None:
    flow = np.zeros((*SIZE, 2), np.float32)
    still = own_trimap(session, 4, flow)
    fast = own_trimap(session, 4, flow + 8)
    assert (fast == UNKNOWN).sum() > 1.3 * (still == UNKNOWN).sum()


@pytest.mark.parametrize("form", [form for form, each in EXPORTERS.items() if each.has_alpha])
def test_every_form_with_alpha_takes_mattes_and_says_so(session: Session, tmp_path: Path, form: str) -> None:
    suffix = EXPORTERS[form].suffix
    places = {name: tmp_path / f"{name}{suffix}" for name in ("python", "command", "plain")}
    session.export(form, places["plain"]).run()
    session.export(form, places["python"], extract=Extract(matting=Matting("guided", 9))).run()
    session.close()
    project, out = str(session.project.folder), str(places["command"])
    arguments = ["export", project, "--format", form, "--output", out, "--matte", "guided", "--band", "9"]
    assert main(arguments) == 0
    assert contents(places["python"]) == contents(places["command"]) != contents(places["plain"])
    alpha = json.loads(manifest_path(places["command"]).read_text())["alpha"]
    assert alpha == {"matte": "guided", "stabilised": True, "bands": {"1": 9.0, "2": 9.0}}
    plain = json.loads(manifest_path(places["plain"]).read_text())["alpha"]
    assert plain == "probability"


def contents(export: Path) -> list[bytes]:
    files = [export] if export.is_file() else sorted(path for path in export.rglob("*") if path.is_file())
    return [path.read_bytes() for path in files]


def test_forms_without_alpha_refuse_mattes(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'masks' has no alpha .*choose one of soft, soft-8, rgba"):
        session.export("masks", tmp_path / "out", extract=Extract(matting=QUICK))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [({"method": "magic"}, "unknown matting method 'magic'"), ({"band": 0.0}, "cannot be 0.0 pixels wide")],
)
def test_mattes_that_cannot_be_made_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Matting(**options)  # type: ignore[arg-type]


def test_blocks_are_not_looked_at_but_the_colours_handed_out_are_the_frames_own(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    coded = BytesIO()
    PIL.Image.fromarray(picture(0)).save(coded, format="JPEG", quality=5)
    image = np.array(PIL.Image.open(coded).convert("RGB"))
    cutout = Mattes(session.project, [1], Matting()).cutout(0, image)
    np.testing.assert_array_equal(cutout.colours[cutout.alpha == 1], image[cutout.alpha == 1])
    monkeypatch.setattr("track_anything.matting.mattes.guidance", lambda image: image)
    assert (Mattes(session.project, [1], Matting()).cutout(0, image).alpha != cutout.alpha).any()
