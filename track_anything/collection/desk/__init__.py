"""The labelling desk: a collection of videos, how far each is, and which frame of all needs a person next."""

from track_anything.collection.desk.collection import Collection, CollectionVideo
from track_anything.collection.desk.standing import NextFrame, Standing, VideoState

__all__ = ["Collection", "CollectionVideo", "NextFrame", "Standing", "VideoState"]
