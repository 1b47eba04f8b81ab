"""What every form of export offers."""

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

from track_anything.types import AnyImage, FrameIndex, LabelMap


class Exporter(Protocol):
    """Takes frames with their label maps, in order, and makes one output of them.

    The output appears at its place when the ``with`` block is left, complete; leaving by an exception
    removes what was written so far and touches nothing that was there before.
    """

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be carried over as it was, one line each; complete after the export."""
        ...

    @property
    def facts(self) -> Mapping[str, object]:
        """What the manifest says of the files besides, as JSON values."""
        ...

    def __enter__(self) -> Self:
        """Make sure that the output can be written, before any work is done for it.

        Raises:
            OutputError: it cannot, or something is there already.
        """
        ...

    def write(self, index: FrameIndex, image: AnyImage, label_map: LabelMap) -> None:
        """Add frame ``index``: (H, W, 3) RGB and (H, W) object ids, of the size of the source.

        Forms of 8 bits round the colours of a ``DeepImage``.

        Raises:
            InputError: the sizes differ, or the frames do not come in order.
            OutputError: the disk is full or gone.
        """
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Put the output in its place, or remove it when an exception is on its way."""
        ...
