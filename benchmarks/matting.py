"""How good mattes are and how long they take, beside a hard mask and PyMatting where it is installed.

    python benchmarks/matting.py --data FOLDER [--jpeg 60]

FOLDER holds images/, trimaps/ and alphas/, as alphamatting.com hands out its training set. Of the two tables
one is with the trimaps of the data set, one with those that ``make_trimap`` draws round the true one. With
``--jpeg`` the pictures are coded and decoded first, as those of most sources were.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
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


from benchmarks.matte_errors import MatteErrors, matte_errors
from track_anything.errors import InputError, TrackAnythingError
from track_anything.matting import (
    BACKGROUND,
    FOREGROUND,
    UNKNOWN,
    Matte,
    Trimap,
    closed_form_matte,
    guided_matte,
    make_trimap,
)
from track_anything.matting.guidance import guidance
from track_anything.types import Image, Mask

Matter: TypeAlias = Callable[[Image, Trimap, Mask], Matte]
"""Is given a picture, its trimap and the mask that a tracker would have found."""

_HEADER = f"{'method':<24}{'SAD/1000':>10}{'MSE*1000':>10}{'grad/1000':>11}{'conn/1000':>11}{'s/image':>9}"
_CHROMA = {"444": 0, "420": 2}  # how Pillow numbers how much of the colour JPEG keeps
_NO_PEER = "PyMatting is not installed, so that its row is left out (pip install pymatting)"


@dataclass(frozen=True, eq=False)
class Sample:
    """One picture of the data set.

    Attributes:
        name: of its files, without the ending.
        image: (H, W, 3) RGB.
        trimap: (H, W).
        alpha: (H, W), the true matte.
        mask: (H, W), the true matte thresholded at one half, as a tracker would find it at best.
    """

    name: str
    image: Image
    trimap: Trimap
    alpha: Matte

    @property
    def mask(self) -> Mask:  # noqa: D102 - see above
        return np.asarray(self.alpha >= 0.5)


@dataclass(frozen=True)
class Row:
    """One method over all pictures: the means of its errors, and seconds per picture."""

    method: str
    errors: MatteErrors
    seconds: float

    def __str__(self) -> str:
        errors = self.errors
        return (
            f"{self.method:<24}{errors.sad:10.3f}{errors.mse:10.2f}{errors.gradient:11.3f}"
            f"{errors.connectivity:11.3f}{self.seconds:9.3f}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code, 2 for what a user can mend."""
    options = _parse(arguments)
    try:
        samples = list(read_samples(options.data))
        matters = _chosen(_matters(), options.methods)
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.jpeg is not None:
        samples = [_coded(sample, options.jpeg, options.chroma) for sample in samples]
    drawn = [_with_own_trimap(sample, options.width) for sample in samples]
    tables = {
        "trimaps of the data set": samples,
        f"own trimaps, {options.width:g} pixels round the thresholded alpha": drawn,
    }
    numbers: dict[str, list[dict[str, object]]] = {}
    for title, pictures in tables.items():
        print(f"\n{title} ({len(pictures)} pictures)\n{_HEADER}", flush=True)
        numbers[title] = []
        for method, matter in matters.items():
            row = measure(method, matter, pictures)
            numbers[title].append(asdict(row))
            print(row, flush=True)
    if find_spec("pymatting") is None:
        print(_NO_PEER)
    if options.json is not None:
        options.json.write_text(json.dumps(numbers, indent=1) + "\n", "utf-8")
    return 0


def measure(method: str, matter: Matter, samples: Sequence[Sample]) -> Row:
    """Run one method over at least one picture."""
    errors: list[MatteErrors] = []
    seconds: list[float] = []
    for sample in samples:
        start = perf_counter()
        matte = matter(sample.image, sample.trimap, sample.mask)
        seconds.append(perf_counter() - start)
        errors.append(matte_errors(matte, sample.alpha, sample.trimap == UNKNOWN))
    return Row(method, _mean(errors), fmean(seconds))


def read_samples(folder: Path) -> Iterator[Sample]:
    """The pictures of a data set, in the order of their names.

    Raises:
        InputError: there are none, or one lacks its trimap or its alpha.
    """
    paths = sorted((folder / "images").glob("*.png"))
    if not paths:
        raise InputError(f"{folder} has no images/*.png: give the folder of alphamatting.com's training set")
    for path in paths:
        trimap = _grey(folder / "trimaps" / path.name)
        alpha = _grey(folder / "alphas" / path.name).astype(np.float32) / np.float32(255)
        with PIL.Image.open(path) as image:
            pixels = np.array(image.convert("RGB"))
        # Some trimaps of the set come with other greys than 128.
        three = np.where(
            trimap == FOREGROUND, FOREGROUND, np.where(trimap == BACKGROUND, BACKGROUND, UNKNOWN)
        )
        yield Sample(path.stem, pixels, three.astype(np.uint8), alpha)


def thresholded(_image: Image, trimap: Trimap, _mask: Mask) -> Matte:
    """(H, W), 0 and 1: the whole band taken for object, as a trimap thresholded at one half has it."""
    return (trimap >= UNKNOWN).astype(np.float32)


def closed_form(image: Image, trimap: Trimap, _mask: Mask) -> Matte:
    """(H, W): the closed form by colours alone."""
    return closed_form_matte(image, trimap)


def closed_form_with_prior(image: Image, trimap: Trimap, mask: Mask) -> Matte:
    """(H, W): the closed form held to the mask, its edge as if in focus, as the product does it."""
    return _held_to(mask, guidance(image), trimap)


def closed_form_in_blocks(image: Image, trimap: Trimap, mask: Mask) -> Matte:
    """(H, W): the same without a look at whether the picture shows the blocks of a coarse coding."""
    return _held_to(mask, image, trimap)


def guided(image: Image, trimap: Trimap, _mask: Mask) -> Matte:
    """(H, W): the quick preview, as the product does it."""
    return guided_matte(guidance(image), trimap)


def hard_mask(_image: Image, _trimap: Trimap, mask: Mask) -> Matte:
    """(H, W), 0 and 1: the mask as it is."""
    return mask.astype(np.float32)


def _held_to(mask: Mask, image: Image, trimap: Trimap) -> Matte:
    prior = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0)
    return closed_form_matte(image, trimap, np.asarray(prior, np.float32))


def _coded(sample: Sample, quality: int, chroma: str) -> Sample:
    """The sample with its picture coded as a JPEG and decoded."""
    coded = BytesIO()
    picture = PIL.Image.fromarray(sample.image)
    picture.save(coded, format="JPEG", quality=quality, subsampling=_CHROMA[chroma])
    with PIL.Image.open(coded) as decoded:
        return replace(sample, image=np.array(decoded.convert("RGB")))


def _matters() -> Mapping[str, Matter]:
    matters: dict[str, Matter] = {
        "closed form": closed_form,
        "closed form with prior": closed_form_with_prior,
        "  blocks not smoothed": closed_form_in_blocks,
        "guided filter": guided,
        "hard mask": hard_mask,
        "trimap thresholded": thresholded,
    }
    if find_spec("pymatting") is not None:
        estimate = import_module("pymatting").estimate_alpha_cf

        def peer(image: Image, trimap: Trimap, _mask: Mask) -> Matte:
            return np.asarray(estimate(image / 255.0, trimap / 255.0), np.float32)

        columns = np.array([FOREGROUND] * 3 + [UNKNOWN] * 3 + [BACKGROUND] * 3, np.uint8)
        nothing = np.zeros((9, 9, 3), np.uint8)
        peer(nothing, np.tile(columns, (9, 1)), nothing[..., 0] > 0)  # compiles what it needs, untimed
        matters["PyMatting closed form"] = peer
    return matters


def _chosen(matters: Mapping[str, Matter], names: Sequence[str] | None) -> Mapping[str, Matter]:
    if names is None:
        return matters
    by_name = {name.strip(): name for name in matters}
    for name in names:
        if name not in by_name:
            raise InputError(f"unknown method {name!r}; choose one of {', '.join(by_name)}")
    return {by_name[name]: matters[by_name[name]] for name in names}


def _with_own_trimap(sample: Sample, width: float) -> Sample:
    return Sample(sample.name, sample.image, make_trimap(sample.alpha >= 0.5, width=width), sample.alpha)


def _grey(path: Path) -> NDArray[np.uint8]:
    """(H, W): an image whose channels are all the same."""
    if not path.is_file():
        raise InputError(f"{path} does not exist: give the folder of alphamatting.com's training set")
    with PIL.Image.open(path) as image:
        return np.array(image.convert("RGB"))[..., 0]


def _mean(errors: Sequence[MatteErrors]) -> MatteErrors:
    return MatteErrors(
        sad=fmean(each.sad for each in errors),
        mse=fmean(each.mse for each in errors),
        gradient=fmean(each.gradient for each in errors),
        connectivity=fmean(each.connectivity for each in errors),
    )


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="matting.py", description="Errors and seconds of mattes.")
    parser.add_argument("--data", type=Path, required=True, help="folder with images/, trimaps/ and alphas/")
    parser.add_argument("--width", type=float, default=20.0, help="pixels of the band in our own trimaps")
    parser.add_argument(
        "--jpeg", type=int, choices=range(1, 101), metavar="QUALITY", help="code the pictures first, 1 to 100"
    )
    parser.add_argument("--chroma", choices=tuple(_CHROMA), default="420", help="of --jpeg (default: 420)")
    parser.add_argument("--methods", nargs="+", metavar="NAME", help="these rows alone")
    parser.add_argument("--json", type=Path, help="file for the numbers")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
