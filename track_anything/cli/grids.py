"""``edges`` and ``proposals``: what a grid of clicks finds in pictures."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from track_anything.cli.arguments import parse_count
from track_anything.cli.options import Command, ModelOptions, Parser, add_model_options, add_out, typed

_PROPOSALS = "proposals.json"


@dataclass(frozen=True)
class GridOptions:
    """What ``edges`` is told."""

    images: list[Path]
    points: int
    out: Path | None
    models: ModelOptions


@dataclass(frozen=True)
class ProposalsOptions:
    """What ``proposals`` is told."""

    grid: GridOptions
    most: int
    passes: int


def _add_grid(parser: Parser, points: int, out: str) -> None:
    parser.add_argument("images", type=Path, nargs="+", help="pictures, or folders of them")
    parser.add_argument(
        "--points", type=parse_count, default=points, metavar="N", help=f"clicks per side (default: {points})"
    )
    add_out(parser, out)
    add_model_options(parser)


def _add_edges(parser: Parser) -> None:
    _add_grid(parser, 16, "folder for a grey picture of each one's edges (default: NAME-edges)")


def _edges(namespace: argparse.Namespace) -> None:
    """Write the edges of every picture as a PNG of its size: white is a strong edge."""
    import PIL.Image

    from sam.edges import Edges
    from track_anything.cli import picture_files, steps
    from track_anything.cli.console import frame_progress, output
    from track_anything.models import explained_shortage
    from track_anything.video import read_image

    options = typed(GridOptions, namespace)
    images = picture_files.picture_files(options.images)
    out = options.out or steps.default_out(options.images[0], "-edges")
    with picture_files.written_folder(out), explained_shortage():
        segmenter = steps.load_shown(options.models).segmenter
        for path in images:
            with frame_progress(path.name) as progress:
                strength = Edges(options.points).find(segmenter, read_image(path), progress=progress)
            PIL.Image.fromarray((strength * 255).round().astype("uint8")).save(out / f"{path.stem}.png")
    output.print(f"edges of {len(images)} pictures: {out}")


def _add_proposals(parser: Parser) -> None:
    _add_grid(parser, 64, "folder for proposals.json and the pictures (default: NAME-proposals)")
    parser.add_argument(
        "--most", type=parse_count, default=1000, metavar="N", help="so many per picture (default: 1000)"
    )
    parser.add_argument(
        "--passes",
        type=int,
        choices=(1, 2),
        default=1,
        help="2 asks about each of them once more (default: 1)",
    )


def _proposals(namespace: argparse.Namespace) -> None:
    """Write what may be an object on every picture as COCO results, the likeliest first."""
    import json

    from sam.proposals import Proposals
    from track_anything.cli import picture_files, steps
    from track_anything.cli.console import frame_progress, output
    from track_anything.masks.rle import encode_rle
    from track_anything.models import explained_shortage
    from track_anything.video import read_image

    options = typed(ProposalsOptions, namespace)
    images = picture_files.picture_files(options.grid.images)
    out = options.grid.out or steps.default_out(options.grid.images[0], "-proposals")
    settings = Proposals(options.grid.points, options.most, options.passes)
    rows: list[dict[str, Any]] = []
    with picture_files.written_folder(out), explained_shortage():
        segmenter = steps.load_shown(options.grid.models).segmenter
        for path in images:
            image = read_image(path)
            drawn = picture_files.Drawing(image)
            with frame_progress(path.name) as progress:
                for found in settings.find(segmenter, image, progress=progress):
                    x0, y0, x1, y1 = found.box
                    rows.append(
                        {
                            "image_id": int(path.stem) if path.stem.isdecimal() else path.stem,
                            "bbox": [x0, y0, x1 - x0, y1 - y0],
                            "segmentation": {"size": [*found.mask.shape], "counts": encode_rle(found.mask)},
                            "score": round((found.predicted_iou + found.stability) / 2, 4),
                        }
                    )
                    drawn.add(found.mask)
            drawn.write(out / f"{path.stem}.jpg")
        (out / _PROPOSALS).write_text(json.dumps(rows), "utf-8")
    output.print(f"{len(rows)} proposals on {len(images)} pictures: {out / _PROPOSALS}")


COMMANDS = (
    Command("edges", "the edges of pictures, as grey pictures", _add_edges, _edges),
    Command("proposals", "what may be an object in pictures, ranked", _add_proposals, _proposals),
)
