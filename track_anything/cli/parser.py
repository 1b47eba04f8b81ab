"""The command line: ``track-anything track | resume | status | correct | segment | export | ...``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from sam.errors import SamError
from track_anything.cli.arguments import (
    ObjectRequest,
    add_clean_up_options,
    parse_box,
    parse_count,
    parse_frames,
    parse_pair,
    parse_point,
    parse_positive,
    parse_range,
)
from track_anything.errors import TrackAnythingError
from track_anything.models import DEFAULT_PRESET, DEVICES, PRECISIONS, PRESETS, SEGMENTERS, TRACKERS
from tracker.errors import TrackerError

EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130
FORMS = (
    "masks", "binary", "soft", "soft-8", "rgba", "rgba-premultiplied", "exr", "davis", "youtube-vos", "coco",
    "boxes", "boxes-json", "prores", "vp9", "png-mov", "ffv1", "matte", "overlay", "sheet", "confidence",
)  # fmt: skip
READINGS = ("labels", "binary", "soft", "alpha", "colours")
METHODS = ("closed-form", "guided", "pymatting", "rvm")
"""The forms of export, what pixels of masks may mean and the ways to make mattes, named here too so that
``--help`` loads none of them."""

_FRAMES = "these frames alone, or all (default: between the in and out points, all without them)"


class _Parser(argparse.ArgumentParser):
    """Answers a wrong option with one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_BAD_INPUT, f"error: {message}; see {self.prog} --help\n")


class _ObjectOption(argparse.Action):
    """Collects what is said about each object; ``--object`` begins the next one."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - argparse's own signature
        namespace: argparse.Namespace,
        values: Any,  # noqa: ANN401 - argparse's own signature
        option_string: str | None = None,  # noqa: ARG002 - argparse's own signature
    ) -> None:
        requests: list[ObjectRequest] = namespace.requests
        if self.dest == "object":
            begins_first = len(requests) == 1 and requests[0].is_untouched
            namespace.requests = [*([] if begins_first else requests), ObjectRequest(name=values)]
            return
        last = requests[-1]
        namespace.requests = [*requests[:-1], last.with_option(self.dest, values)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 2 for bad input, 130 for Ctrl-C."""
    options = _parser().parse_args(arguments)
    from track_anything.cli import commands  # loads the video and model code, which --help does not need

    try:
        getattr(commands, options.command)(options)
    except (TrackAnythingError, SamError, TrackerError) as error:
        sys.stderr.write(f"error: {error}\n")
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="track-anything", description="Click an object in a video and get its mask on every frame."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    track = commands.add_parser("track", help="follow objects through a video, from clicks to masks")
    track.add_argument(
        "source", type=Path, help="video file, or images: a folder, shot/%%04d.png, shot/*.png, a .zip"
    )
    _add_object_options(track)
    _add_out(track, "folder for the project, the masks and the overlay (default: NAME-tracked)")
    track.add_argument("--direction", choices=("both", "forward", "backward"), default="both")
    track.add_argument(
        "--frames", type=parse_range, metavar="FIRST-LAST", help="in and out points: track these only"
    )
    add_clean_up_options(track)
    _add_model_options(track)

    resume = commands.add_parser("resume", help="go on with an interrupted track")
    resume.add_argument("folder", type=Path, help="what --out of track was, or a project")
    resume.add_argument("--source", type=Path, help="where the video is now, if it was moved")
    _add_model_options(resume)

    status = commands.add_parser("status", help="how far each mask can be trusted, worst frames first")
    status.add_argument("project", type=Path, help="what --out of track was, or a project")
    status.add_argument("--frames", type=int, default=10, metavar="N", help="how many (default: 10)")

    correct = commands.add_parser(
        "correct", help="say what an object is on one frame; the span around it is tracked again"
    )
    correct.add_argument("folder", type=Path, help="what --out of track was, or a project")
    correct.add_argument("--object-id", type=int, default=1, metavar="ID", help="which object (default: 1)")
    correct.add_argument("--source", type=Path, help="where the video is now, if it was moved")
    _add_prompt_options(correct)
    _add_model_options(correct)

    segment = commands.add_parser("segment", help="the masks of one frame or image, with their scores")
    segment.add_argument("source", type=Path, help="image, video file, or images as for track")
    _add_object_options(segment)
    _add_out(segment, "folder for the masks (default: NAME-segmented)")
    _add_model_options(segment)

    export = commands.add_parser("export", help="write the masks of a project in a form other tools read")
    export.add_argument("project", type=Path)
    export.add_argument("--format", required=True, metavar="FORM", help=f"one of {', '.join(FORMS)}")
    export.add_argument(
        "--output", type=Path, required=True, help="folder, or file with the suffix of the form"
    )
    export.add_argument("--objects", type=int, nargs="+", metavar="ID", help="these objects alone")
    export.add_argument(
        "--frames",
        "--range",
        type=parse_frames,
        metavar="FIRST-LAST",
        help=_FRAMES,
    )
    export.add_argument(
        "--matte", metavar="METHOD", help=f"seek alpha along outlines: one of {', '.join(METHODS)}"
    )
    export.add_argument(
        "--band", type=float, metavar="PIXELS", help="how wide along outlines (default: as the project says)"
    )
    export.add_argument("--overwrite", action="store_true", help="replace what is there")

    cleaning = commands.add_parser(
        "clean-up", help="fill holes, remove islands, grow or smooth masks; undoable"
    )
    cleaning.set_defaults(command="clean_up")
    cleaning.add_argument("project", type=Path, help="what --out of track was, or a project")
    cleaning.add_argument("--objects", type=int, nargs="+", metavar="ID", help="these objects alone")
    add_clean_up_options(cleaning)

    inpaint = commands.add_parser("inpaint", help="remove objects from the picture and fill the hole")
    inpaint.add_argument("project", type=Path)
    inpaint.add_argument(
        "--output", type=Path, required=True, help=".mp4, lossless .mkv, or a folder of PNG files"
    )
    inpaint.add_argument("--objects", type=int, nargs="+", metavar="ID", help="these alone (default: all)")
    inpaint.add_argument("--frames", type=parse_frames, metavar="FIRST-LAST", help=_FRAMES)
    inpaint.add_argument(
        "--dilation", type=int, default=6, metavar="PIXELS", help="by which the hole exceeds the mask (6)"
    )
    inpaint.add_argument(
        "--feather", type=int, default=3, metavar="PIXELS", help="over which it fades beyond that (3)"
    )
    inpaint.add_argument(
        "--unseen",
        default="telea",
        metavar="METHOD",
        help="for what no frame shows: telea, exemplar, diffusion, migan (telea)",
    )
    inpaint.add_argument(
        "--flow", default="dis", metavar="METHOD", help="what finds motion: dis, or raft, a network (dis)"
    )
    inpaint.add_argument("--weights", type=Path, metavar="FILE", help="raft-things.pth (fetched when needed)")
    inpaint.add_argument("--overwrite", action="store_true", help="replace what is there")

    shadow = commands.add_parser(
        "shadow", help="suggest what goes with an object, shadow or reflection, as another object"
    )
    shadow.add_argument("project", type=Path)
    shadow.add_argument("--object-id", type=int, default=1, metavar="ID", help="whose (default: 1)")
    shadow.add_argument("--frames", type=parse_range, metavar="FIRST-LAST", help="on these frames alone")

    importing = commands.add_parser("import", help="make masks of other programs known in a project")
    importing.set_defaults(command="import_masks")
    importing.add_argument("project", type=Path)
    importing.add_argument(
        "masks",
        type=Path,
        help="folder of pictures or of a folder for each object, data set, .zip, .npy, COCO .json, or video",
    )
    importing.add_argument(
        "--remap", type=parse_pair, nargs="+", default=[], metavar="THEIRS:OURS", help="which object is which"
    )
    importing.add_argument(
        "--as",
        dest="reading",
        choices=READINGS,
        help="what pixels mean (default: as they look, which is said first)",
    )
    importing.add_argument(
        "--first-number",
        type=int,
        metavar="N",
        help="the number in the names that is frame 0 (default: frames are told by names, then by order)",
    )
    importing.add_argument(
        "--join", action="store_true", help="several masks of one category on a frame are one object"
    )
    importing.add_argument("--check", action="store_true", help="say what would be done, and do nothing")

    weights = commands.add_parser("weights", help="list, fetch or locate the networks' weights")
    weights.add_argument("action", choices=("list", "fetch", "path"), nargs="?", default="list")
    weights.add_argument("name", nargs="?", default="mobile-sam")

    train = commands.add_parser("train", help="train a tracker on stills and videos with masks")
    train.add_argument("--config", type=Path, required=True, metavar="FILE", help="the recipe, a TOML file")
    train.add_argument(
        "--data",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="what the recipe's paths lie below (default: here)",
    )
    train.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="checkpoint, weights and pictures; a run that is there is gone on with",
    )
    train.add_argument("--device", choices=DEVICES, default="auto")

    _add_ui(commands)

    info = commands.add_parser("info", help="what a video or a project holds")
    info.add_argument("path", type=Path)
    return parser


def _add_ui(commands: "argparse._SubParsersAction[_Parser]") -> None:
    ui = commands.add_parser("ui", help="the editor in the browser: click, track, see drift, correct, export")
    ui.add_argument("source", type=Path, nargs="?", metavar="VIDEO", help="video, images, or project")
    ui.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to serve at (default: 127.0.0.1, this machine alone; others let other machines in)",
    )
    ui.add_argument(
        "--allow-host",
        dest="allowed_hosts",
        action="append",
        default=[],
        metavar="NAME",
        help="name or address that other machines use for this one, if --host lets them in; may be repeated",
    )
    ui.add_argument("--port", type=int, default=7860, help="0 = any that is free (default: 7860)")
    ui.add_argument("--workspace", type=Path, metavar="FOLDER", help="where projects are kept")
    ui.add_argument(
        "--root",
        dest="roots",
        type=Path,
        action="append",
        metavar="FOLDER",
        help="folder from which visitors may open videos by path; may be repeated (default: this folder; "
        "none where --host lets other machines in)",
    )
    ui.add_argument(
        "--upload-limit", type=parse_positive, default=4, metavar="GIB", help="of one upload (default: 4)"
    )
    ui.add_argument(
        "--disk-limit", type=parse_positive, default=100, metavar="GIB", help="of all projects (default: 100)"
    )
    ui.add_argument(
        "--open-limit", type=parse_count, default=8, metavar="N", help="projects in use (default: 8)"
    )
    ui.add_argument(
        "--idle",
        type=parse_positive,
        default=30,
        metavar="MINUTES",
        help="until an unused project is closed (default: 30)",
    )
    _add_model_options(ui)


def _add_object_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "what to follow", "repeat --object NAME with options of its own for several objects"
    )
    group.add_argument("--object", metavar="NAME", action=_ObjectOption, help="begin the next object")
    _add_prompt_options(parser, group)


def _add_prompt_options(
    parser: argparse.ArgumentParser, group: argparse._ArgumentGroup | None = None
) -> None:
    parser.set_defaults(requests=[ObjectRequest()])
    add = (group or parser).add_argument
    add(
        "--frame", type=int, metavar="N", action=_ObjectOption, help="frame of the clicks, from 0 (default 0)"
    )
    add(
        "--click",
        type=parse_point,
        metavar="X,Y",
        action=_ObjectOption,
        help="a pixel that belongs to the object",
    )
    add("--negative", type=parse_point, metavar="X,Y", action=_ObjectOption, help="a pixel that does not")
    add("--box", type=parse_box, metavar="X0,Y0,X1,Y1", action=_ObjectOption, help="a box around the object")
    add("--mask", type=Path, metavar="FILE", action=_ObjectOption, help="the object's mask as an image")


def _add_out(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--out", type=Path, metavar="FOLDER", help=text)


def _add_model_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("models")
    group.add_argument("--segmenter", choices=SEGMENTERS, default="mobile-sam")
    group.add_argument(
        "--preset",
        choices=tuple(PRESETS),
        default=DEFAULT_PRESET,
        help=f"speed against accuracy (default: {DEFAULT_PRESET}): the segmenter mends masks never, now and "
        "then, or on every frame",
    )
    group.add_argument(
        "--tracker", choices=TRACKERS, help="instead of the preset's; feature-memory needs no training"
    )
    group.add_argument(
        "--weights", type=Path, metavar="FILE", help="the segmenter's checkpoint, if it is here"
    )
    group.add_argument(
        "--tracker-weights", type=Path, metavar="FILE", help="the tracker's checkpoint, likewise"
    )
    group.add_argument("--device", choices=DEVICES, default="auto")
    group.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="auto",
        help="how exactly networks compute; auto takes bfloat16 where the processor is faster with it",
    )
    group.add_argument(
        "--no-refine", dest="refine", action="store_false", help="do not mend masks with the segmenter"
    )
