"""Memory of this process, in MiB."""

import numpy as np

from benchmarks.process import peak_resident_mib, resident_mib


def test_resident_memory_follows_what_is_held_and_the_peak_remembers_it():
    before = resident_mib()
    held = np.ones(64 << 20, np.uint8)  # 64 MiB, touched
    during = resident_mib()
    assert 60 < during - before < 100
    del held
    assert resident_mib() < during - 60
    assert peak_resident_mib() >= during - 1
