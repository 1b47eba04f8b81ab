"""A child that does rows: ``python -m track_anything.collection.batch.child``, told by lines of JSON."""

import signal

from track_anything.collection.batch.hand import Duty, outcome_to_json, row_from_json
from track_anything.collection.batch.row_worker import RowWorker
from track_anything.collection.batch.settings import NetworksError
from track_anything.video.child.channel import Channel


def main() -> None:
    """Do rows until the parent ends, which ends this process at once, in the middle of a row too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to hear
    channel = Channel()
    worker: RowWorker | None = None
    while True:
        asked = channel.receive()
        if "duty" in asked:
            worker = Duty.from_json(asked["duty"]).worker()
        elif worker is not None:
            row = row_from_json(asked["row"])
            try:
                outcome = worker.do(
                    row, asked["key"], lambda frames: channel.send(frames=frames, peak=_peak())
                )
            except NetworksError as error:
                channel.send(networks=str(error))
            else:
                channel.send(outcome=outcome_to_json(outcome), peak=_peak())


def _peak() -> int:
    """Bytes of memory that this process has held at most; 0 where the system does not tell."""
    try:
        import resource  # not on every system
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
