"""Each family of choices is one table: a toy is added in one line, and then found by its name."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.track_anything.drawn_frames import draw
from tests.track_anything.pointing import at
from track_anything.cli import main
from track_anything.errors import InputError
from track_anything.export import EXPORTERS, Extract, Form
from track_anything.export.texts.text_file import TextFile
from track_anything.inpaint import STILL_METHODS, FlowInpainter
from track_anything.matting import Matte, Matting, Trimap
from track_anything.matting.build import MATTERS
from track_anything.matting.matter import SingleFrames
from track_anything.models import FLOW_METHODS, SEGMENTERS, TRACKERS, load_flow_method, load_models
from track_anything.models.network_choice import NetworkChoice
from track_anything.session import Session
from track_anything.testing import ColourSegmenter, MovingShapes, ShiftingPropagator, fake_models
from track_anything.types import Choice, Choices, FrameIndex, Image, Mask
from track_anything.video.motion import DenseInverseSearch

CLIP = MovingShapes(frame_count=4, height=48, width=64)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session.create(draw(tmp_path / "clip", CLIP), tmp_path / "project", fake_models) as session:
        session.click(frame=0, object_id=session.add_object("disc"), **at(CLIP.centre(0)))
        session.track().run()
        yield session


class Areas(TextFile):
    """A line per frame: how large everything is."""

    def _opening(self) -> str:
        return ""

    def _of_frame(self, index: FrameIndex) -> str:
        return "".join(f"{index} {self._order.masks.mask(index, o).sum()}\n" for o in self._order.objects)


def whole(image: Image, trimap: Trimap, prior: Matte | None) -> Matte:
    return np.ones(image.shape[:2], np.float32)


def reddened(image: Image, hole: Mask) -> Image:
    return np.where(hole[..., None], np.uint8([255, 0, 0]), image)


class Standstill(DenseInverseSearch):
    name = "standstill"


def test_a_segmenter_and_a_tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SEGMENTERS, "toy", NetworkChoice(lambda *_: ColourSegmenter(), "one colour"))
    monkeypatch.setitem(TRACKERS, "toy", NetworkChoice(lambda _: ShiftingPropagator, "one shift"))
    models = partial(load_models, segmenter="toy", tracker="toy", device="cpu", refine=False)
    with Session.create(draw(tmp_path / "clip", CLIP), tmp_path / "project", models) as session:
        session.click(frame=0, object_id=session.add_object(), **at(CLIP.centre(0)))
        session.track().run()
        truth = CLIP.label_map(3) == 1
        assert ((session.label_map(3) == 1) ^ truth).sum() < 0.1 * truth.sum()


def test_an_exporter(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXPORTERS, "toy", Form(lambda o: Areas(o, ".txt"), "areas", suffix=".txt"))
    session.export("toy", tmp_path / "areas.txt").run()
    told = [line.split() for line in (tmp_path / "areas.txt").read_text("utf-8").splitlines()]
    assert [[int(frame), int(area)] for frame, area in told] == [
        [frame, session.project.mask(frame, 1).sum()] for frame in range(4)
    ]
    project = session.project.folder
    session.close()
    command = ["export", str(project), "--format", "toy", "--output", str(tmp_path / "again.txt")]
    assert main(command) == 0
    assert (tmp_path / "again.txt").read_bytes() == (tmp_path / "areas.txt").read_bytes()


def test_a_matter(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extract = Extract(matting=Matting("guided"))
    sure = made(session, tmp_path / "guided", extract)
    monkeypatch.setitem(MATTERS, "toy", Choice(lambda: SingleFrames(whole), "all of it"))
    assert made(session, tmp_path / "toy", Extract(matting=Matting("toy"))) > sure


def made(session: Session, folder: Path, extract: Extract) -> float:
    """The mean level of the alpha of an export."""
    session.export("soft-8", folder, extract=extract).run()
    levels = [np.array(PIL.Image.open(path)).mean() for path in sorted(folder.rglob("*.png"))]
    return float(np.mean(levels))


def test_a_flow_method_and_an_inpainting_method(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        FLOW_METHODS, "toy", NetworkChoice(lambda *_: Standstill(), "standstill", takes_weights=False)
    )
    monkeypatch.setitem(STILL_METHODS, "toy", Choice(lambda: reddened, "red"))
    motion = load_flow_method("toy", device="cpu")
    assert motion.name == "standstill"
    never_seen = np.zeros(session.project.size, np.bool_)
    never_seen[10:40, 15:50] = True
    for frame in range(4):
        session.give_mask(frame=frame, object_id=1, mask=never_seen)
    session.remove_objects(tmp_path / "out", FlowInpainter(still="toy", motion=motion)).run()
    with PIL.Image.open(tmp_path / "out" / "00002.png") as picture:
        assert np.array(picture)[25, 32].tolist() == [255, 0, 0]
    with pytest.raises(InputError, match="standstill takes no weights: leave out --weights"):
        load_flow_method("toy", weights=tmp_path / "w.pth")


def test_a_table_names_what_it_holds_and_what_an_extra_needs() -> None:
    table: Choices[Choice[[int], int], [int], int] = Choices(
        "sum",
        {"twice": Choice(lambda n: 2 * n, "two of it"), "far": Choice(lambda n: n, "", "no_such", "far")},
    )
    assert table.build("twice", 4) == 8
    assert table.usable() == ["twice"]
    with pytest.raises(InputError, match="unknown sum 'thrice'; choose one of twice, far"):
        table.check("thrice")
    with pytest.raises(InputError, match=r"the sum far needs no_such: pip install 'track-anything\[far\]'"):
        table.build("far", 1)
