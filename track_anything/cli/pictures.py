"""``boxes``: what can be asked about pictures without a click."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from track_anything.cli.finding import FindOptions, add_find_options
from track_anything.cli.options import Command, ModelOptions, Parser, add_model_options, add_out, typed

if TYPE_CHECKING:
    from track_anything.models.detector import Detection
    from track_anything.types import Image

_RESULTS = "instances.json"


@dataclass(frozen=True)
class BoxesOptions:
    """What ``boxes`` is told."""

    images: list[Path]
    detections: Path | None
    find: FindOptions
    passes: int
    out: Path | None
    models: ModelOptions


def _add_boxes(parser: Parser) -> None:
    parser.add_argument("images", type=Path, nargs="+", help="pictures, or folders of them")
    parser.add_argument(
        "--detections",
        type=Path,
        metavar="FILE",
        help="COCO detections (a list of image_id, category_id, bbox, score) or annotations; an id is the "
        "number in a picture's name",
    )
    add_find_options(parser)
    parser.add_argument(
        "--passes", type=int, choices=(1, 2), default=2, help="2 refines each mask once (default)"
    )
    add_out(parser, "folder for instances.json and the pictures (default: NAME-boxes)")
    add_model_options(parser)


def _boxes(namespace: argparse.Namespace) -> None:
    """Write the mask of each box as COCO results, and every picture with its masks drawn over it."""
    import json

    import numpy as np

    from sam.box_masks import masks_in_boxes
    from track_anything.cli import picture_files, steps
    from track_anything.cli.console import frame_progress, output
    from track_anything.masks import box_of
    from track_anything.masks.rle import encode_rle
    from track_anything.models import explained_shortage
    from track_anything.video import read_image

    options = typed(BoxesOptions, namespace)
    look, row_of = _looker(options)
    images = picture_files.picture_files(options.images)
    segmenter = steps.load_shown(options.models).segmenter
    rows: list[dict[str, Any]] = []
    with picture_files.written_folder(options.out or steps.default_out(options.images[0], "-boxes")) as out:
        with frame_progress("segmenting") as progress, explained_shortage():
            for done, path in enumerate(images, start=1):
                image = read_image(path)
                detections = look(path, image)
                boxes = np.array([each.box for each in detections], np.float32).reshape(-1, 4)
                embedding = segmenter.embed(image) if detections else None
                drawn = picture_files.Drawing(image)
                answers = masks_in_boxes(segmenter, embedding, boxes, passes=options.passes)
                for detection, answer in zip(detections, answers, strict=True):
                    mask = answer.masks[answer.best]
                    x0, y0, x1, y1 = box_of(mask) or (0, 0, 0, 0)
                    counts = {"size": list(mask.shape), "counts": encode_rle(mask)}
                    box = {"bbox": [x0, y0, x1 - x0, y1 - y0], "segmentation": counts}
                    rows.append(row_of(path, detection) | box)
                    drawn.add(mask)
                drawn.write(out / f"{path.stem}.jpg")
                progress(done, len(images))
        (out / _RESULTS).write_text(json.dumps(rows), "utf-8")
        output.print(f"{len(rows)} masks on {len(images)} pictures: {out / _RESULTS}")


def _looker(
    options: BoxesOptions,
) -> "tuple[Callable[[Path, Image], list[Detection]], Callable[[Path, Detection], dict[str, Any]]]":
    """What finds the boxes on a picture, and what tells a detection of one as COCO does."""
    from track_anything.errors import InputError
    from track_anything.models.coco_classes import COCO_CLASSES
    from track_anything.prompting.finding.detections import DetectionsFile

    if (options.detections is not None) == options.find.is_wanted:
        raise InputError("say where the boxes come from, in one way: --detections FILE, --detect or --text")
    if options.detections is not None:
        given = DetectionsFile.read(options.detections, options.find.least_score or 0.0)
        return (
            lambda path, image: given.of(path.name, (image.shape[0], image.shape[1])),
            lambda path, each: {
                "image_id": given.id_of(path.name),
                "category_id": given.categories[each.name],
                "score": each.score,
            },
        )
    look, numbers = options.find.look(options.models.device), dict(COCO_CLASSES)
    return (
        lambda _, image: look(image),
        lambda path, each: {
            "image_id": int(path.stem) if path.stem.isdecimal() else path.stem,
            "category_id": numbers.setdefault(each.name, max(numbers.values()) + 1),
            "name": each.name,
            "score": round(each.score, 4),
        },
    )


COMMANDS = (Command("boxes", "masks of what lies in boxes: given ones, or a detector's", _add_boxes, _boxes),)
