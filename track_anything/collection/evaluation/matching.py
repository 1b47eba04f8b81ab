"""Which predicted video, frame and object a true one is held against."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from track_anything.errors import InputError
from track_anything.masks.data_sets import AnnotatedVideo, DataSet
from track_anything.types import FrameIndex, ObjectId


def matched_video(name: str, truth: DataSet, predicted: DataSet) -> str | None:
    """The predicted video for a true one; None when there is none.

    By name; or as the result of a batch, which has more behind the name; or as the only one on both sides.
    """
    if name in predicted.videos:
        return name
    results = [each for each in predicted.videos if each.startswith(f"{name}-")]
    if len(results) == 1:
        return results[0]
    if len(truth.videos) == len(predicted.videos) == 1:
        return next(iter(predicted.videos))
    return None


def matched_frames(
    name: str, truth: AnnotatedVideo, predicted: AnnotatedVideo
) -> dict[FrameIndex, FrameIndex]:
    """The predicted frame for every true one that has one: by name, else by order where there are as many.

    Raises:
        InputError: no name is common, and there are more of one than of the other.
    """
    places = {stem: place for place, stem in enumerate(predicted.frames)}
    found = {frame: places[stem] for frame, stem in enumerate(truth.frames) if stem in places}
    if found:
        return found
    if len(truth.frames) != len(predicted.frames):
        raise InputError(
            f"no frame of {name} has the same name in both, and there are {len(predicted.frames)} predicted "
            f"and {len(truth.frames)} true ones: name frames alike"
        )
    return {frame: frame for frame in range(len(truth.frames))}


def predicted_part(truth: DataSet, predicted: DataSet) -> DataSet:
    """The true videos and frames that were predicted."""
    videos = {}
    for name, video in truth:
        found = matched_video(name, truth, predicted)
        if found is None:
            continue
        kept = sorted(matched_frames(name, video, predicted.videos[found]))
        places = {frame: place for place, frame in enumerate(kept)}
        tracks = {
            number: replace(
                track, segments={places[f]: each for f, each in track.segments.items() if f in places}
            )
            for number, track in video.tracks.items()
        }
        videos[name] = AnnotatedVideo(video.size, tuple(video.frames[frame] for frame in kept), tracks)
    return DataSet(videos)


def matched_objects(
    truth: AnnotatedVideo,
    predicted: AnnotatedVideo,
    overlaps: Mapping[tuple[ObjectId, ObjectId], Sequence[float]],
    *,
    by_overlap: bool,
) -> dict[ObjectId, ObjectId]:
    """The predicted object for every true one that has one.

    Args:
        truth: the true video.
        predicted: the predicted one.
        overlaps: IoU of true and predicted object on each frame that counts.
        by_overlap: in the way that makes the sum of mean overlaps greatest, as unsupervised benchmarks do
            (Caelles et al., "The 2019 DAVIS Challenge"); else by id.
    """
    wanted, there = sorted(truth.tracks), sorted(predicted.tracks)
    if not by_overlap:
        return {number: number for number in wanted if number in predicted.tracks}
    means = np.array([[np.mean(overlaps[own, other]) for other in there] for own in wanted])  # (T, P)
    if not means.size:
        return {}
    from scipy.optimize import linear_sum_assignment  # takes a second, and the editor starts without it

    rows, columns = linear_sum_assignment(-means)
    return {wanted[row]: there[column] for row, column in zip(rows, columns, strict=True)}
