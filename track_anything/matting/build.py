"""From the name of a matting method to its matter."""

from typing import TypeAlias

from track_anything.matting.matter import Matter, SingleFrames
from track_anything.types import Choice, Choices


def _closed_form() -> Matter:
    from track_anything.matting.closed_form import closed_form_matte

    return SingleFrames(closed_form_matte)


def _guided() -> Matter:
    from track_anything.matting.guided_filter import guided_matte

    return SingleFrames(lambda image, trimap, _prior: guided_matte(image, trimap))


def _rvm() -> Matter:
    from track_anything.matting.rvm import load_rvm

    return load_rvm()


Method: TypeAlias = Choice[[], Matter]
"""A way to make mattes: it makes a matter for one object."""

MATTERS: Choices[Method, [], Matter] = Choices(
    "matting method",
    {
        "closed-form": Choice(_closed_form, "exact along hair and blur, seconds per frame"),
        "guided": Choice(_guided, "a quick preview"),
        "rvm": Choice(_rvm, "people, by Robust Video Matting", "onnxruntime", "rvm"),
    },
)
"""The methods by name; a new one is one line."""
