"""Options that several commands share, and the typed form in which a command is told its own."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from track_anything.cli.arguments import ObjectRequest, parse_box, parse_point

EXIT_BAD_INPUT = 2
_Options = TypeVar("_Options")


@dataclass(frozen=True)
class Command:
    """One command: its options and its deed.

    Attributes:
        name: what is typed.
        help: one line.
        add_options: puts the options on a parser.
        run: does it, told the options.
    """

    name: str
    help: str
    add_options: Callable[["Parser"], None]
    run: Callable[[argparse.Namespace], None]


@dataclass(frozen=True)
class ModelOptions:
    """What ``add_model_options`` asks: the parameters of ``load_models``."""

    segmenter: str
    preset: str
    tracker: str | None
    weights: Path | None
    tracker_weights: Path | None
    device: str
    engine: str
    precision: str
    refine: bool


@dataclass(frozen=True)
class CleanUpOptions:
    """What ``add_clean_up_options`` asks: fields of ``CleanUp``, None = as it is."""

    holes: int | None
    islands: int | None
    smooth: float | None
    grow: float | None


class Parser(argparse.ArgumentParser):
    """Answers a wrong option with one line."""

    def error(self, message: str) -> NoReturn:
        """End with the message and where help is."""
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


def typed(kind: type[_Options], options: argparse.Namespace) -> _Options:
    """The options of a command as its own frozen dataclass; one inside it takes its fields from them, too."""
    if not is_dataclass(kind):
        raise TypeError(f"{kind} is no dataclass")
    values = {
        field.name: typed(field.type, options)
        if isinstance(field.type, type) and is_dataclass(field.type)
        else getattr(options, field.name)
        for field in fields(kind)
    }
    return kind(**values)


def add_project(parser: argparse.ArgumentParser, name: str = "project") -> None:
    """Which project, and where its video is."""
    parser.add_argument(name, type=Path, help="what --out of track was, or a project")
    add_source(parser)


def add_source(parser: argparse.ArgumentParser) -> None:
    """Where the video of a project is."""
    parser.add_argument(
        "--source", type=Path, metavar="VIDEO", help="where the video is now, if it was moved; remembered"
    )


def add_object_options(parser: argparse.ArgumentParser) -> None:
    """Several objects, each with a name and what points at it."""
    group = parser.add_argument_group(
        "what to follow", "repeat --object NAME with options of its own for several objects"
    )
    group.add_argument("--object", metavar="NAME", action=_ObjectOption, help="begin the next object")
    add_prompt_options(parser, group)


def add_prompt_options(parser: argparse.ArgumentParser, group: argparse._ArgumentGroup | None = None) -> None:
    """What points at an object on one frame."""
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


def add_out(parser: argparse.ArgumentParser, text: str) -> None:
    """Where what is made goes."""
    parser.add_argument("--out", type=Path, metavar="FOLDER", help=text)


def add_at_cut(parser: argparse.ArgumentParser) -> None:
    """What tracking does where another shot begins."""
    parser.add_argument(
        "--at-cut",
        choices=("go-on", "stop"),
        default="go-on",
        help="where another shot begins: go on, believing only what looks like the object (default), or stop "
        "and ask whether the objects are in it",
    )


def add_clean_up_options(parser: argparse.ArgumentParser) -> None:
    """How masks are cleaned where they are handed out; what was tracked stays as it was."""
    add = parser.add_argument_group(
        "clean-up", "of masks as they are written, areas and widths in pixels"
    ).add_argument
    add("--fill-holes", dest="holes", type=int, metavar="AREA", help="holes of at most this area are filled")
    add("--remove-islands", dest="islands", type=int, metavar="AREA", help="pieces of at most this area go")
    add("--smooth", type=float, metavar="PIXELS", help="outlines are rounded off by this radius")
    add("--grow", type=float, metavar="PIXELS", help="outlines move outwards by this; negative = inwards")


def _device(name: str) -> str:
    """The name of a device; whether it is there is seen when the networks are loaded."""
    from track_anything.models import DEVICES

    if name not in DEVICES and not name.startswith("openvino:"):
        known = ", ".join((*DEVICES, "openvino:GPU", "openvino:NPU"))
        raise argparse.ArgumentTypeError(f"unknown device {name!r}; choose one of {known}")
    return name


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """The networks, and where they run."""
    from track_anything.models import DEFAULT_PRESET, ENGINES, PRECISIONS, PRESETS, SEGMENTERS, TRACKERS

    group = parser.add_argument_group("models")
    group.add_argument("--segmenter", choices=SEGMENTERS, default="mobile-sam")
    group.add_argument(
        "--preset",
        choices=tuple(PRESETS),
        default=DEFAULT_PRESET,
        help=f"speed against accuracy (default: {DEFAULT_PRESET}): fast sees each frame once, balanced "
        "every fifth by the segmenter's features too, accurate every second, fewer while both agree; "
        "training-free needs no network trained on video",
    )
    group.add_argument(
        "--tracker",
        choices=TRACKERS,
        help="instead of the preset's; feature-memory needs no training, sam-memory-permissive learnt from "
        "freely licensed data alone",
    )
    group.add_argument(
        "--weights", type=Path, metavar="FILE", help="the segmenter's checkpoint, if it is here"
    )
    group.add_argument(
        "--tracker-weights", type=Path, metavar="FILE", help="the tracker's checkpoint, likewise"
    )
    group.add_argument(
        "--device",
        type=_device,
        metavar="{auto,cpu,cuda,mps,openvino:GPU,openvino:NPU}",
        default="auto",
        help="where networks run; auto takes CUDA where there is one",
    )
    group.add_argument(
        "--engine",
        choices=ENGINES,
        default="auto",
        help="what computes networks; auto takes openvino where it is installed and faster than torch",
    )
    group.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="auto",
        help="how exactly networks compute; auto takes bfloat16 or int8 where that is faster here",
    )
    group.add_argument(
        "--no-refine", dest="refine", action="store_false", help="do not mend masks with the segmenter"
    )
