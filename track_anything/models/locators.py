"""What finds things by words, by name: an image and a phrase become boxes with scores."""

import re
from functools import cache
from pathlib import Path
from typing import Protocol

from track_anything.models.coco_classes import COCO_CLASSES
from track_anything.models.detector import (
    DETECTOR_WEIGHTS,
    LEAST_SCORE,
    Detection,
    YoloxDetector,
    check_classes,
)
from track_anything.models.network_choice import NetworkChoice
from track_anything.models.phrases import things_in
from track_anything.types import Choices, Image

_ARTICLE = re.compile(r"^(an?|the|all|every|each)\s+", re.IGNORECASE)
_ALSO = {
    "people": "person", "man": "person", "men": "person", "woman": "person", "women": "person",
    "child": "person", "children": "person", "pedestrian": "person", "human": "person", "bike": "bicycle",
    "motorbike": "motorcycle", "plane": "airplane", "aeroplane": "airplane", "sofa": "couch",
    "television": "tv", "phone": "cell phone", "knives": "knife", "mice": "mouse", "sheep": "sheep",
}  # fmt: skip


class TextLocator(Protocol):
    """Anything that finds what a phrase names."""

    def check(self, phrase: str) -> None:
        """Raise InputError when a phrase is empty, or has a word that is not understood; takes no time."""
        ...

    def locate(self, image: Image, phrase: str, *, least: float = LEAST_SCORE) -> list[Detection]:
        """Find the things that a phrase names, best score first.

        Args:
            image: (H, W, 3) RGB.
            phrase: what to look for; several things are parted by commas.
            least: the score, 0 to 1, below which a thing is dropped.

        Raises:
            InputError: as ``check``.
        """
        ...


class DetectorLocator:
    """A ``TextLocator`` that understands the names of the detector's classes, and no other word.

    Args:
        detector: finds the things.
    """

    def __init__(self, detector: YoloxDetector) -> None:
        self._detector = detector

    def check(self, phrase: str) -> None:
        """Raise InputError for a word that is no name of a class."""
        classes_in(phrase)

    def locate(self, image: Image, phrase: str, *, least: float = LEAST_SCORE) -> list[Detection]:
        """Find the things of the classes that a phrase names; see ``TextLocator``."""
        return self._detector.detect(image, names=classes_in(phrase), least=least)


def classes_in(phrase: str) -> list[str]:
    """The detector's classes that a phrase names: in the plural, with an article, or by a common word.

    "all" names all of them.

    Raises:
        InputError: it names none, or something else.
    """
    if phrase.strip().lower() == "all":
        return list(COCO_CLASSES)
    names = list(dict.fromkeys(_class_of(thing) for thing in things_in(phrase)))
    check_classes(names)
    return names


def _class_of(thing: str) -> str:
    word = _ARTICLE.sub("", thing).lower()
    singulars = (word, word.removesuffix("s"), word.removesuffix("es"), re.sub("ies$", "y", word))
    for name in singulars:
        name = _ALSO.get(name, name)
        if name in COCO_CLASSES:
            return name
    return thing


@cache
def usual_locator() -> TextLocator:
    """The one that needs nothing but the package, loaded once."""
    return DetectorLocator(YoloxDetector())


def _names(path: Path | None, device: str) -> TextLocator:
    del device  # OpenCV runs it on the processor, fast enough
    return DetectorLocator(YoloxDetector(path or DETECTOR_WEIGHTS))


def _open_vocabulary(path: Path | None, device: str) -> TextLocator:
    from track_anything.models.open_vocabulary import OpenVocabularyLocator  # loads torch

    return OpenVocabularyLocator(path, device)


LocatorChoice = NetworkChoice[[Path | None, str], TextLocator]
"""Built from weights, on a device."""

LOCATORS: Choices[LocatorChoice, [Path | None, str], TextLocator] = Choices(
    "locator",
    {
        "names": NetworkChoice(_names, "YOLOX-Nano, which knows 80 names and comes with the package"),
        "grounding-dino": NetworkChoice(
            _open_vocabulary, "Grounding DINO, for any words", needs="transformers", extra="transformers"
        ),
        "owlv2": NetworkChoice(
            _open_vocabulary, "OWLv2, for any words", needs="transformers", extra="transformers"
        ),
    },
)
"""By name; a new one is one line."""
