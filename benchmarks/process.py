"""How much memory this process takes."""

import os
import resource
import sys
from pathlib import Path

_BYTES_PER_MIB = 1 << 20
_MAXRSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024


def resident_mib() -> float:
    """Resident memory now, in MiB; Linux only, since no portable call tells it."""
    resident_pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return resident_pages * os.sysconf("SC_PAGE_SIZE") / _BYTES_PER_MIB


def peak_resident_mib() -> float:
    """The most resident memory so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT_BYTES / _BYTES_PER_MIB
