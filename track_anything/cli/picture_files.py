"""Pictures in, pictures with masks out: what the commands about stills have in common."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import PIL.Image

from track_anything.errors import InputError, OutputError
from track_anything.masks.overlay import paint
from track_anything.system.files import make_folder, remedy
from track_anything.types import Image, Mask
from track_anything.video import IMAGE_SUFFIXES

_COLOURS = 255


def picture_files(paths: Sequence[Path]) -> list[Path]:
    """The pictures among files and in folders, in order, each once.

    Raises:
        InputError: a path is not there, there is no picture, or two have the same name.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found |= dict.fromkeys(p for p in sorted(path.iterdir()) if p.suffix.lower() in IMAGE_SUFFIXES)
        elif path.is_file():
            found[path] = None
        else:
            raise InputError(f"{path} is not there: give pictures, or folders of them")
    if not found:
        raise InputError(f"{paths[0]} holds no picture: give pictures, or folders of them")
    stems = [path.stem for path in found]
    twice = next((path for path in found if stems.count(path.stem) > 1), None)
    if twice is not None:
        raise InputError(f"two pictures are called {twice.stem}: give them in two runs, or rename one")
    return list(found)


@contextmanager
def written_folder(out: Path) -> Iterator[Path]:
    """A new folder to write into; gone again when the block fails.

    Raises:
        OutputError: it is there already, or cannot be written.
    """
    if out.exists():
        raise OutputError(f"{out} exists already: choose another --out")
    try:
        make_folder(out)
        yield out
    except BaseException as error:
        shutil.rmtree(out, ignore_errors=True)
        if isinstance(error, OSError):
            raise OutputError(
                f"{out} cannot be written ({error.strerror}): {remedy(error)}, or choose another --out"
            ) from error
        raise


class Drawing:
    """A picture with masks over it, the smaller ones on top; keeps none of the masks.

    Args:
        image: (H, W, 3) RGB.
    """

    def __init__(self, image: Image) -> None:
        self._image = image
        self._numbers = np.zeros(image.shape[:2], np.uint8)
        self._areas = np.full(image.shape[:2], image.size, np.int32)  # of the mask that is on top
        self._count = 0

    def add(self, mask: Mask) -> None:
        """Draw a mask (H, W)."""
        area = np.count_nonzero(mask)
        is_on_top = mask & (self._areas > area)
        self._numbers[is_on_top] = self._count % _COLOURS + 1
        self._areas[is_on_top] = area
        self._count += 1

    def write(self, path: Path) -> None:
        """Write it."""
        PIL.Image.fromarray(paint(self._image, self._numbers)).save(path, quality=92)
