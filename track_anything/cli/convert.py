"""``convert``: masks from one form of data set into another."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from track_anything.cli.options import Command, Parser, typed


@dataclass(frozen=True)
class ConvertOptions:
    """What ``convert`` is told."""

    source: Path
    target: Path
    to: str
    origin: str | None
    overwrite: bool


def _add_convert(parser: Parser) -> None:
    from track_anything.masks.data_sets import FORMATS

    add = parser.add_argument
    add("source", type=Path, help="a data set, a project, a folder of masks, or the results of a batch")
    add("target", type=Path, help="the folder, or the file for forms in one file")
    add("--to", required=True, choices=tuple(FORMATS), metavar="FORM", help=f"one of {', '.join(FORMATS)}")
    add(
        "--from",
        dest="origin",
        choices=tuple(FORMATS),
        metavar="FORM",
        help="what it is (default: as it looks)",
    )
    add("--overwrite", action="store_true", help="replace what is there")


def _convert(namespace: argparse.Namespace) -> None:
    """Write masks in another form, and say what that form cannot hold."""
    from track_anything.cli.console import errors, output
    from track_anything.collection.annotated import annotated_at
    from track_anything.masks.data_sets import write_data_set

    options = typed(ConvertOptions, namespace)
    data = annotated_at(options.source, options.origin)
    notes = write_data_set(data, options.target, options.to, overwrite=options.overwrite)
    for note in notes:
        errors.print(f"note: {note}")
    videos = [video for _, video in data]
    objects = sum(len(video.tracks) for video in videos)
    frames = sum(len(video.frames) for video in videos)
    count = f"{len(videos)} video{'s' * (len(videos) != 1)}"
    output.print(f"wrote {options.target}: {count}, {objects} objects, {frames} frames")


COMMANDS = (Command("convert", "masks from one form of data set into another", _add_convert, _convert),)
