"""decord on probation: ``python -m track_anything.video.decord_trial VIDEO ANSWER INDEX...``."""

import sys
from pathlib import Path

import numpy as np

from track_anything.video.decord_video import decode_sample


def main() -> None:
    """Decode the asked frames and write them, with decord's count, to the answer file."""
    path, answer, *indices = sys.argv[1:]
    frame_count, frames = decode_sample(Path(path), [int(index) for index in indices])
    np.savez(answer, frame_count=frame_count, frames=frames)


if __name__ == "__main__":
    main()
