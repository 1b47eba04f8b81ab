"""How well holes are filled whose background is known, beside filling every frame by itself.

    python benchmarks/inpainting.py --frames FOLDER --masks FOLDER [--clips VIDEO ...] [--size 432x240]

FOLDERs hold one folder of frames, and of their masks, per sequence, as DAVIS does. Objects of *other*
sequences are pasted over each clip, moving as they do, and a square of noise that stands still, so that
what they hide is known. Of several places for a hole, drawn by chance, the one is taken that hides least of
the clip's own object, which is nothing that a background could tell of; what it still hides of it does not
count. Errors are those inside of the hole: PSNR in decibels and SSIM, higher is better; the warping error
is the mean difference of a filled pixel to where the true motion carries it on the next frame, in levels,
less that of the true pixels.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import TypeAlias

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])


from benchmarks.fill_errors import FillErrors, fill_errors
from benchmarks.process import peak_resident_mib
from track_anything.errors import InputError, TrackAnythingError
from track_anything.inpaint import FlowInpainter, HoleShape
from track_anything.models import load_flow_method
from track_anything.types import Image, Mask
from track_anything.video import open_video
from track_anything.video.bit_depth import to_8_bits

Fill: TypeAlias = Callable[[Sequence[tuple[Image, Mask]]], Iterable[Image]]

_HEADER = f"{'method':<26}{'PSNR':>8}{'SSIM':>8}{'warping':>9}{'s/frame':>9}{'peak MiB':>10}"
_SQUARE = 0.3  # the side of the square, as a part of the shorter side of the picture
_RADIUS = 5  # pixels that OpenCV looks at
_PLACES = 24  # of which a hole takes one
_STRIDE = 5  # frames between those at which places are compared, which is done at the size below
_COARSE = (60, 108)


@dataclass(frozen=True)
class Case:
    """A clip with holes.

    Attributes:
        name: of clip and holes.
        frames: image files in order, or one video file.
        masks: mask files, of which the hole of frame t is number t, over and over; empty = a square.
        hiders: image files that go with the masks: what is seen instead of the clip in the hole.
        shift: x and y by which the masks are moved, as parts of the picture.
        own: mask files of the clip's own object, one per frame; empty = it is not known.
    """

    name: str
    frames: tuple[Path, ...]
    masks: tuple[Path, ...]
    hiders: tuple[Path, ...]
    shift: tuple[float, float]
    own: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Result:
    """What a method did with one case."""

    case: str
    method: str
    errors: FillErrors
    seconds: float
    peak_mib: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code, 2 for what a user can mend."""
    options = _parse(arguments)
    try:
        cases = list(read_cases(options.frames, options.masks, options.clips, options.seed))
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    results: list[Result] = []
    for case in cases:
        print(f"\n{case.name}\n{_HEADER}", flush=True)
        for method in options.methods:
            # A process for each, so that its memory is its own.
            with get_context("spawn").Pool(1) as pool:
                result = pool.apply(measure, (case, method, options.count, options.size))
            results.append(result)
            print(_row(method, [result]), flush=True)
    print(f"\nmean of {len(cases)} clips\n{_HEADER}")
    for method in options.methods:
        print(_row(method, [result for result in results if result.method == method]))
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=1) + "\n", "utf-8")
    return 0


def ours(clip: Sequence[tuple[Image, Mask]], still: str = "telea", motion: str = "dis") -> Iterator[Image]:
    """Ours, on exactly the hole."""
    method = load_flow_method(motion)
    inpainter = FlowInpainter(HoleShape(dilation=0, feather=0), still=still, motion=method)
    return map(to_8_bits, inpainter.inpaint(clip))


def frame_by_frame(method: int, clip: Sequence[tuple[Image, Mask]]) -> Iterator[Image]:
    """One of OpenCV's on every frame."""
    for image, mask in clip:
        yield np.asarray(cv2.inpaint(image, mask.astype(np.uint8), _RADIUS, method), np.uint8)


def temporal_median(clip: Sequence[tuple[Image, Mask]]) -> Iterator[Image]:
    """What is mostly seen at a place, over all frames; Telea's where it is never seen."""
    images = np.stack([image for image, _ in clip]).astype(np.float32)  # (T, H, W, 3)
    images[np.stack([mask for _, mask in clip])] = np.nan
    is_unseen = np.isnan(images[..., 0]).all(axis=0)
    images[:, is_unseen] = 0
    median = np.nanpercentile(images, 50, axis=0, method="nearest")  # (H, W, 3)
    background = median.astype(np.uint8)
    for image, mask in clip:
        filled = np.where(mask[..., None], background, image).astype(np.uint8)
        unseen = (mask & is_unseen).astype(np.uint8)
        yield np.asarray(cv2.inpaint(filled, unseen, _RADIUS, cv2.INPAINT_TELEA), np.uint8)


METHODS: Mapping[str, Fill] = {
    "ours": ours,
    "ours, unseen smooth": partial(ours, still="diffusion"),
    "ours, unseen by example": partial(ours, still="exemplar"),
    "ours, motion by RAFT": partial(ours, motion="raft"),
    "Telea": partial(frame_by_frame, cv2.INPAINT_TELEA),
    "Navier-Stokes": partial(frame_by_frame, cv2.INPAINT_NS),
    "temporal median": temporal_median,
}
"""What is compared, by name."""


def measure(case: Case, method: str, count: int, size: tuple[int, int] | None) -> Result:
    """Run one method on one case."""
    images = list(islice(_images(case, size), count))
    masks = [_hole(case, frame, image.shape[:2]) for frame, image in enumerate(images)]
    clip = [
        (_hidden(case, frame, image, mask), mask)
        for frame, (image, mask) in enumerate(zip(images, masks, strict=True))
    ]
    began = perf_counter()
    filled = list(METHODS[method](clip))
    seconds = (perf_counter() - began) / len(images)
    peak = peak_resident_mib()
    counted = [
        mask & ~_own(case, frame, mask.shape) if case.own else mask for frame, mask in enumerate(masks)
    ]
    return Result(case.name, method, fill_errors(filled, images, counted), seconds, peak)


def read_cases(frames: Path, masks: Path, clips: Sequence[Path], seed: int) -> Iterator[Case]:
    """Every sequence and clip twice: under a moving object of another sequence, and under a square.

    Raises:
        InputError: there are no sequences.
    """
    names = sorted(path.name for path in frames.iterdir() if path.is_dir()) if frames.is_dir() else []
    if len(names) < 2:
        raise InputError(f"{frames} holds {len(names)} folders of frames: give the JPEGImages of DAVIS")
    pictures = {name: tuple(sorted((frames / name).glob("*.jpg"))) for name in names}
    pictures |= {clip.stem: (clip,) for clip in clips}
    generator = np.random.default_rng(seed)
    for place, (name, files) in enumerate(pictures.items()):
        other = names[(place + 1) % len(names)]
        shapes, own = (tuple(sorted((masks / each).glob("*.png"))) for each in (other, name))
        shifts = generator.uniform(-0.3, 0.3, (_PLACES, 2)).tolist()
        yield _placed(Case(f"{name} under {other}", files, shapes, pictures[other], (0, 0), own), shifts)
        yield _placed(Case(f"{name} under a square", files, (), (), (0, 0), own), shifts)


def _placed(case: Case, shifts: Sequence[Sequence[float]]) -> Case:
    """The case with the shift by which the hole hides least of the clip's own object."""
    chosen = range(0, len(case.own), _STRIDE)
    moved = [replace(case, shift=(right, down)) for right, down in shifts]
    own = [_own(case, frame, _COARSE) for frame in chosen]

    def hidden(one: Case) -> int:
        holes = [_hole(one, frame, _COARSE) for frame in chosen]
        return sum(int((hole & mask).sum()) for hole, mask in zip(holes, own, strict=True))

    return min(moved, key=hidden)


def _images(case: Case, size: tuple[int, int] | None) -> Iterator[Image]:
    for image in _source(case):
        small = image if size is None else cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        yield np.asarray(small, np.uint8)


def _source(case: Case) -> Iterator[Image]:
    if len(case.frames) == 1:
        with open_video(case.frames[0]) as video:
            yield from video.frames()
        return
    for path in case.frames:
        with PIL.Image.open(path) as opened:
            yield np.asarray(opened.convert("RGB"), np.uint8)


def _hole(case: Case, frame: int, size: tuple[int, ...]) -> Mask:
    height, width = size
    right, down = round(case.shift[0] * width), round(case.shift[1] * height)
    if not case.masks:
        hole = np.zeros(size, np.bool_)
        side = round(_SQUARE * min(size))
        x, y = (width - side) // 2 + right, (height - side) // 2 + down
        hole[max(y, 0) : y + side, max(x, 0) : x + side] = True
        return hole
    mask = _mask(case.masks[frame % len(case.masks)], size)
    return np.asarray(_moved(mask.astype(np.uint8), right, down) > 0)


def _hidden(case: Case, frame: int, image: Image, hole: Mask) -> Image:
    """The frame with something else to be seen in the hole: no method may learn from what it hides."""
    height, width = hole.shape
    if case.hiders:
        with PIL.Image.open(case.hiders[frame % len(case.masks)]) as opened:
            small = np.asarray(opened.convert("RGB").resize((width, height)), np.uint8)
        other = _moved(small, round(case.shift[0] * width), round(case.shift[1] * height))
    else:
        other = np.random.default_rng(0).integers(0, 256, image.shape).astype(np.uint8)
    return np.where(hole[..., None], other, image).astype(np.uint8)


def _moved(picture: NDArray[np.uint8], right: int, down: int) -> NDArray[np.uint8]:
    shift = np.array([[1, 0, right], [0, 1, down]], np.float32)
    return np.asarray(cv2.warpAffine(picture, shift, picture.shape[1::-1]), np.uint8)


def _own(case: Case, frame: int, size: tuple[int, ...]) -> Mask:
    return _mask(case.own[frame], size)


def _mask(path: Path, size: tuple[int, ...]) -> Mask:
    """(H, W), of another size than in the file."""
    with PIL.Image.open(path) as opened:
        small = opened.convert("L").resize((size[1], size[0]), PIL.Image.Resampling.NEAREST)
    return np.asarray(small) > 0


def _row(method: str, results: Sequence[Result]) -> str:
    means = [
        fmean(getattr(result.errors, name) for result in results) for name in ("psnr", "ssim", "warping")
    ]
    psnr, ssim, warping = means
    seconds, peak = fmean(result.seconds for result in results), max(result.peak_mib for result in results)
    return f"{method:<26}{psnr:8.2f}{ssim:8.4f}{warping:9.2f}{seconds:9.3f}{peak:10.0f}"


def _size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="inpainting.py", description="How well holes are filled.")
    parser.add_argument("--frames", type=Path, required=True, help="folder of folders of JPEG frames")
    parser.add_argument("--masks", type=Path, required=True, help="folder of folders of PNG masks")
    parser.add_argument("--clips", type=Path, nargs="*", default=[], help="videos that are filled too")
    parser.add_argument("--count", type=int, default=40, help="frames of each clip (40)")
    parser.add_argument("--size", type=_size, help="WIDTHxHEIGHT; by default that of the source")
    parser.add_argument("--seed", type=int, default=0, help="of where the holes are put (0)")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS), metavar="METHOD")
    parser.add_argument("--json", type=Path, help="file for the numbers")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
