"""One way in for masks in whatever form."""

from pathlib import Path

from track_anything.errors import InputError
from track_anything.importing.annotated_masks import AnnotatedMasks
from track_anything.importing.coco_masks import CocoMasks
from track_anything.importing.foreign_masks import AS_IT_LOOKS, ForeignMasks, HowToRead, MeantFor
from track_anything.importing.mask_array import MaskArray
from track_anything.importing.mask_images import MaskImages, masks_in
from track_anything.importing.mask_video import MaskVideo
from track_anything.importing.own_export import own_export
from track_anything.masks.data_sets import form_of
from track_anything.video.stills import are_stills, is_many_files

_ARRAYS = (".npy", ".npz")
_READ_HERE = ("coco", "ytvis", "davis", "youtube-vos")  # forms that have readers with more to ask, below


def open_masks(path: Path, video: MeantFor, how: HowToRead = AS_IT_LOOKS) -> ForeignMasks:
    """Masks at a path.

    Args:
        path: a folder of pictures or with a folder for each object, a data set in the layout of DAVIS or
            YouTube-VOS, a pattern such as ``masks/*.png``, a zip file, one picture or a stack of pages, an
            ``.npy`` array, a COCO ``.json``, another form of data set, or a video.
        video: what they are for.
        how: what a person says about them.

    Raises:
        InputError: there is nothing of the kind, or it is damaged.
    """
    own = own_export(path)
    if own is not None:
        own.check(path)
    try:
        if own is None and (form := _form_of_data_set(path)) is not None:
            return AnnotatedMasks(path, form, video.size, video.name)
        if path.is_dir():
            return masks_in(path, how, own, video.name)
        if is_many_files(path):
            return MaskImages(path, how, own)
        if not path.is_file():
            raise InputError(
                f"{path} does not exist or is no file: give masks as a folder of pictures, .npy array, "
                "COCO .json file or video"
            )
        suffix = path.suffix.lower()
        if suffix in _ARRAYS:
            return MaskArray(path, video, how)
        if suffix == ".json":
            return CocoMasks(path, video.size, how, own)
        return MaskImages(path, how, own) if are_stills(path) else MaskVideo(path, how, own)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check its rights") from error


def _form_of_data_set(path: Path) -> str | None:
    """The form of a data set or labelling tool; None where it is something else."""
    if path.is_file() and path.suffix.lower() not in (".json", ".xml", ".txt"):
        return None
    try:
        form = form_of(path)
    except InputError:
        return None
    return None if form in _READ_HERE else form
