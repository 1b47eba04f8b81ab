"""What an evaluation found."""

from dataclasses import dataclass
from statistics import fmean
from typing import Any

from track_anything.masks.measures import decay_of, recall_of
from track_anything.types import ObjectId


@dataclass(frozen=True)
class ObjectScore:
    """One true object, frame by frame.

    Attributes:
        video: its name.
        object_id: in the truth.
        name: for people; empty = none.
        category: its class; empty = none.
        frames: names of the frames that count.
        region: J on each of them, 0 to 1.
        boundary: F likewise.
        is_there: whether the truth has the object there.
        switches: how often the predicted object that covers it became another one.
    """

    video: str
    object_id: ObjectId
    name: str
    category: str
    frames: tuple[str, ...]
    region: tuple[float, ...]
    boundary: tuple[float, ...]
    is_there: tuple[bool, ...]
    switches: int

    @property
    def j(self) -> float:
        """Mean J."""
        return fmean(self.region)

    @property
    def f(self) -> float:
        """Mean F."""
        return fmean(self.boundary)

    @property
    def j_and_f(self) -> float:
        """J&F: the mean of the two."""
        return (self.j + self.f) / 2

    @property
    def iou_where_it_is(self) -> float | None:
        """Mean J over the frames on which the truth has the object; None when it has it nowhere."""
        there = [score for score, is_there in zip(self.region, self.is_there, strict=True) if is_there]
        return fmean(there) if there else None

    def to_json(self) -> dict[str, Any]:
        """As JSON values, with every frame."""
        return {
            "object": self.object_id,
            "name": self.name,
            "category": self.category,
            **_statistics("J", self.region),
            **_statistics("F", self.boundary),
            "J&F": self.j_and_f,
            "IoU": self.iou_where_it_is,
            "identity switches": self.switches,
            "frames": {
                frame: {"J": j, "F": f}
                for frame, j, f in zip(self.frames, self.region, self.boundary, strict=True)
            },
        }


@dataclass(frozen=True)
class Calibration:
    """How far scores of masks can be believed: a mask is right when its IoU with the truth is 0.7 or more.

    Attributes:
        masks: how many have a score.
        mean_score: their mean.
        right: share of them that is right.
        error: expected calibration error over tenths of the score, 0 to 1 (Naeini et al., AAAI 2015).
    """

    masks: int
    mean_score: float
    right: float
    error: float


@dataclass(frozen=True)
class Evaluation:
    """Scores of all true objects.

    Attributes:
        objects: in the order of videos and ids.
        calibration: of the scores of predicted masks; None without any.
        notes: what was taken for granted or is missing, one line each.
    """

    objects: tuple[ObjectScore, ...]
    calibration: Calibration | None = None
    notes: tuple[str, ...] = ()

    @property
    def j(self) -> float:
        """Mean J over objects, as DAVIS-2017 has it."""
        return fmean(each.j for each in self.objects)

    @property
    def f(self) -> float:
        """Mean F over objects."""
        return fmean(each.f for each in self.objects)

    @property
    def j_and_f(self) -> float:
        """J&F."""
        return (self.j + self.f) / 2

    @property
    def mean_iou(self) -> float | None:
        """mIoU: over categories where there are any, else over objects, of the frames with the object."""
        by_category: dict[str, list[float]] = {}
        for each in self.objects:
            if (score := each.iou_where_it_is) is not None:
                by_category.setdefault(each.category or f"{each.video} {each.object_id}", []).append(score)
        return fmean(fmean(scores) for scores in by_category.values()) if by_category else None

    @property
    def videos(self) -> dict[str, list[ObjectScore]]:
        """The objects of every video."""
        found: dict[str, list[ObjectScore]] = {}
        for each in self.objects:
            found.setdefault(each.video, []).append(each)
        return found

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        calibration = self.calibration
        return {
            "J": self.j,
            "F": self.f,
            "J&F": self.j_and_f,
            "mIoU": self.mean_iou,
            "J recall": fmean(recall_of(each.region) for each in self.objects),
            "J decay": fmean(decay_of(each.region) for each in self.objects),
            "F recall": fmean(recall_of(each.boundary) for each in self.objects),
            "F decay": fmean(decay_of(each.boundary) for each in self.objects),
            "identity switches": sum(each.switches for each in self.objects),
            "calibration": None if calibration is None else vars(calibration),
            "videos": {
                name: {
                    "J": fmean(each.j for each in own),
                    "F": fmean(each.f for each in own),
                    "J&F": fmean(each.j_and_f for each in own),
                    "objects": [each.to_json() for each in own],
                }
                for name, own in self.videos.items()
            },
            "notes": list(self.notes),
        }


def _statistics(name: str, scores: tuple[float, ...]) -> dict[str, float]:
    return {
        name: fmean(scores),
        f"{name} recall": recall_of(scores),
        f"{name} decay": decay_of(scores),
    }
