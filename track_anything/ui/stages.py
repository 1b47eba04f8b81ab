"""The work of jobs that a project has: what they do, stage by stage."""

from collections.abc import Callable, Iterator

from track_anything.inpaint import Suggestion
from track_anything.session import Session
from track_anything.ui.everything import Everything
from track_anything.ui.incoming_masks import IncomingMasks, TakingMasks
from track_anything.ui.model_loader import ModelLoader
from track_anything.ui.work import Stage

Tell = Callable[[], None]
"""Notes that objects and masks changed, wherever."""


def taking(masks: TakingMasks, incoming: IncomingMasks, tell: Tell) -> Iterator[Stage]:
    """Masks of another program become known."""
    yield Stage("importing", masks, len(masks))
    incoming.clear()
    tell()


def finding(everything: Everything, session: Session, loader: ModelLoader) -> Iterator[Stage]:
    """All that the segmenter finds on a frame is looked for."""
    yield Stage("models", loader.waiting())
    yield Stage("everything", everything.find(session))


def suggesting(suggestion: Suggestion, tell: Tell) -> Iterator[Stage]:
    """The shadow of an object is looked for, and becomes one that goes with it."""
    yield Stage("shadow", suggestion, len(suggestion))
    tell()
