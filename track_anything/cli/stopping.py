"""Being asked to end: SIGTERM and SIGHUP end a command as Ctrl-C does."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

EXIT_INTERRUPTED = 130
_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Stopped(KeyboardInterrupt):
    """The process was asked to end; what catches Ctrl-C catches it.

    Attributes:
        code: what the process is to answer, 128 and the signal's number.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = 128 + number


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Raise ``Stopped`` in the block when such a signal comes, unless it was ignored before (nohup)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.getsignal(each) for each in _SIGNALS}
    heard = [each for each, handler in before.items() if handler == signal.SIG_DFL]
    for each in heard:
        signal.signal(each, _stop)
    try:
        yield
    finally:
        for each in heard:
            signal.signal(each, signal.SIG_DFL)


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the system's own signature
    raise Stopped(number)
