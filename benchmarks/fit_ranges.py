"""Fit the ranges of what convolutions are given, for int8, and write them beside the weights.

    python benchmarks/fit_ranges.py --data FOLDER [--weights FILE]

FOLDER is DAVIS-shaped and should hold sequences that no accuracy is reported on. The light network tracks the
first frames of every third one in float32.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.davis_sequence import DavisSequence, sequence_names
from track_anything.errors import TrackAnythingError
from track_anything.models.compiled.quantised import Ranges, write_ranges
from tracker.build import LIGHT_CONFIG, LIGHT_WEIGHTS, light_propagator, load_xmem
from tracker.errors import CheckpointError
from tracker.modeling.xmem import XMem

EXACT = ("key_proj.", "key_encoder.layer3.")
"""How the names of layers begin that get no range: those that project keys are float32, since distances of
near keys cancel; rounding those before them cost `dance-twirl` 0.025 of J&F."""

_CUT_OFF = 1e-4  # share of the values of a frame at either end that may be cut off
_EVERY = 3  # sequences


def fit(network: XMem, clips: Iterable[DavisSequence], frames: int) -> Ranges:
    """The ranges of what every convolution but the exact ones is given while a network tracks.

    Args:
        network: made ready for inference, in float32.
        clips: with the true mask of their first frames.
        frames: of each clip.
    """
    found: dict[str, tuple[float, float]] = {}
    hooks = [
        layer.register_forward_pre_hook(_noting(found, name))
        for name, layer in network.named_modules()
        if isinstance(layer, nn.Conv2d) and not name.startswith(EXACT)
    ]
    for clip in clips:
        propagator = light_propagator(network, replace(LIGHT_CONFIG, region=None))  # once per frame
        first, *rest = clip.video.frames(0, min(frames, len(clip)))
        propagator.remember(first, clip.truth(0).astype(np.uint8))
        for image in rest:
            propagator.step(image)
    for hook in hooks:
        hook.remove()
    return found


def _noting(found: dict[str, tuple[float, float]], name: str) -> Callable[[nn.Module, tuple[Tensor]], None]:
    """Widens the range of a name by what its layer is given."""

    def note(_: nn.Module, given: tuple[Tensor]) -> None:
        values = given[0].flatten()
        rare = max(1, round(_CUT_OFF * len(values)))
        low, high = -float((-values).topk(rare).values[-1]), float(values.topk(rare).values[-1])
        before = found.get(name, (low, high))
        found[name] = min(before[0], low), max(before[1], high)

    return note


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write; returns the exit code, 2 for what a user can mend."""
    options = _parse(arguments)
    torch.set_num_threads(options.threads)
    try:
        names = sequence_names(options.data)[::_EVERY]
        clips = (DavisSequence.open(options.data, name) for name in names)
        ranges = fit(load_xmem(options.weights), clips, options.frames)
        place = write_ranges(options.weights, ranges)
    except (TrackAnythingError, CheckpointError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{len(ranges)} layers, from {len(names)} sequences; wrote {place}")
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fit_ranges.py", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with JPEGImages/ and Annotations/")
    parser.add_argument(
        "--weights", type=Path, default=LIGHT_WEIGHTS, help="of a light network (default: the package's)"
    )
    parser.add_argument("--frames", type=int, default=8, help="of each sequence (default: 8)")
    parser.add_argument("--threads", type=int, default=1, help="of torch (default: 1)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
