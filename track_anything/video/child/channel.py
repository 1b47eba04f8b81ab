"""The pipe to the parent, as the child sees it."""

import json
import os
import queue
import sys
import threading
from typing import Any


class Channel:
    """Lines of JSON on the standard streams; whatever libraries print goes elsewhere.

    The child ends when its parent does: then there is nothing more to read.
    """

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        self._heard: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._unconfirmed = 0
        threading.Thread(target=self._listen, name="parent", daemon=True).start()

    def receive(self) -> dict[str, Any]:
        """What the parent says next."""
        return self._heard.get()

    @property
    def is_asked(self) -> bool:
        """Whether the parent has said something that was not received yet."""
        return not self._heard.empty()

    def send(self, **message: Any) -> None:  # noqa: ANN401 - JSON
        """Tell the parent something."""
        self._out.write(json.dumps(message).encode() + b"\n")

    def report(self, **message: Any) -> None:  # noqa: ANN401 - JSON
        """Tell the parent something that it confirms."""
        self.send(**message)
        self._unconfirmed += 1

    def wait_for(self, unconfirmed: int) -> None:
        """Wait until at most so many reports are not confirmed."""
        while self._unconfirmed > unconfirmed:
            self.receive()
            self._unconfirmed -= 1

    def start_anew(self) -> None:
        """Forget reports whose confirmation will not come."""
        self._unconfirmed = 0

    def _listen(self) -> None:
        for line in sys.stdin.buffer:
            self._heard.put(json.loads(line))
        os._exit(0)
