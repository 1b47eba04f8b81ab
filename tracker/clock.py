"""When a propagation writes to memory."""

from collections.abc import Sequence


class Clock:
    """Counts frames, and knows what is due on each of them.

    Args:
        mem_every: a frame is written when the last one written is this many frames ago.
        deep_update_every: likewise for the deep update of the sensory memory, on frames that are written;
            -1 = on each of them, in place of the update of every frame.
    """

    def __init__(self, mem_every: int, deep_update_every: int) -> None:
        self._mem_every = mem_every
        self._deep_update_every = deep_update_every
        self.reset()

    def reset(self) -> None:
        """Stand before the first frame; the first deep update is due at once."""
        self._now, self._last_write, self._last_deep_update = -1, 0, -self._deep_update_every

    def tick(self) -> None:
        """The next frame arrives."""
        self._now += 1

    @property
    def write_is_due(self) -> bool:
        """Whether this frame is written."""
        return self._now - self._last_write >= self._mem_every

    @property
    def deep_update_stands_alone(self) -> bool:
        """Whether the deep update happens on every written frame and replaces the normal one there."""
        return self._deep_update_every < 0

    @property
    def deep_update_is_due(self) -> bool:
        """Whether this frame, if written now, gets a deep update; one just done may be done again."""
        since = self._now - self._last_deep_update
        return self.deep_update_stands_alone or since == 0 or since >= self._deep_update_every

    def wrote(self, *, deep_update: bool) -> None:
        """This frame was written, with a deep update or without."""
        self._last_write = self._now
        if deep_update:
            self._last_deep_update = self._now

    def state(self) -> tuple[int, int, int]:
        """Where it stands, as numbers."""
        return self._now, self._last_write, self._last_deep_update

    def load_state(self, state: Sequence[int]) -> None:
        """Stand where a ``state`` says."""
        self._now, self._last_write, self._last_deep_update = state
