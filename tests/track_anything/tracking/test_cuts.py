"""Cuts are looked for once and kept."""

from pathlib import Path

import numpy as np
import pytest

from track_anything.errors import ProjectError
from track_anything.tracking.cuts import cuts_of
from track_anything.video import open_video

NOISE = np.random.default_rng(0).integers(0, 90, (2, 48, 64, 3), np.uint8)
CLIP = np.stack([NOISE[0]] * 12 + [NOISE[1] + 150] * 12)


def test_cuts_are_found_once_and_kept(tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "cuts.json"
    assert cuts_of(open_video(CLIP), cache) == (12,)
    cache.write_text("[3, 5]", "utf-8")
    assert cuts_of(open_video(CLIP), cache) == (3, 5)
    cache.write_text("no list", "utf-8")
    assert cuts_of(open_video(CLIP), cache) == (12,)


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way", "utf-8")
    with pytest.raises(ProjectError, match=r"cannot write .*cuts\.json"):
        cuts_of(open_video(CLIP), tmp_path / "cache" / "cuts.json")
