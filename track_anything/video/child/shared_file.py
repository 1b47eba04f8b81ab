"""A file in memory by which a parent and its child hand over frames."""

import mmap
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

if sys.platform == "linux":
    import fcntl

_NAME = "track-anything-frames-"


class SharedFile:
    """Empty until the parent knows how long it has to be; from then on the child cannot make it shorter.

    Who reads where a mapped file has been cut off is killed by the system (SIGBUS), and so the child may not
    be able to cut it. Linux seals a file against that; elsewhere it is a file of a private name, unsealed.

    Attributes:
        inherited: descriptors that the child has to be started with.
    """

    def __init__(self) -> None:
        self._path: Path | None = None
        if sys.platform == "linux":
            self._descriptor = os.memfd_create(_NAME, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
            self.inherited: tuple[int, ...] = (self._descriptor,)
        else:
            self._descriptor, name = tempfile.mkstemp(prefix=_NAME)
            self._path, self.inherited = Path(name), ()

    @property
    def address(self) -> int | str:
        """What the child opens."""
        return self._descriptor if self._path is None else str(self._path)

    def mapped(self, length: int) -> mmap.mmap:
        """Its memory at its final length in bytes.

        Raises:
            OSError: there is no room for it, or the child has done something to it.
        """
        os.truncate(self._descriptor, length)
        memory = mmap.mmap(self._descriptor, length)
        if sys.platform == "linux":
            fcntl.fcntl(
                self._descriptor,
                fcntl.F_ADD_SEALS,
                fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL,
            )
            if os.fstat(self._descriptor).st_size != length:
                raise OSError("the file was cut off before it was sealed")
        return memory

    def close(self) -> None:
        """Let go of the file; memory that was mapped stays as long as somebody holds it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor, self.inherited = -1, ()
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
