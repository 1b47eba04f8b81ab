"""Batches on a Ray cluster of two nodes on this machine, one of which is lost; needs the extra `ray`."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.track_anything.collection.drawn import SETTINGS, tree, write_table
from tests.track_anything.collection.test_batch import names_in, row_of
from tests.track_anything.collection.test_batch import run as run_batch
from tests.track_anything.conftest import Run
from track_anything.collection.batch import Batch
from track_anything.collection.batch.finished import Finished
from track_anything.collection.batch.ray_hand import Cluster
from track_anything.collection.batch.row_worker import LOG
from track_anything.collection.place import Place
from track_anything.collection.table import read_table

_ROOT = Path(__file__).parents[3]


@dataclass
class Nodes:
    """Two nodes, each with a processor.

    Attributes:
        address: of the first.
        second: the process that the second one lives in.
    """

    address: str
    second: subprocess.Popen[bytes]


@pytest.fixture
def nodes() -> Iterator[Nodes]:
    ray = pytest.importorskip("ray", reason="needs Ray: pip install 'track-anything[ray]'")
    places = os.pathsep.join([str(_ROOT), str(Path(ray.__file__).parents[1]), *filter(None, sys.path)])
    environment = os.environ | {
        "PYTHONPATH": places,
        "RAY_raylet_start_wait_time_s": "120",
        "RAY_AUTH_MODE": "disabled",  # newer ones ask for a token that they make themselves
    }

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--disable-usage-stats"]
        own = ["--node-ip-address=127.0.0.1", "--num-cpus=1", "--object-store-memory=80000000"]
        return subprocess.Popen(
            [*command, *own, *arguments],
            env=environment,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )

    place = tempfile.mkdtemp(prefix="ray-")  # short: names of sockets have at most 107 characters
    port, said = free_port(), (Path(place) / "said.txt").open("wb")
    address = f"127.0.0.1:{port}"
    started = [start("--head", f"--port={port}", "--include-dashboard=false", f"--temp-dir={place}")]
    try:
        join(ray, port, 1, Path(said.name))
        started.append(start(f"--address={address}"))
        join(ray, port, 2, Path(said.name))
        yield Nodes(address, started[1])
    finally:
        ray.shutdown()
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        said.close()
        shutil.rmtree(place, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def join(ray: object, port: int, cpus: int, said: Path) -> None:
    """Wait until the cluster has so many processors."""
    address = f"127.0.0.1:{port}"
    for _ in range(480):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                pass  # an answer that is waited for in vain takes Ray most of a minute
            if not ray.is_initialized():  # type: ignore[attr-defined]
                ray.init(address, _node_ip_address="127.0.0.1", log_to_driver=False)  # type: ignore[attr-defined]
            if ray.cluster_resources().get("CPU", 0) >= cpus:  # type: ignore[attr-defined]
                return
        except (OSError, RuntimeError):
            pass
        time.sleep(0.5)  # nothing tells when a node has come
    pytest.fail(f"{cpus} nodes of the cluster did not come up in time: {said.read_text()[-2000:]}")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_node_is_lost_in_the_middle_and_the_files_are_the_same(tmp_path: Path, nodes: Nodes) -> None:
    rows = tuple(row_of(tmp_path, place) for place in range(12))
    run_batch(rows, tmp_path / "alone")
    out = tmp_path / "cluster"
    batch = Batch(rows, out, SETTINGS, workers=2, new_hand=Cluster.join(nodes.address).new_hand)
    killing = threading.Event()
    for done, outcome in enumerate(batch, start=1):
        assert outcome.is_done, outcome.reason
        if done == 4 and not killing.is_set():
            killing.set()
            os.killpg(nodes.second.pid, signal.SIGKILL)
    assert killing.is_set()
    assert tree(out) == tree(tmp_path / "alone")
    again = Counter(names_in(out / ".work" / LOG))
    assert sum(count > 1 for count in again.values()) <= 1, "only the row in hand was begun again"


DRIVE = """
import sys
from tests.track_anything.collection.drawn import SETTINGS
from track_anything.collection.batch import Batch
from track_anything.collection.batch.ray_hand import Cluster
from track_anything.collection.table import read_table

new_hand = Cluster.join(sys.argv[3]).new_hand
for _ in Batch(read_table(sys.argv[1]).rows, sys.argv[2], SETTINGS, workers=2, new_hand=new_hand):
    pass
"""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_driver_is_killed_and_the_next_one_ends_with_the_same_files(tmp_path: Path, nodes: Nodes) -> None:
    table = write_table(tmp_path, 10, broken=1)
    run_batch(read_table(str(table)).rows, tmp_path / "alone")
    out = tmp_path / "cluster"
    begun = out / ".work" / LOG
    command = [sys.executable, "-c", DRIVE, str(table), str(out), nodes.address]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)])}
    driver = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while driver.poll() is None and len(names_in(begun)) < 4:
        time.sleep(0.01)  # nothing tells when a row is begun
    assert driver.poll() is None, "it ended before it could be killed"
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    whole = Finished(Place(out))
    finished = {path.name for path in (out / "rows").glob("*") if whole.is_whole(path.name)}
    before = Counter(names_in(begun))
    assert subprocess.run(command, env=environment, check=False).returncode == 0
    after = Counter(names_in(begun))
    assert tree(out) == tree(tmp_path / "alone")
    assert all(after[name] == before[name] for name in finished), "a finished row was done again"
    assert sum(after[name] > 1 for name in after) <= 2, "only the rows in hand were begun again"


def test_without_ray_the_command_says_what_to_install(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("track_anything.collection.batch.ray_hand.find_spec", lambda name: None)
    (tmp_path / "table.csv").write_text('video,click\na.mp4,"1,2"\n')
    code, _, errors = run("batch", tmp_path / "table.csv", "--out", tmp_path / "out", "--cluster", "auto")
    assert code == 2
    assert "a cluster needs Ray: pip install 'track-anything[ray]'" in errors
