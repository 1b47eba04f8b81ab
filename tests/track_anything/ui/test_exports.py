"""What is exported from the editor comes as one file."""

import csv
import itertools
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.track_anything.pointing import at
from track_anything.errors import InputError
from track_anything.export import EXPORTERS, MANIFEST_SUFFIX, manifest_path
from track_anything.masks import read_label_map
from track_anything.session import Session
from track_anything.system.lifecycle import Job, JobStatus
from track_anything.testing import MovingShapes, fake_models
from track_anything.ui.exports import Delivery, exported_files
from track_anything.ui.work import Work
from track_anything.ui.workspace import Entry

CLIP = MovingShapes(frame_count=4, height=32, width=48)


@pytest.fixture
def entry(tmp_path: Path) -> Entry:
    source = tmp_path / "frames"
    source.mkdir()
    for frame in range(len(CLIP)):
        PIL.Image.fromarray(CLIP.frame(frame)).save(source / f"{frame:05}.png")
    return Entry("0" * 12, tmp_path, "my.cat v2", source, tmp_path / "project")


@pytest.fixture
def session(entry: Entry) -> Iterator[Session]:
    with Session.create(entry.source, entry.project, fake_models) as session:
        session.click(frame=0, object_id=session.add_object("cat"), **at(CLIP.centre(0)))
        session.track().run()
        yield session


def deliver(session: Session, form: str, entry: Entry) -> Delivery:
    delivery = Delivery(session, form, entry)
    for _ in Work(delivery.stages()):
        assert delivery.file.name not in exported(entry)
    return delivery


def exported(entry: Entry) -> list[str]:
    """What was made, manifests left out."""
    return sorted(path.name for path in entry.exports.iterdir() if not path.name.endswith(MANIFEST_SUFFIX))


def test_masks_come_as_one_zip_file_of_label_maps(session: Session, entry: Entry, tmp_path: Path) -> None:
    delivery = deliver(session, "masks", entry)
    assert exported(entry) == ["my.cat v2-masks.zip"]
    with zipfile.ZipFile(delivery.file) as archive:
        assert archive.testzip() is None
        frames = [f"my.cat v2-masks/{frame:05}.png" for frame in range(4)]
        assert archive.namelist() == [*frames, "my.cat v2-masks.manifest.json"]
        archive.extractall(tmp_path / "out")
    for frame in range(4):
        label_map = read_label_map(tmp_path / "out" / "my.cat v2-masks" / f"{frame:05}.png")
        np.testing.assert_array_equal(label_map, CLIP.label_map(frame))


@pytest.mark.parametrize("form", [form for form, each in EXPORTERS.items() if each.suffix])
def test_other_forms_come_as_one_file(session: Session, entry: Entry, form: str) -> None:
    delivery = deliver(session, form, entry)
    assert exported(entry) == [f"my.cat v2-{form}{EXPORTERS[form].suffix}"]
    assert delivery.file.stat().st_size > 0
    told = ("keep alpha within", "the splines have an IoU")  # always, of forms that lose something
    assert [note for note in delivery.notes if not any(part in note for part in told)] == []
    assert manifest_path(delivery.file).is_file()


def test_the_table_tells_how_every_mask_stands(session: Session, entry: Entry) -> None:
    with deliver(session, "confidence", entry).file.open(newline="") as file:
        assert [row["status"] for row in csv.DictReader(file)] == ["known", *["tracked"] * 3]


def test_an_export_shows_how_far_it_is(session: Session, entry: Entry) -> None:
    work = Work(Delivery(session, "masks", entry).stages())
    seen = [(work.stage, work.done, work.total) for _ in work]
    exporting = [("exporting", done, 4) for done in range(1, 5)]
    assert seen == exporting + [("packing", done, 5) for done in range(1, 6)]  # the manifest, too


def test_earlier_exports_stay(session: Session, entry: Entry) -> None:
    earlier = deliver(session, "sheet", entry).file
    content = earlier.read_bytes()
    session.project.undo()
    for _ in range(2):
        deliver(session, "sheet", entry)
        deliver(session, "masks", entry)
    assert exported(entry) == [
        "my.cat v2-masks-2.zip",
        "my.cat v2-masks.zip",
        "my.cat v2-sheet-2.png",
        "my.cat v2-sheet-3.png",
        "my.cat v2-sheet.png",
    ]
    assert earlier.read_bytes() == content


@pytest.mark.parametrize("form", ["gif", "", "../masks", "MASKS"])
def test_an_unknown_form_is_refused_and_the_known_ones_named(
    session: Session, entry: Entry, form: str
) -> None:
    with pytest.raises(InputError, match="unknown export form '.*'; choose one of masks, .*confidence"):
        Delivery(session, form, entry)
    assert not entry.exports.exists()


def test_without_an_object_there_is_nothing_to_export(session: Session, entry: Entry) -> None:
    while session.undo():
        continue
    with pytest.raises(InputError, match="nothing to export: add an object, click it and track it first"):
        Delivery(session, "masks", entry)
    assert exported(entry) == []


@pytest.mark.parametrize(
    ("form", "items"),
    [*itertools.product(EXPORTERS, [1, 4]), ("masks", 5), ("masks", 8)],  # masks are packed after that
)
def test_a_cancelled_export_leaves_nothing(session: Session, entry: Entry, form: str, items: int) -> None:
    delivery = Delivery(session, form, entry)
    iterator = iter(Work(delivery.stages()))
    for _ in range(items):
        next(iterator)
    iterator.close()  # type: ignore[attr-defined]  # a generator, as Job closes it
    assert exported(entry) == []


def test_a_failed_export_leaves_nothing_and_can_be_made_again(session: Session, entry: Entry) -> None:
    frame = entry.source / "00002.png"
    content = frame.read_bytes()
    frame.write_bytes(b"damaged")
    delivery = Delivery(session, "rgba", entry)
    job = Job(Work(delivery.stages()), total=0).start()
    with pytest.raises(InputError, match=r"00002\.png"):
        job.result()
    assert job.progress.status is JobStatus.FAILED
    assert exported(entry) == []
    frame.write_bytes(content)
    deliver(session, "rgba", entry)
    assert exported(entry) == ["my.cat v2-rgba.zip"]


def test_a_full_disk_while_packing_leaves_nothing(
    session: Session, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(archive: zipfile.ZipFile, path: Path, name: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", refuse)
    with pytest.raises(OSError, match="No space left"):
        deliver(session, "masks", entry)
    assert exported(entry) == []


def test_what_a_killed_export_left_behind_is_no_hindrance(session: Session, entry: Entry) -> None:
    left = entry.exports / "my.cat v2-masks"
    left.mkdir(parents=True)
    (left / "99999.png").touch()
    (entry.exports / "my.cat v2-masks.zip.partial").write_bytes(b"half")
    delivery = deliver(session, "masks", entry)
    assert exported(entry) == ["my.cat v2-masks.zip"]
    with zipfile.ZipFile(delivery.file) as archive:
        assert len(archive.namelist()) == 5


def test_the_name_of_a_project_leads_nowhere_else(session: Session, entry: Entry) -> None:
    sly = Entry(entry.id, entry.folder, "../../etc/.sly\0", entry.source, entry.project)
    assert deliver(session, "sheet", sly).file == entry.exports / "sly-sheet.png"


def test_a_file_that_goes_while_they_are_listed_is_left_out(
    entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry.exports.mkdir(parents=True)
    kept = entry.exports / "cat-sheet.png"
    kept.write_bytes(b"1234")
    gone = entry.exports / "cat-masks.json"  # of a folder, whose manifest was packed with it
    monkeypatch.setattr(Path, "glob", lambda *_: iter([gone, kept]))
    assert exported_files(entry) == {kept: 4}
