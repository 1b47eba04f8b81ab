"""What a training run is told: its data, its network, its stages."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from tracker.errors import TrainingError
from tracker.modeling.network_config import NetworkConfig
from tracker.modeling.xmem import STRIDE

Section = TypeVar("Section")

TRACKERS = ("xmem", "sam-memory")


@dataclass(frozen=True)
class SourceConfig:
    """One folder of training data.

    Attributes:
        kind: ``stills`` (IMAGES/NAME.jpg with MASKS/NAME.png) or ``videos`` (IMAGES/CLIP/NAME.jpg likewise).
        images: folder of the pictures, below the data folder.
        masks: folder of the label maps: 0 is background, every other value an object.
        weight: how often this source is drawn from, relative to the others of its kind.
        hold_out: every so manieth still or clip, in the order of names, is left for evaluation; 0 = none.
        exclude: names of stills or clips that are left for evaluation as well.
        void: label of pixels of which nothing is known, which cost nothing; -1 = there is no such label.
        most_frames: of a video, evenly spaced, where each frame is costly to prepare; 0 = all.
        grounds: folder of pictures, below the data folder, that take the place of what belongs to no object,
            one for each clip; "" leaves the ground as it is.
    """

    kind: str
    images: str
    masks: str
    weight: float = 1.0
    hold_out: int = 0
    exclude: tuple[str, ...] = ()
    void: int = -1
    most_frames: int = 0
    grounds: str = ""

    def __post_init__(self) -> None:
        """TOML has lists alone; names that a set of sources is made of cannot be one."""
        object.__setattr__(self, "exclude", tuple(self.exclude))


@dataclass(frozen=True)
class StageConfig:
    """One part of a run, with one mixture of clips and one learning rate that rises, then falls.

    Attributes:
        name: for people.
        iterations: how many optimiser steps.
        video_share: probability that a batch is made from videos and not from stills.
        frames: T, frames of a clip, the first one with its true masks.
        size: side of the square crops in pixels, a multiple of 16.
        batch: B, clips per iteration.
        max_objects: K is drawn from 1 to this, one object being drawn as often as all others together.
        learning_rate: highest rate of everything but the trunk.
        trunk_learning_rate: likewise of the key encoder; 0 freezes it.
        max_skip: frames of a video that may lie between two of its clip.
        memory_frames: frames that a step reads: the first, and a draw of those since.
        deep_update_share: probability that a written frame gets the deep update of the sensory memory.
        twin_share: probability that a cut-out which is an object comes with a second copy that is not.
        wild_share: probability that a layer turns and changes size several times as fast as others.
        return_share: probability that a cut-out turns back in the middle of the clip.
        hardness: how much more often clips with a high loss are drawn: 0 = not at all, 1 = by their loss.
        position: weight of where things lie around each object, see ``SpatialPrior``; of ``xmem`` alone.
    """

    name: str
    iterations: int
    video_share: float = 0.0
    frames: int = 3
    size: int = 256
    batch: int = 4
    max_objects: int = 2
    learning_rate: float = 5e-4
    trunk_learning_rate: float = 0.0
    max_skip: int = 8
    memory_frames: int = 3
    deep_update_share: float = 0.2
    twin_share: float = 0.0
    wild_share: float = 0.0
    return_share: float = 0.0
    hardness: float = 0.0
    position: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be trained on."""
        if self.size % STRIDE or self.size < 2 * STRIDE:
            raise TrainingError(
                f"stage {self.name}: size is {self.size}, give a multiple of {STRIDE} from 32"
            )
        for name, least in (("iterations", 1), ("frames", 2), ("batch", 1), ("max_objects", 1)):
            if getattr(self, name) < least:
                raise TrainingError(
                    f"stage {self.name}: {name} is {getattr(self, name)}, give at least {least}"
                )
        for name in ("video_share", "twin_share", "wild_share", "return_share", "hardness"):
            if not 0 <= getattr(self, name) <= 1:
                raise TrainingError(f"stage {self.name}: {name} is {getattr(self, name)}, give 0 to 1")
        if self.position < 0:
            raise TrainingError(f"stage {self.name}: position is {self.position}, give at least 0")


@dataclass(frozen=True)
class TrainingConfig:
    """A whole run.

    Attributes:
        sources: where clips come from.
        stages: run one after the other.
        tracker: which network, one of ``TRACKERS``: ``xmem`` in the sizes of ``network``, or ``sam-memory``.
        network: sizes of an ``xmem``.
        drawn_clips: of ``sam-memory``: how many clips of moved cut-outs are made; their embeddings are kept.
        trunk: safetensors file of an ImageNet ResNet with torchvision's names to begin the key encoder with,
            below the data folder; "" begins from noise.
        initial: weights of a whole network to go on from, below the data folder, or ``xmem-light`` or
            ``sam-memory`` for those that come with the package; "" begins with the trunk, or with the
            segmenter's decoder.
        seed: of everything drawn.
        bootstrap: share of the hardest pixels that the cross-entropy comes down to (1 = all).
        ema_decay: of the averaged weights, which are the ones that count in the end.
        weight_decay: of AdamW.
        checkpoint_every: iterations between two checkpoints.
        picture_every: iterations between two loss plots and sheets of predicted clips.
        precision: ``float32`` or ``bfloat16`` (autocast).
    """

    sources: tuple[SourceConfig, ...]
    stages: tuple[StageConfig, ...]
    tracker: str = "xmem"
    network: NetworkConfig = field(default_factory=NetworkConfig)
    drawn_clips: int = 300
    trunk: str = ""
    initial: str = ""
    seed: int = 0
    bootstrap: float = 0.3
    ema_decay: float = 0.998
    weight_decay: float = 0.01
    checkpoint_every: int = 100
    picture_every: int = 500
    precision: str = "bfloat16"

    def __post_init__(self) -> None:
        """Refuse what cannot be trained on."""
        if not self.stages:
            raise TrainingError("the configuration has no [[stages]]: give at least one")
        if self.tracker not in TRACKERS:
            raise TrainingError(f"unknown tracker {self.tracker!r}; choose one of {', '.join(TRACKERS)}")
        if self.precision not in ("float32", "bfloat16"):
            raise TrainingError(f"precision is {self.precision!r}: give float32 or bfloat16")
        if self.tracker != "xmem" and any(stage.position for stage in self.stages):
            raise TrainingError(f"a stage has a position but {self.tracker} learns without: leave it out")
        kinds = {source.kind for source in self.sources}
        if unknown := kinds - {"stills", "videos"}:
            raise TrainingError(f"a source is of kind {min(unknown)!r}: give stills or videos")
        if any(stage.video_share > 0 for stage in self.stages) and "videos" not in kinds:
            raise TrainingError("a stage has a video_share but no source is of kind videos: add one")
        if "stills" not in kinds:
            raise TrainingError("no source is of kind stills: add one, videos alone leave nothing to paste")

    @property
    def iterations(self) -> int:
        """Optimiser steps of all stages."""
        return sum(stage.iterations for stage in self.stages)

    def stage_at(self, iteration: int) -> tuple[StageConfig, float]:
        """The stage that an iteration belongs to, and how far it is in it, 0 to below 1."""
        for stage in self.stages:
            if iteration < stage.iterations:
                return stage, iteration / stage.iterations
            iteration -= stage.iterations
        raise TrainingError(f"the run ends {iteration} iterations earlier")


def read_config(path: Path) -> TrainingConfig:
    """Read a TOML file whose tables and names are those of ``TrainingConfig``.

    ``extends = "OTHER.toml"``, a path beside the file, takes over from there what is not said here.

    Raises:
        TrainingError: the file is missing, no TOML, or says something that no run understands.
    """
    content = _read_toml(path)
    while "extends" in content:
        base = path.parent / content.pop("extends")
        content, path = _read_toml(base) | content, base
    content["sources"] = tuple(_section(SourceConfig, table) for table in content.get("sources", ()))
    content["stages"] = tuple(_section(StageConfig, table) for table in content.get("stages", ()))
    content["network"] = _section(NetworkConfig, content.get("network", {}))
    return _section(TrainingConfig, content)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise TrainingError(f"{path} cannot be read ({error.strerror}): give a TOML file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TrainingError(f"{path} is no TOML file ({error}): mend that place") from error


def _section(kind: type[Section], table: Mapping[str, Any]) -> Section:
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]  # only dataclasses come here
    if unknown := table.keys() - known:
        raise TrainingError(
            f"{kind.__name__} knows no {min(unknown)!r}: choose among {', '.join(sorted(known))}"
        )
    try:
        return kind(**table)
    except (TypeError, ValueError) as error:
        raise TrainingError(f"{kind.__name__} cannot be made ({error}): complete its table") from error
