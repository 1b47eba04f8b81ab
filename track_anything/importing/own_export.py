"""Our own exports come back with their ids, names and frames: the manifest beside them tells these."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from track_anything.errors import InputError
from track_anything.masks.pixels import Reading
from track_anything.types import MAX_OBJECT_ID, FrameIndex

_READINGS: dict[str, Reading] = {
    **dict.fromkeys(("masks", "davis", "youtube-vos"), "labels"),
    **dict.fromkeys(("rgba", "rgba-premultiplied", "prores", "png-mov", "ffv1", "vp9"), "alpha"),
    **dict.fromkeys(("matte", "exr"), "soft"),
}

_ONE_WAY = frozenset(
    {"exr-layers", "cryptomatte", "fill-and-matte", "otio", "marker-edl", "fcpxml", "premiere-xml", "splines"}
)
"""Forms for compositing and editing programs, which keep masks in ways of their own, or none."""

_NUMBER = re.compile(r"\d+")

MANIFEST = ".manifest.json"  # behind the name of an export


@dataclass(frozen=True)
class OwnExport:
    """What a manifest says.

    Attributes:
        form: of the export.
        objects: names by id.
        first_frame: of the frames that were written.
        first_number: that its file has; None = that of the frame.
    """

    form: str
    objects: dict[int, str]
    first_frame: FrameIndex
    first_number: int | None = None

    def check(self, path: Path) -> None:
        """Raise InputError for a form whose masks do not come back."""
        if self.form in _ONE_WAY:
            raise InputError(
                f"{path} is an export in the form {self.form}, from which masks are not taken back: "
                "export masks, binary or soft, and give that"
            )

    def frame_name(self, name: str) -> str:
        """The name of a file as it were with the number of its frame."""
        numbers = _NUMBER.findall(name)
        if self.first_number is None or not numbers:
            return name
        return str(int(numbers[-1]) - self.first_number + self.first_frame)

    @property
    def reading(self) -> Reading | None:
        """What pixels mean; None where that is to be seen."""
        return _READINGS.get(self.form)

    @property
    def whole(self) -> tuple[int, str]:
        """Id and name for what shows all objects as one: those of the only one, else new ones."""
        if len(self.objects) == 1:
            return next(iter(self.objects.items()))
        return max(self.objects, default=0) + 1, " + ".join(self.objects.values())


def own_export(path: Path) -> OwnExport | None:
    """What the manifest beside an export says; None where there is none, or none of ours."""
    try:
        manifest = json.loads(path.with_name(path.name + MANIFEST).read_bytes())
        objects = {int(number): str(name) for number, name in manifest["objects"].items()}
        first, form = int(manifest["frames"][0]), str(manifest["form"])
        number = int(manifest["first_number"]) if "first_number" in manifest else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return None
    is_ours = "track-anything" in manifest and all(1 <= number <= MAX_OBJECT_ID for number in objects)
    return OwnExport(form, objects, first, number) if is_ours else None
