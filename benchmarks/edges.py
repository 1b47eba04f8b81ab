"""Edges of the segmenter on BSDS500 beside those of Sobel and Canny, by the published matching.

    python benchmarks/edges.py --data FOLDER --every 5 --json edges.json --sheet edges.png --plot curve.png

FOLDER has images/ and boundaries/NAME.npz: bits (P, H, ceil(W / 8)) and shape, what P people drew. See
``benchmarks.edge_scores``. Kirillov et al., ICCV 2023, section 7.2, tell Sobel .539, Canny .600, SAM .768.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from benchmarks.edge_scores import Counts, canny, count, curve, scores_of, sobel
from benchmarks.plot import Panel, save_plot
from benchmarks.report import shown
from benchmarks.stills import (
    each_nth,
    ended_well,
    load_segmenter,
    picture,
    positive,
    stills_parser,
    write_json,
)
from sam.edges import Edges, thinned
from track_anything.models import CachedSegmenter
from track_anything.types import Image, Mask

CANNY_SIGMAS = (1.4, 2.0)
_SHEET_ROWS = 4
Method = Callable[[Image], NDArray[np.float32]]


def main(arguments: Sequence[str] | None = None, segmenter: CachedSegmenter[Any] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    parser = stills_parser(__doc__)
    parser.add_argument("--points-per-side", type=positive, default=16)
    parser.add_argument("--thresholds", type=positive, default=33, help="levels that are looked at")
    parser.add_argument("--sheet", type=Path, help="picture of some images with their edges")
    parser.add_argument("--plot", type=Path, help="picture of precision over recall")
    options = parser.parse_args(arguments)

    def run() -> None:
        names = sorted(path.stem for path in (options.data / "boundaries").glob("*.npz"))
        names = each_nth(names, options.every)
        chosen = segmenter or load_segmenter(options)
        edges = Edges(points_per_side=options.points_per_side)
        methods = _methods(lambda image: edges.find(chosen, image, chosen.embed(image)))
        thresholds = np.arange(1, options.thresholds + 1) / (options.thresholds + 1)
        counts = _measure(options.data, names, methods, thresholds, options.sheet)
        print(f"{'edges':<16}{'ODS':>8}{'OIS':>8}{'AP':>8}{'R50':>8}")
        rows = []
        for name, counted in counts.items():
            scores = scores_of(counted)
            rows.append({"edges": name} | asdict(scores))
            told = (scores.ods, scores.ois, scores.average_precision, scores.recall_at_half)
            print(f"{name:<16}" + "".join(f"{value:8.3f}" for value in told))
        write_json(options, {"pictures": len(names), "rows": rows})
        if options.plot is not None:
            save_plot(options.plot, [_panel(counts)])

    return ended_well(run)


def _methods(ours: Method) -> dict[str, Method]:
    def grey(image: Image) -> NDArray[np.uint8]:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)

    def canny_with(sigma: float) -> Method:
        return lambda image: canny(grey(image), sigma)

    return {
        "segmenter": ours,
        "Sobel": lambda image: thinned(sobel(cv2.GaussianBlur(grey(image), (0, 0), 2.0).astype(np.float32))),
        **{f"Canny {sigma:g} px": canny_with(sigma) for sigma in CANNY_SIGMAS},
    }


def _measure(
    data: Path,
    names: Sequence[str],
    methods: dict[str, Method],
    thresholds: NDArray[np.float64],
    sheet: Path | None,
) -> dict[str, list[Counts]]:
    counts: dict[str, list[Counts]] = {name: [] for name in methods}
    rows: list[Image] = []
    for name in shown(names, "edges", len(names)):
        (path,) = (data / "images").glob(f"{name}.*")
        image, drawn = picture(path), boundaries(data / "boundaries" / f"{name}.npz")
        found = {method: find(image) for method, find in methods.items()}
        for method, strength in found.items():
            counts[method].append(count(strength, drawn, thresholds))
        if len(rows) < _SHEET_ROWS:
            rows.append(_row(image, drawn, found["segmenter"], found[f"Canny {CANNY_SIGMAS[1]:g} px"]))
    if sheet is not None:
        widest = max(row.shape[1] for row in rows)
        padded = [
            np.pad(row, ((0, 4), (0, widest - row.shape[1]), (0, 0)), constant_values=255) for row in rows
        ]
        PIL.Image.fromarray(np.vstack(padded)).save(sheet, optimize=True)
    return counts


def boundaries(path: Path) -> list[Mask]:
    """The (H, W) boundaries that people drew, a pixel wide."""
    with np.load(path) as stored:
        people, height, width = stored["shape"]
        bits = np.unpackbits(stored["bits"], axis=-1)[:, :, :width].astype(np.bool_)
    return list(bits.reshape(people, height, width))


def _row(
    image: Image, drawn: Sequence[Mask], ours: NDArray[np.float32], theirs: NDArray[np.float32]
) -> Image:
    """An image, what people drew, our edges and Canny's side by side, at half the size, dark on white."""
    people = np.mean(drawn, axis=0)
    parts = [image]
    for strength in (people, ours, theirs):
        wide = cv2.dilate(strength.astype(np.float32), np.ones((2, 2), np.uint8))
        dark = (255 * (1 - np.clip(wide, 0, 1))).astype(np.uint8)
        parts.append(np.repeat(dark[..., None], 3, axis=2))
    whole = np.hstack(parts)
    return np.asarray(cv2.resize(whole, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


def _panel(counts: dict[str, list[Counts]]) -> Panel:
    """Precision over recall, on even places of recall."""
    places = np.linspace(0, 1, 101)
    best_canny = max(
        (name for name in counts if "Canny" in name), key=lambda name: scores_of(counts[name]).ods
    )
    curves = {}
    for name in ("segmenter", "Sobel", best_canny):
        recall, precision = curve(counts[name])
        order = np.argsort(recall)
        curves[name] = np.interp(places, recall[order], precision[order], right=0).tolist()
    return Panel("precision of edges over recall", curves, places.tolist())


if __name__ == "__main__":
    sys.exit(main())
