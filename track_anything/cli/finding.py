"""Finding objects by name instead of pointing at them: the options, and the deed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from track_anything.cli.arguments import parse_count, parse_share
from track_anything.cli.options import Parser

if TYPE_CHECKING:
    import argparse

    from track_anything.models.detector import Detection
    from track_anything.models.locators import TextLocator
    from track_anything.session import Session
    from track_anything.types import FrameIndex, Image, ObjectId


@dataclass(frozen=True)
class LocatorOptions:
    """What ``add_locator_options`` asks."""

    locator: str
    locator_weights: Path | None

    def built(self, device: str) -> "Callable[[], TextLocator]":
        """Gives what understands words; what nobody has named weights for is loaded when there are some.

        Raises:
            InputError: a way that is not there.
            WeightsError: weights that cannot be had.
        """
        from track_anything.models.locators import LOCATORS, usual_locator

        if self.locator == next(iter(LOCATORS)) and self.locator_weights is None:
            return usual_locator
        locator = self.load(self.locator, device)
        return lambda: locator

    def load(self, name: str, device: str) -> "TextLocator":
        """The one of a name; raises as ``built``."""
        from track_anything.models import resolve_device
        from track_anything.models.locators import LOCATORS

        LOCATORS.check(name)
        checkpoint = LOCATORS[name].checkpoint(self.locator_weights, "--locator-weights", None)
        return LOCATORS.build(name, checkpoint, resolve_device(device))


@dataclass(frozen=True)
class FindOptions:
    """What ``add_find_options`` asks."""

    detect: str | None
    text: str | None
    locator: LocatorOptions
    least_score: float | None

    @property
    def is_wanted(self) -> bool:
        """Whether anything is to be looked for."""
        return self.detect is not None or self.text is not None

    @property
    def phrase(self) -> str:
        """What is looked for."""
        return self.detect or self.text or ""

    def look(self, device: str) -> "Callable[[Image], list[Detection]]":
        """What finds it on an image; everything wrong with the options is told before anything slow begins.

        Raises:
            InputError: words that are not understood, a way that is not there, or two at once.
            WeightsError: weights that cannot be had.
        """
        from track_anything.errors import InputError
        from track_anything.models.detector import LEAST_SCORE
        from track_anything.models.locators import LOCATORS

        if self.detect is not None and self.text is not None:
            raise InputError("things are looked for by --detect or by --text: leave one out")
        name = next(iter(LOCATORS)) if self.detect is not None else self.locator.locator
        locator = self.locator.load(name, device)
        locator.check(self.phrase)
        least = LEAST_SCORE if self.least_score is None else self.least_score
        return lambda image: locator.locate(image, self.phrase, least=least)


@dataclass(frozen=True)
class FindInVideoOptions:
    """What ``add_find_in_video_options`` asks."""

    find_on: int
    find_every: int | None


def add_find_options(parser: Parser) -> None:
    """What to look for, and by which network."""
    group = parser.add_argument_group("what to find, without a click")
    add = group.add_argument
    add(
        "--detect",
        metavar="NAMES",
        help="let the detector in the package find these: person, or person,dog; all = its 80 names",
    )
    add("--text", metavar="WORDS", help="look for what these words say, by --locator")
    add_locator_options(group, "what understands --text")
    add(
        "--least-score",
        type=parse_share,
        metavar="SHARE",
        help="leave out what is less sure than this (default: 0.3; 0 for --detections)",
    )


def add_locator_options(parser: "argparse._ActionsContainer", meaning: str) -> None:
    """What understands words, and its weights."""
    from track_anything.models.locators import LOCATORS

    add = parser.add_argument
    add("--locator", choices=LOCATORS, default=next(iter(LOCATORS)), help=meaning)
    add(
        "--locator-weights",
        type=Path,
        metavar="PATH",
        help="its weights: an ONNX file for names, else a folder for transformers, or hub:NAME to fetch it",
    )


def add_find_in_video_options(parser: Parser) -> None:
    """Where in a video to look for them."""
    parser.add_argument(
        "--find-on", type=int, default=0, metavar="N", help="frame on which to look for them (default 0)"
    )
    parser.add_argument(
        "--find-every",
        type=parse_count,
        metavar="N",
        help="look again on every Nth frame after it, for those that have come in",
    )


def find_on(
    session: "Session", look: "Callable[[Image], list[Detection]]", frame: "FrameIndex"
) -> "list[ObjectId]":
    """Make objects of what is found on a frame and is none yet; returns their ids."""
    from track_anything.cli.console import output

    found = session.finding.in_boxes(frame, look)
    ids = session.finding.take(found)
    for object_id, each in zip(ids, found, strict=True):
        name = session.project.state.objects[object_id]
        output.print(f"frame {frame}: object {object_id} is {name} (score {each.score:.2f})")
    return ids
