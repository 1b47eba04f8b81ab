"""What a person says about an object beside its name: occluded = yes, colour = red."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from track_anything.types import MAX_OBJECT_ID, ObjectId


@dataclass(frozen=True)
class SetAttributes:
    """All attributes of an object, in place of those that it had, as pairs of name and value."""

    kind: Literal["set_attributes"] = field(default="set_attributes", kw_only=True)
    object_id: Annotated[ObjectId, Field(ge=1, le=MAX_OBJECT_ID)]
    attributes: tuple[tuple[str, str], ...] = ()
