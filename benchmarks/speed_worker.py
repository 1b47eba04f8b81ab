"""One way to run the product, in a process of its own: ``benchmarks/speed.py`` starts it and gives it turns.

It knows nothing but the public face of ``track_anything``, so that another checkout can be put before it on
the path and take turns with this one.
"""

import inspect
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import numpy as np

STAGES = {
    "read": ["track_anything.video.frame_store:FrameStore.frame"],
    "look": ["tracker.xmem_propagator:_XMemFrames.look_at"],
    "recall": ["tracker.memory_bank:MemoryBank.match", "tracker.memory_bank:MemoryBank.readout"],
    "draw": ["tracker.xmem_propagator:_XMemFrames.segment"],
    "remember": ["tracker.xmem_propagator:_XMemFrames.encode_value"],
    "watch": [
        "track_anything.drift.monitor:DriftMonitor.check",
        "track_anything.drift.monitor:DriftMonitor.vouch",
    ],
    "embed": ["track_anything.models.embeddings:CachedSegmenter.embed"],
    "answer": ["track_anything.models.embeddings:CachedSegmenter.predict"],
    "write": ["track_anything.project.project:Project.write_pass"],
    "save": ["track_anything.tracking.checkpoints:Checkpoints.save"],
}
"""What is timed inside tracking, by the methods that do it; one that a checkout lacks is not timed there."""


class Stopwatch:
    """Adds up seconds by stage, on whatever thread they pass.

    Args:
        clock: seconds now; of the thread alone where one computes everything, so that a busy machine counts
            for nothing.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.seconds: dict[str, float] = {}
        self._clock = clock
        self._adding = Lock()

    @contextmanager
    def timing(self, stage: str) -> Iterator[None]:
        """Count what happens inside for a stage."""
        started = self._clock()
        try:
            yield
        finally:
            with self._adding:
                self.seconds[stage] = self.seconds.get(stage, 0.0) + self._clock() - started

    def watch(self, stage: str, where: str) -> None:
        """Time every call of a method, given as ``module:Class.method``."""
        module, _, path = where.partition(":")
        owner_name, _, name = path.partition(".")
        try:
            owner = getattr(import_module(module), owner_name)
            method: Callable[..., Any] = getattr(owner, name)
        except (ImportError, AttributeError):
            return

        def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the method is
            with self.timing(stage):
                return method(*args, **kwargs)

        setattr(owner, name, timed)


def run(order: dict[str, Any], models: Any, stopwatch: Stopwatch, clip: Path, masks: str) -> dict[str, Any]:  # noqa: ANN401
    """The whole product on one clip: opened, tracked from the masks of that name, written and exported."""
    from track_anything import Session

    stopwatch.seconds.clear()
    with np.load(order["masks"]) as saved:
        label_map = saved[masks]  # (H, W)
    started, began_computing = time.perf_counter(), time.process_time()
    with TemporaryDirectory() as folder:
        with stopwatch.timing("open"):
            session = Session.create(clip, Path(folder) / "project", lambda: models)
        with session:
            for object_id in range(1, order["objects"] + 1):
                own = session.add_object()
                session.give_mask(frame=0, object_id=own, mask=label_map == object_id)
            with stopwatch.timing("track"):
                session.track().run()
            with stopwatch.timing("export"):
                session.export("masks", Path(folder) / "masks").run()
            frames = len(session.video)
    seconds = dict(stopwatch.seconds)
    tracked = seconds.pop("track")
    inside = sum(value for stage, value in seconds.items() if stage in STAGES)
    return {
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - began_computing,
        "frames": frames,
        "tracked": tracked,
        "stages": seconds | {"rest": max(0.0, tracked - inside)},
        "peak_mib": _peak_mib(),
        "engine": getattr(models, "engine", "torch"),
        "precision": getattr(models, "precision", "float32"),
    }


def main() -> None:
    """Load the networks, warm them up, then run once per line on standard input."""
    import torch

    from track_anything import load_models

    order = json.loads(sys.argv[1])
    torch.set_num_threads(order["threads"])
    known = inspect.signature(load_models).parameters
    chosen = {name: order[name] for name in ("preset", "engine", "precision") if name in known}
    models = load_models(device="cpu", **chosen)
    stopwatch = Stopwatch(time.thread_time if order["threads"] == 1 else time.perf_counter)
    for stage, places in STAGES.items():
        for where in places:
            stopwatch.watch(stage, where)
    run(order, models, stopwatch, Path(order["warm_up"]), "warm_up")
    _tell({"ready": True})
    for _ in sys.stdin:
        _tell(run(order, models, stopwatch, Path(order["clip"]), "label_map"))


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _peak_mib() -> float:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


if __name__ == "__main__":
    main()
