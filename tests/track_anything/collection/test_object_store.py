"""Results in an S3-compatible store that runs here; needs the packages moto[server] and s3fs."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.track_anything.collection.drawn import tree
from tests.track_anything.collection.test_batch import row_of
from tests.track_anything.collection.test_batch import run as run_batch
from track_anything.collection.batch.finished import Finished
from track_anything.collection.place import Place, fetch, stamp_of
from track_anything.errors import InputError

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    pytest.importorskip("s3fs", reason="needs s3fs")
    server_module = pytest.importorskip("moto.server", reason="needs moto[server]")
    import fsspec

    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    before = dict(fsspec.config.conf)
    fsspec.config.conf["s3"] = {
        "endpoint_url": f"http://{host}:{port}",
        "key": "test",
        "secret": "test",
    }
    try:
        fsspec.filesystem("s3").mkdir("labels")
        yield "s3://labels"
    finally:
        fsspec.config.conf.clear()
        fsspec.config.conf.update(before)
        server.stop()


def test_a_store_is_a_place_like_others(bucket: str, tmp_path: Path) -> None:
    place = Place(f"{bucket}/place")
    place.write("a/b.txt", b"one")
    (tmp_path / "c.bin").write_bytes(b"three")
    place.put(tmp_path / "c.bin", "a/c/d.bin")
    assert place.sizes("a") == {"b.txt": 3, "c/d.bin": 5}
    assert place.sha256("a/b.txt").startswith("7692c3ad3540bb80")
    with place.appearing("table.csv") as file:
        file.write(b"whole")
    assert place.read("table.csv") == b"whole"
    before = stamp_of(f"{bucket}/place/a/b.txt")
    place.write("a/b.txt", b"two")
    assert stamp_of(f"{bucket}/place/a/b.txt") != before
    assert fetch(f"{bucket}/place/a/b.txt", tmp_path / "here").read_bytes() == b"two"
    with pytest.raises(InputError, match="does not exist"):
        fetch(f"{bucket}/place/none", tmp_path / "here")
    place.remove("a")
    assert list(place.sizes()) == ["table.csv"]
    with pytest.raises(FileNotFoundError):
        place.read("a/b.txt")


def test_a_batch_from_and_to_a_store_whose_line_breaks(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = row_of(tmp_path)
    run_batch((row,), tmp_path / "alone")
    Place(f"{bucket}/films").put(Path(row.video), "film0.mkv")
    rows = (row_of(tmp_path, video=f"{bucket}/films/film0.mkv"),)
    put, sent = Place.put, 0

    def breaking(self: Place, source: Path, name: str) -> None:
        nonlocal sent
        sent += 1
        if sent > 2:
            raise OSError(104, "Connection reset by peer")
        put(self, source, name)

    monkeypatch.setattr(Place, "put", breaking)
    out = f"{bucket}/results"
    first = run_batch(rows, out, work=tmp_path / "work", results="none")
    assert Counter(each.kind.value for each in first.outcomes.values()) == {"failed": 1}
    monkeypatch.undo()
    there, whole = Place(out), Finished(Place(out))
    names = {name.split("/")[1] for name in there.sizes() if name.startswith("rows/")}
    assert len(names) == 1
    assert not any(whole.is_whole(name) for name in names)
    again = run_batch(rows, out, work=tmp_path / "work", retry_failed=True)
    assert again.outcomes[1].is_done
    alone = {name: data for name, data in tree(tmp_path / "alone").items() if name.startswith("rows/")}
    assert {name: there.read(name) for name in there.sizes() if name.startswith("rows/")} == alone
    assert run_batch(rows, out, work=tmp_path / "work").outcomes[1].kind.value == "kept"
