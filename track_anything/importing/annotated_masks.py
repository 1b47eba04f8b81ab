"""Masks in the forms of data sets and labelling tools."""

from pathlib import Path

from track_anything.errors import InputError
from track_anything.importing.foreign_masks import ForeignMasks
from track_anything.masks.data_sets import FORMATS, read_data_set
from track_anything.types import Mask


class AnnotatedMasks(ForeignMasks):
    """One video of a data set.

    Args:
        path: the file or folder.
        form: a name in ``FORMATS``.
        size: (height, width) that every mask must have.
        video_name: by which a data set of several videos is searched.

    Raises:
        InputError: it is damaged, has several videos and none of that name, or another size.
    """

    def __init__(self, path: Path, form: str, size: tuple[int, int], video_name: str) -> None:
        self.path = path
        self.kind = FORMATS[form].meaning
        videos = read_data_set(path, form).videos
        chosen = videos.get(video_name) or (next(iter(videos.values())) if len(videos) == 1 else None)
        if chosen is None:
            names = ", ".join(sorted(videos)[:5]) or "none"
            raise InputError(
                f"{path} holds {len(videos)} videos ({names}) and none named {video_name}: give one of "
                "that name"
            )
        if chosen.size != size:
            raise InputError(
                f"{path} is for {chosen.size[1]} x {chosen.size[0]} pixels but the video has {size[1]} x "
                f"{size[0]}: export the masks at the size of the video"
            )
        self._video = chosen
        self.names = chosen.frames

    def read(self, place: int) -> dict[int, Mask]:
        """See ``ForeignMasks``."""
        return {number: mask for number, _, _, mask in self._video.masks(place)}

    def name(self, foreign: int) -> str:
        """See ``ForeignMasks``."""
        track = self._video.tracks[foreign]
        return track.name or (f"{track.category} {foreign}" if track.category else super().name(foreign))
