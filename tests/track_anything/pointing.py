"""Pointing at a place of a frame in a call that takes its coordinates by name."""

from typing import TypedDict


class Place(TypedDict):
    """A pixel, from 0 at the top left."""

    x: float
    y: float


def at(place: tuple[float, float]) -> Place:
    """A place as arguments: ``click(**at(clip.centre(0)))``."""
    return {"x": place[0], "y": place[1]}
