"""Memory of a process, in MiB: in one of its own, where nothing that was freed before is taken again."""

import subprocess
import sys
from pathlib import Path

MEASURE = """
import numpy as np
from benchmarks.process import peak_resident_mib, resident_mib
before = resident_mib()
held = np.ones(64 << 20, np.uint8)  # 64 MiB, touched
during = resident_mib()
del held
print(before, during, resident_mib(), peak_resident_mib())
"""


def test_resident_memory_follows_what_is_held_and_the_peak_remembers_it() -> None:
    told = subprocess.run(
        [sys.executable, "-c", MEASURE],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    before, during, after, peak = map(float, told.stdout.split())
    assert 60 < during - before < 100
    assert after < during - 60
    assert peak >= during - 1
