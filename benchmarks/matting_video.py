"""How much mattes flicker, with and without stabilisation, on clips whose true alpha is known.

    python benchmarks/matting_video.py --data FOLDER --backgrounds FOLDER [--frames 12] [--sheet FILE]

FOLDER of the data holds images/ and alphas/, as alphamatting.com hands out its training set; that of the
backgrounds holds one folder of JPEG frames per clip, as DAVIS does. Every object is cut out of its image by
its true alpha and moved by parts of pixels over the frames of a clip. Trimaps are drawn round the
thresholded alpha, as round a tracked mask, which the closed form has for its prior. ``dtSSD`` compares how
mattes change from frame to frame with how the true ones do (Erofeev et al., "Perceptually Motivated
Benchmark for Video Matting", BMVC 2015).
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean
from time import perf_counter

import cv2
import numpy as np
import PIL.Image

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])


from benchmarks.matting import Matter, closed_form_with_prior, guided, hard_mask, read_samples
from track_anything.errors import InputError, TrackAnythingError
from track_anything.matting import (
    UNKNOWN,
    Matte,
    estimate_foreground,
    make_trimap,
)
from track_anything.matting.stabiliser import Stabiliser
from track_anything.types import Image
from track_anything.video.motion import FlowEstimator, warp

_HEADER = f"{'method':<28}{'dtSSD':>9}{'MAD*1000':>10}{'s/frame':>9}"
_SCALE = 0.5  # of the data set's pictures: those of video are blurrier than photographs are
_SWING = (23.0, 9.0)  # pixels that an object moves to either side, and up and down
_PERIOD = 31  # frames of a swing


@dataclass(frozen=True, eq=False)
class Composite:
    """An object that moves over the frames of a clip.

    Attributes:
        name: of the object.
        images: (H, W, 3) RGB per frame.
        alphas: (H, W) per frame, the true mattes.
    """

    name: str
    images: Sequence[Image]
    alphas: Sequence[Matte]


@dataclass(frozen=True)
class Row:
    """One method over all clips.

    Attributes:
        method: its name.
        dtssd: mean over frames of the root of the mean squared error of the change, times 100.
        mad: mean absolute difference of the mattes in the band, times 1000.
        seconds: per frame.
    """

    method: str
    dtssd: float
    mad: float
    seconds: float

    def __str__(self) -> str:
        return f"{self.method:<28}{self.dtssd:9.3f}{self.mad:10.2f}{self.seconds:9.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code, 2 for what a user can mend."""
    options = _parse(arguments)
    try:
        clips = list(composites(options.data, options.backgrounds, options.frames))
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(
        f"{len(clips)} clips of {options.frames} frames, band of {options.width:g} pixels\n{_HEADER}",
        flush=True,
    )
    rows: list[Row] = []
    for method, (solve, is_stabilised) in METHODS.items():
        rows.append(measure(method, solve, clips, options.width, is_stabilised=is_stabilised))
        print(rows[-1], flush=True)
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", "utf-8")
    return 0


METHODS: Mapping[str, tuple[Matter, bool]] = {
    "hard mask": (hard_mask, False),
    "guided filter": (guided, False),
    "guided filter, stabilised": (guided, True),
    "closed form": (closed_form_with_prior, False),
    "closed form, stabilised": (closed_form_with_prior, True),
}
"""What is compared, by name, and whether it is stabilised."""


def measure(
    method: str, solve: Matter, clips: Sequence[Composite], width: float, *, is_stabilised: bool
) -> Row:
    """Run one method over at least one clip of at least two frames."""
    changes: list[float] = []
    differences: list[float] = []
    seconds: list[float] = []
    for clip in clips:
        flow, stabiliser = FlowEstimator(), Stabiliser()
        image_before: Image | None = None
        before: Matte | None = None  # (H, W): by how much the matte of the frame before was wrong
        for image, alpha in zip(clip.images, clip.alphas, strict=True):
            trimap = make_trimap(alpha >= 0.5, width=width)
            began = perf_counter()
            matte = solve(image, trimap, np.asarray(alpha >= 0.5))
            if is_stabilised:
                to_before = None if image_before is None else flow(image, image_before)
                matte = stabiliser.step(matte, trimap, to_before)
            seconds.append(perf_counter() - began)
            wrong, image_before = matte - alpha, image
            differences.append(float(np.abs(wrong[trimap == UNKNOWN]).mean()))
            if before is not None:
                changes.append(math.sqrt(float(((wrong - before) ** 2).mean())))
            before = wrong
    return Row(method, 100 * fmean(changes), 1000 * fmean(differences), fmean(seconds))


def composites(data: Path, backgrounds: Path, frame_count: int) -> Iterator[Composite]:
    """Every object of a data set over one of the clips, in turn.

    Raises:
        InputError: one of the folders does not hold what it should, or a clip is too short.
    """
    folders = sorted(path for path in backgrounds.iterdir() if path.is_dir()) if backgrounds.is_dir() else []
    if not folders:
        raise InputError(f"{backgrounds} holds no folders of frames: give the JPEGImages of DAVIS")
    for number, sample in enumerate(read_samples(data)):
        folder = folders[number % len(folders)]
        paths = list(islice(sorted(folder.glob("*.jpg")), frame_count))
        if len(paths) < max(frame_count, 2):
            raise InputError(f"{folder} has {len(paths)} frames: ask for fewer --frames, at least 2")
        colours = estimate_foreground(sample.image, sample.alpha)
        frames = [_composed(colours, sample.alpha, path, at) for at, path in enumerate(paths)]
        yield Composite(sample.name, [image for image, _ in frames], [alpha for _, alpha in frames])


def _composed(colours: Image, alpha: Matte, background: Path, frame: int) -> tuple[Image, Matte]:
    """One frame and its true matte; both at ``_SCALE`` of the picture, moved along an ellipse."""
    height, width = (round(side * _SCALE) for side in alpha.shape)
    angle = 2 * math.pi * frame / _PERIOD
    shift = (_SWING[0] * math.sin(angle), _SWING[1] * (1 - math.cos(angle)))
    premultiplied = np.dstack([colours * alpha[..., None], alpha]).astype(np.float32)  # (H, W, 4)
    small = np.asarray(cv2.resize(premultiplied, (width, height), interpolation=cv2.INTER_AREA), np.float32)
    placed = warp(small, np.broadcast_to(np.array(shift, np.float32), (height, width, 2)))
    with PIL.Image.open(background) as opened:
        behind = np.asarray(opened.convert("RGB").resize((width, height)), np.float32)
    matte = np.clip(placed[..., 3], 0, 1)
    image = np.clip(np.rint(placed[..., :3] + behind * (1 - matte[..., None])), 0, 255).astype(np.uint8)
    return image, matte


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how much mattes flicker.")
    parser.add_argument("--data", type=Path, required=True, help="folder with images/ and alphas/")
    parser.add_argument("--backgrounds", type=Path, required=True, help="folder of folders of JPEG frames")
    parser.add_argument("--frames", type=int, default=12, help="of each clip (12)")
    parser.add_argument("--width", type=float, default=20, help="of the unknown band, in pixels (20)")
    parser.add_argument("--json", type=Path, help="also write the numbers there")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
