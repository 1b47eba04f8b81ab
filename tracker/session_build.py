"""From a name on the hub, or a folder, to a video network of the transformers library, which is an extra."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from tracker.errors import CheckpointError
from tracker.session_network import SessionNetwork

_HALF = (0.5, 0.5, 0.5)


@dataclass(frozen=True)
class SessionKind:
    """A family of video networks.

    Attributes:
        module: of transformers, below ``transformers.models``.
        model: name of the class of the network.
        session: name of the class of its session.
        mean: of the pixels that it was trained on.
        deviation: likewise.
    """

    module: str
    model: str
    session: str
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    deviation: tuple[float, float, float] = (0.229, 0.224, 0.225)

    def network(self, model: Any, name: str) -> SessionNetwork:  # noqa: ANN401 - the library's own
        """The network as propagators take it."""
        return SessionNetwork(model, self.part(self.session), name, self.mean, self.deviation)

    def part(self, name: str) -> Any:  # noqa: ANN401 - the library's own
        """A class of the family."""
        return getattr(import_module(f"transformers.models.{self.module}"), name)


SAM2 = SessionKind("sam2_video.modeling_sam2_video", "Sam2VideoModel", "Sam2VideoInferenceSession")
EDGE_TAM = SessionKind(
    "edgetam_video.modeling_edgetam_video", "EdgeTamVideoModel", "EdgeTamVideoInferenceSession"
)
SAM3 = SessionKind(
    "sam3_tracker_video.modeling_sam3_tracker_video",
    "Sam3TrackerVideoModel",
    "Sam3TrackerVideoInferenceSession",
    _HALF,
    _HALF,
)


def load_session_network(
    kind: SessionKind, place: str, device: str = "cpu", *, revision: str | None = None
) -> SessionNetwork:
    """Load a network; only tensors are read from its files, no code.

    Args:
        kind: of the network.
        place: a folder on this machine, or a name on the hub, from which it is fetched once.
        device: where it computes.
        revision: of the name on the hub; None = the newest.

    Raises:
        CheckpointError: there is none, or it is of another kind.
    """
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the library's own
    load: Callable[..., Any] = kind.part(kind.model).from_pretrained
    try:
        model = load(place, revision=revision or "main", use_safetensors=True)
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise CheckpointError(f"{place} cannot be loaded as {kind.model} ({first})") from error
    return kind.network(model.eval().to(device), f"{kind.model} {place}@{revision or 'main'}")
