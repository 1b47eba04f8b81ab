"""The masks of a whole collection as a data set, split into training and validation by video."""

import hashlib
from dataclasses import replace

from track_anything.collection.annotated import of_project
from track_anything.collection.desk.classes import class_of, read_classes
from track_anything.collection.desk.collection import Collection, CollectionVideo
from track_anything.collection.desk.standing import VideoState
from track_anything.collection.evaluation import Evaluation, evaluate
from track_anything.errors import InputError
from track_anything.masks.data_sets import AnnotatedVideo, DataSet
from track_anything.project import Project, is_project

_FINISHED = (VideoState.REVIEWED, VideoState.DONE)


def data_set_of(collection: Collection, *, only_finished: bool = True) -> DataSet:
    """The masks of a collection; the category of an object is its name without a number behind it.

    Args:
        collection: the videos.
        only_finished: leave out videos that nobody has reviewed or called done.

    Raises:
        InputError: there is no such video.
    """
    chosen = [
        video
        for video, standing in collection.standings()
        if (standing.state in _FINISHED if only_finished else standing.objects)
    ]
    if not chosen:
        raise InputError("no video is reviewed or done: review one, or ask for all that have objects")
    videos = {video.name.rpartition(".")[0] or video.name: _annotated(video) for video in chosen}
    colours = {name: each.colour for name, each in read_classes(collection.folder).items() if each.colour}
    return DataSet(videos, colours)


def split(data: DataSet, validation: float) -> tuple[DataSet, DataSet]:
    """Training and validation, whole videos in one of them.

    Which video goes where follows from its name alone, as long as the same share is asked for, so that videos
    added later move none of the others.

    Args:
        data: all of it.
        validation: share of the videos, 0 to 1; at least one goes to either side when there are two or more.
    """
    if not 0 <= validation < 1:
        raise InputError(f"{validation} is no share of the videos: give one from 0 to below 1, as 0.2")
    by_hash = sorted(data.videos, key=_share_of)
    chosen = [name for name in by_hash if _share_of(name) < validation]
    if validation and len(by_hash) > 1:
        chosen = chosen[: len(by_hash) - 1] or by_hash[:1]
    return (
        DataSet({name: video for name, video in data if name not in chosen}, data.colours),
        DataSet({name: video for name, video in data if name in chosen}, data.colours),
    )


def agreement(collection: Collection, other: Collection) -> Evaluation:
    """How far two labellers of the same videos agree, objects matched by overlap; J and F are symmetric.

    Raises:
        InputError: there is no video that both have objects in.
    """
    both = [
        video
        for video in collection.videos.values()
        if video.name in other.videos and _has_objects(video) and _has_objects(other.videos[video.name])
    ]
    if not both:
        raise InputError(
            "there is no video that both have labelled: let both label one, or name other projects"
        )
    mine = DataSet({video.name: _annotated(video) for video in both})
    theirs = DataSet({video.name: _annotated(other.videos[video.name]) for video in both})
    return evaluate(theirs, mine, by_overlap=True)


def _annotated(video: CollectionVideo) -> AnnotatedVideo:
    with Project(video.project, read_only=True) as project:
        (annotated,) = of_project(project).videos.values()
    tracks = {
        number: replace(track, category=class_of(track.name)) for number, track in annotated.tracks.items()
    }
    return AnnotatedVideo(annotated.size, annotated.frames, tracks)


def _has_objects(video: CollectionVideo) -> bool:
    if not is_project(video.project):
        return False
    with Project(video.project, read_only=True) as project:
        return bool(project.state.objects)


def _share_of(name: str) -> float:
    """A number from 0 to 1 that follows from a name."""
    return int(hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:8], 16) / 0x1_0000_0000
