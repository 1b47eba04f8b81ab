"""Where every object is on every frame, as one JSON file."""

import json
from dataclasses import asdict

from track_anything.export.order import Order
from track_anything.export.texts.object_facts import facts_of
from track_anything.export.texts.text_file import TextFile
from track_anything.types import FrameIndex

_SCHEMA = 1


class ObjectJson(TextFile):
    """An ``Exporter`` of a JSON file with the same facts as the table, for every frame and object.

    They lie under ``masks`` with the keys of ``ObjectFacts``; box and centroid of an object that is not there
    are null. ``objects`` has the names by id; ``width`` and ``height`` are those of the source.

    Args:
        order: what is exported; its path ends with ``.json``.
    """

    def __init__(self, order: Order) -> None:
        super().__init__(order, ".json")

    def _opening(self) -> str:
        info = self._order.info
        objects = json.dumps(dict(self._order.objects), ensure_ascii=False)
        return (
            f'{{"schema": {_SCHEMA},\n"width": {info.width},\n"height": {info.height},\n'
            f'"objects": {objects},\n"masks": ['
        )

    def _of_frame(self, index: FrameIndex) -> str:
        separator = ",\n" if self._has_frames else "\n"
        lines = [json.dumps(asdict(facts), ensure_ascii=False) for facts in facts_of(self._order, index)]
        return separator + ",\n".join(lines)

    def _closing(self) -> str:
        return "\n]}\n"
