"""The child: ``python -m track_anything.video.child.main``, which does what its parent asks for."""

import sys
from importlib import import_module
from typing import Any, Protocol

from track_anything.errors import TrackAnythingError
from track_anything.video.child.channel import Channel


class Duty(Protocol):
    """What a child is for."""

    def answer(self, request: dict[str, Any]) -> None:
        """Do what is asked for and say so through the channel; errors of the product are told by ``main``."""
        ...


def main() -> None:
    """Answer requests until the parent ends."""
    memory, place = int(sys.argv[1]), sys.argv[2]
    _limit_memory(memory)
    channel = Channel()
    module, _, name = place.partition(":")
    duty: Duty = getattr(import_module(module), name)(channel)
    while True:
        request = channel.receive()
        channel.start_anew()
        try:
            duty.answer(request)
        except TrackAnythingError as error:
            channel.send(error=type(error).__name__, message=str(error))
        except MemoryError:
            channel.send(error="VideoError", message=_too_large(request, memory))


def _limit_memory(size: int) -> None:
    try:
        import resource  # not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _too_large(request: dict[str, Any], memory: int) -> str:
    name = request.get("source", "the video")
    return f"{name} takes more than {memory / (1 << 30):.1f} GiB of memory to decode: scale it down"


if __name__ == "__main__":
    main()
