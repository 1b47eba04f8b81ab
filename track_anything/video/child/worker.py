"""A child process as its parent sees it: asked by lines of JSON, never believed, and ended when it fails."""

import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from track_anything.errors import InputError, OutputError, TrackAnythingError, VideoError
from track_anything.video.child.shared_file import SharedFile

PATIENCE = 120.0
"""Seconds in which a child has to say something, as that one more frame is done."""

DECODING = "track_anything.video.child.decoding:Decoding"

_HERE = Path(__file__).resolve().parents[3]  # where this package is found, installed or not
_LONGEST_LINE = 1 << 24  # bytes
_MOST_LINES = 4  # unheard; who says more waits in its pipe. Room for the last one and two ends, see ``close``
_LONGEST_TEXT = 2000  # characters of an error
_MEMORY = 6 << 30
_CAN_WAIT = hasattr(
    select, "poll"
)  # for room in a pipe; where systems cannot, who does not listen is waited for
_ERRORS: dict[str, type[TrackAnythingError]] = {
    error.__name__: error for error in (InputError, OutputError, VideoError)
}


class Worker:
    """One child process that decodes one source.

    Args:
        source: named in errors.
        patience: seconds of silence after which it is ended.
        memory: bytes of address space that it may use: the pictures that a decoder keeps of 8K, and the
            libraries.
        duty: ``module:class`` of what it is for; see ``Duty``.
        remedy: what to do about a source that cannot be decoded.

    Attributes:
        shared: where frames are handed over.
    """

    def __init__(
        self,
        source: Path,
        patience: float = PATIENCE,
        memory: int = _MEMORY,
        *,
        duty: str = DECODING,
        remedy: str = "convert the file to H.264 in MP4",
    ) -> None:
        self._source = source
        self._patience = patience
        self._remedy = remedy
        self.shared = SharedFile()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-P", "-m", "track_anything.video.child.main", str(memory), duty],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env=_environment(),
                pass_fds=self.shared.inherited,
            )
        except OSError as error:
            self.shared.close()
            raise VideoError(
                f"{source} cannot be read: no process can be started for it ({error.strerror}); close other "
                "programs"
            ) from error
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        assert self._process.stdout is not None  # noqa: S101 - likewise
        self._stdin = self._process.stdin
        if _CAN_WAIT:
            os.set_blocking(self._stdin.fileno(), False)
        self._is_closed = False
        self._lines: queue.Queue[bytes] = queue.Queue(_MOST_LINES)  # empty = it has ended
        said = os.fdopen(os.dup(self._process.stdout.fileno()), "rb")
        threading.Thread(target=self._listen, args=(said,), name="child", daemon=True).start()

    @property
    def patience(self) -> float:
        """Seconds in which it has to say something."""
        return self._patience

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def send(self, **message: Any) -> None:  # noqa: ANN401 - JSON
        """Tell it something; VideoError when it has ended, or does not listen for too long and was ended."""
        left = memoryview(json.dumps(message).encode() + b"\n")
        deadline = time.monotonic() + self._patience
        try:
            while left:
                written: int | None = self._stdin.write(left)
                if written is None:  # its pipe is full
                    self._wait_for_room(deadline)
                else:
                    left = left[written:]
        except (OSError, ValueError) as error:
            raise self._crashed() from error

    def answer(self, patience: float | None = None) -> dict[str, Any]:
        """What it says next.

        Raises:
            VideoError: it has crashed, or said nothing for too long and was ended.
            InputError: what it refused.
            OutputError: what it could not write.
        """
        seconds = self._patience if patience is None else patience
        try:
            message = json.loads(self._lines.get(timeout=seconds))
        except queue.Empty:
            raise self._hangs(seconds) from None
        except (ValueError, RecursionError):
            raise self._crashed() from None
        if not isinstance(message, dict):
            raise self._crashed()
        if "error" in message:
            kind = _ERRORS.get(str(message["error"]), VideoError)
            raise kind(" ".join(str(message.get("message"))[:_LONGEST_TEXT].split()))
        return message

    def nonsense(self) -> VideoError:
        """The error for an answer that cannot be; the child is ended."""
        self.close()
        return VideoError(f"{self._source} cannot be read: its decoder told nonsense; {self._remedy}")

    def ask(self, *, patience: float | None = None, **message: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Tell it something and hear what it says, in its usual patience or another one."""
        self.send(**message)
        return self.answer(patience)

    def close(self) -> None:
        """End it at once; closing twice is fine."""
        self._process.kill()
        self._process.wait()
        self._is_closed = True
        with suppress(queue.Empty):  # nobody listens any more, and so nothing may wait to be heard
            while True:
                self._lines.get_nowait()
        with suppress(queue.Full):  # but for who waits at this moment
            self._lines.put_nowait(b"")
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self.shared.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _listen(self, lines: BinaryIO) -> None:
        """Hand on what the child says, a line at a time."""
        try:
            with lines:
                while (line := lines.readline(_LONGEST_LINE)).endswith(b"\n") and not self._is_closed:
                    self._lines.put(line)
        finally:
            self._lines.put(b"")

    def _wait_for_room(self, deadline: float) -> None:
        waiting = select.poll()
        waiting.register(self._stdin, select.POLLOUT)
        if not waiting.poll(max(deadline - time.monotonic(), 0) * 1000):
            raise self._hangs(self._patience)

    def _hangs(self, seconds: float) -> VideoError:
        self.close()
        return VideoError(
            f"{self._source} cannot be read: its decoder did nothing for {seconds:.0f} s and was ended; "
            f"{self._remedy}"
        )

    def _crashed(self) -> VideoError:
        self._process.kill()
        code = self._process.wait()
        how = signal.strsignal(-code) if code < 0 else f"exit code {code}"
        return VideoError(
            f"{self._source} cannot be read: its decoder ended before its time ({how}); {self._remedy}, "
            "best at a smaller size"
        )


def _environment() -> dict[str, str]:
    """That of this process; the child finds the package where this process did, and computes nothing."""
    places = [str(_HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    # Memory of a frame is used again for the next one; glibc gives it back to the system otherwise.
    memory = {"MALLOC_MMAP_THRESHOLD_": str(1 << 25), "MALLOC_TRIM_THRESHOLD_": str(1 << 28)}
    quick = {"PYDANTIC_DISABLE_PLUGINS": "1"}  # it looks for some in every package that is installed
    return os.environ | threads | memory | quick | {"PYTHONPATH": os.pathsep.join(places)}
