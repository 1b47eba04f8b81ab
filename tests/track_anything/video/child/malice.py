"""Children that a stranger's video has taken over: duties that tests begin."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from track_anything.video.child.channel import Channel
from track_anything.video.child.decoding import Decoding

if sys.platform == "linux":
    import fcntl


class Cutting(Decoding):
    """Cuts off the memory that it shares, while its parent reads there."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self._pipe = channel

    def answer(self, request: dict[str, Any]) -> None:
        if request["do"] in ("frame", "frames"):
            with suppress(OSError):
                os.ftruncate(int(request["ring"]), 0)
                self._pipe.send(slot=0, is_deep=False)
                return
        super().answer(request)


class Sealing(Decoding):
    """Makes sure that its parent can do nothing with the memory that they share."""

    def answer(self, request: dict[str, Any]) -> None:
        if sys.platform == "linux" and request["do"] == "open":
            for path in Path("/proc/self/fd").iterdir():
                with suppress(OSError):
                    if "track-anything-frames" in str(path.readlink()):
                        fcntl.fcntl(int(path.name), fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW)
        super().answer(request)


class Flooding:
    """Says more than anybody has asked for, or what nobody can read."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def answer(self, request: dict[str, Any]) -> None:
        if request["do"] == "nest":
            os.write(self._channel._out.fileno(), b"[" * 60_000 + b"\n")
        while request["do"] == "flood":
            self._channel.send(done=1, total=None, padding="x" * 10_000)
