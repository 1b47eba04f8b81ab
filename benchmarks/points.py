"""Masks from single points, and from more of them: the protocol of the Segment Anything paper.

    python benchmarks/points.py --data FOLDER --json points.json --plot points.png
    python benchmarks/points.py --data OTHER --plot points.png --beside points.json   # both in one picture

FOLDER is a part of COCO (images/, instances.json), has images/ and instances/ of label maps, or images/ and
masks/ of one object each. The first point lies deepest inside the object, each next one deepest inside the
largest error, positive or negative; the answer so far goes with it. mIoU over objects after 1, 2, 3, 5 and 9
points; "oracle" is the best of the three answers to the first. Kirillov et al., ICCV 2023, section 7.1.
With --editor the points are clicks in the editor: the likeliest answer to the first, each further one held to
what was there; "harmful" is the share of further points that cost more than 0.005.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np
import PIL.Image

from benchmarks.clicks import clicked_masks, next_click
from benchmarks.coco import CocoPart
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
from sam.prompt import Prompt
from track_anything.masks import iou
from track_anything.models import CachedSegmenter
from track_anything.types import Image, Mask

COUNTS = (1, 2, 3, 5, 9)
_IGNORED = 255
_HARM = 0.005


@dataclass(frozen=True, eq=False)
class Still:
    """A picture and its objects.

    Attributes:
        name: of the picture.
        image: (H, W, 3).
        masks: (H, W) per object.
        classes: what each object is; empty = nobody said.
    """

    name: str
    image: Image
    masks: list[Mask]
    classes: list[str]


def main(arguments: Sequence[str] | None = None, segmenter: CachedSegmenter[Any] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    parser = stills_parser(__doc__)
    parser.add_argument("--objects-every", type=positive, default=1, help="take each Nth object of them")
    parser.add_argument("--editor", action="store_true", help="take answers as the editor does")
    parser.add_argument("--plot", type=Path, help="picture of mIoU over points")
    parser.add_argument(
        "--beside", type=Path, nargs="+", default=[], metavar="FILE", help="figures of other runs, drawn too"
    )
    options = parser.parse_args(arguments)

    def run() -> None:
        chosen = segmenter or load_segmenter(options)
        rows = []
        place = 0
        for still in stills(options.data, options.every):
            embedding = chosen.embed(still.image)
            for mask in still.masks:
                place += 1
                if (place - 1) % options.objects_every == 0:
                    if options.editor:
                        rows.append(editor_ious(chosen, still.image, mask))
                    else:
                        rows.append(ious(chosen, embedding, mask))
        means = np.mean(rows, axis=0)
        names = [*map(str, COUNTS), "harmful" if options.editor else "oracle"]
        print(f"{len(rows)} objects\n" + "".join(f"{name:>9}" for name in names))
        print("".join(f"{value:9.3f}" for value in means))
        figures = dict(zip(names, means.tolist(), strict=True))
        write_json(options, {"objects": len(rows), "mIoU": figures})
        if options.plot is not None:
            curves = {options.data.resolve().name: means[:-1].tolist()} | _curves(options.beside)
            title = f"mIoU over points, {options.segmenter}"
            save_plot(options.plot, [Panel(title, curves, [float(count) for count in COUNTS], 0.4)])

    return ended_well(run)


def _curves(paths: Sequence[Path]) -> dict[str, list[float]]:
    """Folder of the data to mIoU over points, from files that earlier runs have written."""
    curves = {}
    for path in paths:
        told = json.loads(path.read_text("utf-8"))
        curves[Path(told["options"]["data"]).name] = [told["mIoU"][str(count)] for count in COUNTS]
    return curves


def ious(
    segmenter: CachedSegmenter[Any],
    embedding: Any,  # noqa: ANN401 - each segmenter has one of its own
    truth: Mask,
    most: int = COUNTS[-1],
) -> list[float]:
    """IoU with the truth (H, W) after each of ``COUNTS`` up to most, and of the best answer to the first."""
    mask, logits = np.zeros_like(truth), None
    points: list[tuple[float, float]] = []
    labels: list[int] = []
    found: list[float] = []
    oracle = 0.0
    for count in range(1, most + 1):
        click = next_click(mask, truth)
        if click is not None:  # else there is nothing left to mend
            points.append((click.x, click.y))
            labels.append(int(click.is_positive))
            prompt = Prompt(points=np.array(points, np.float32), labels=np.array(labels), logits=logits)
            answer = segmenter.predict(embedding, prompt)
            mask, logits = answer.masks[answer.best], answer.logits[answer.best]
            if count == 1:
                oracle = max(iou(each, truth) for each in answer.masks)
        if count in COUNTS:
            found.append(iou(mask, truth))
    return [*found, oracle]


def editor_ious(segmenter: CachedSegmenter[Any], image: Image, truth: Mask) -> list[float]:
    """IoU with the truth (H, W) after each of ``COUNTS`` clicks in the editor; the share of harmful ones."""
    most = COUNTS[-1]
    found = [iou(mask, truth) for _, mask in islice(clicked_masks(segmenter, image, truth), most)]
    further = np.diff(found)
    harmful = float(np.mean(further < -_HARM)) if len(further) else 0.0
    found += found[-1:] * (most - len(found))  # nothing is left to mend
    return [*(found[count - 1] for count in COUNTS), harmful]


def stills(data: Path, every: int) -> Iterator[Still]:
    """The pictures of a folder with their objects, each Nth one."""
    if (data / "instances.json").is_file():
        part = CocoPart(data, every)
        for image_id in shown(part.ids, "points", len(part.ids)):
            objects = part.objects(image_id)
            masks = [part.mask(each) for each in objects]
            classes = [part.name(each["category_id"]) for each in objects]
            there = [place for place, mask in enumerate(masks) if mask.any()]
            yield Still(
                part.file_name(image_id),
                part.image(image_id),
                [masks[place] for place in there],
                [classes[place] for place in there],
            )
        return
    folder = "instances" if (data / "instances").is_dir() else "masks"
    truths = {path.stem: path for path in (data / folder).iterdir()} if (data / folder).is_dir() else {}
    paths = [path for path in sorted((data / "images").iterdir()) if path.stem in truths]
    for path in shown(each_nth(paths, every), "points", len(paths[::every])):
        with PIL.Image.open(truths[path.stem]) as opened:
            label_map = np.array(opened)
        if folder == "masks":
            masks = [label_map > label_map.max() / 2]
        else:
            masks = [label_map == value for value in np.unique(label_map) if value not in (0, _IGNORED)]
        yield Still(path.name, picture(path), masks, [])


if __name__ == "__main__":
    sys.exit(main())
