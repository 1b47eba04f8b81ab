"""How much memory this machine has left for one more worker."""

from track_anything.models import free_memory

_SPARE = 1.25  # times what a worker has needed, since a larger video needs more


def has_room(peak: int) -> bool:
    """Whether there is memory for a worker that needs as much as another one has; True where nobody tells.

    Args:
        peak: bytes; 0 = not known.
    """
    free = free_memory("cpu")
    return free is None or peak == 0 or free > peak * _SPARE
