"""Label Studio: a JSON list of tasks, one for each frame, with brush masks in its packed run lengths."""

import json
from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from track_anything.masks.data_sets.data_set import Annotations, DataSet
from track_anything.types import Mask

_CHANNELS = 4  # a brush mask is the RGBA picture of the brush
_LENGTHS = (4, 8, 12, 16)  # bits in which a run may be counted
_SIZE_BITS, _WORD_BITS, _LENGTH_BITS = 32, 5, 4
_WORD = 8


def read_label_studio(path: Path) -> DataSet:
    """An export in the JSON form; frames of one folder are one video. The meta text is the object's name."""
    tasks = json.loads(path.read_bytes())
    videos: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for task in tasks:
        picture = PurePosixPath(str(next(iter(task["data"].values()))))
        videos[picture.parent.as_posix() if picture.parent.name else path.stem].append((picture.stem, task))
    annotations = Annotations()
    for name, frames in videos.items():
        results = [_results(task) for _, task in frames]
        size = next(
            ((int(each["original_height"]), int(each["original_width"])) for own in results for each in own),
            tuple(frames[0][1].get("meta", {}).get("size", (1, 1))),
        )
        annotations.add_video(name, (size[0], size[1]), [stem for stem, _ in frames])
        for frame, own in enumerate(results):
            for place, each in enumerate(own, start=1):
                meta = each.get("meta", {})
                number = int(meta.get("number", place))
                label = str(next(iter(each["value"]["brushlabels"]), ""))
                annotations.add_track(name, number, str(next(iter(meta.get("text", ())), "")), label)
                mask = unpacked(each["value"]["rle"], (size[0], size[1]))
                annotations.add_mask(name, number, frame, mask, each.get("score"))
    return annotations.data_set()


def write_label_studio(data: DataSet, path: Path) -> list[str]:
    """A task for each frame; ``meta`` of a result has the object's name and number."""
    tasks: list[dict[str, Any]] = []
    for name, video in data:
        height, width = video.size
        for frame, stem in enumerate(video.frames):
            results = [
                {
                    "id": f"{name}-{stem}-{number}",
                    "type": "brushlabels",
                    "from_name": "tag",
                    "to_name": "image",
                    "original_width": width,
                    "original_height": height,
                    "image_rotation": 0,
                    "value": {
                        "format": "rle",
                        "rle": packed(mask),
                        "brushlabels": [track.category or "object"],
                    },
                    "meta": {"text": [track.name] if track.name else [], "number": number},
                    **({} if segment.score is None else {"score": segment.score}),
                }
                for number, track, segment, mask in video.masks(frame)
            ]
            tasks.append(
                {
                    "id": len(tasks) + 1,
                    "data": {"image": f"{name}/{stem}.jpg"},
                    "meta": {"size": [height, width]},
                    "annotations": [{"id": len(tasks) + 1, "result": results}],
                }
            )
    path.write_text(json.dumps(tasks, ensure_ascii=False) + "\n", "utf-8")
    return []


def packed(mask: Mask) -> list[int]:
    """The bytes of an (H, W) mask as its brush: runs of equal bytes of the RGBA picture, counted in bits.

    The form is that of the package rle-pack: number of bytes in 32 bits, width of a byte, four widths of
    counts, then for every run a bit 1, which width its count has, the count less 1 and the byte.
    """
    flat = np.repeat(mask.ravel(), _CHANNELS)
    changes = np.flatnonzero(np.diff(flat)) + 1
    starts = np.concatenate([[0], changes])
    lengths = np.diff(np.concatenate([starts, [flat.size]]))
    bits = [f"{flat.size:032b}", f"{_WORD - 1:05b}", *(f"{width - 1:04b}" for width in _LENGTHS)]
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        byte = "11111111" if flat[start] else "00000000"
        left = length
        while left > 0:
            part = min(left, 1 << _LENGTHS[-1])
            place = next(place for place, width in enumerate(_LENGTHS) if part <= 1 << width)
            bits.append(f"1{place:02b}{part - 1:0{_LENGTHS[place]}b}{byte}")
            left -= part
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return [int(text[place : place + 8], 2) for place in range(0, len(text), 8)]


def unpacked(data: list[int], size: tuple[int, int]) -> Mask:
    """The (H, W) mask of which these are the bytes; ValueError when they are damaged."""
    bits = np.unpackbits(np.array(data, np.uint8))
    reader = _Bits(bits)
    count, word = reader.read(_SIZE_BITS), reader.read(_WORD_BITS) + 1
    if count != size[0] * size[1] * _CHANNELS:
        raise ValueError(f"a brush mask has {count} bytes, not those of {size[1]} x {size[0]} pixels")
    widths = [reader.read(_LENGTH_BITS) + 1 for _ in range(len(_LENGTHS))]
    flat = np.zeros(count, np.uint8)
    place = 0
    while place < count:
        is_run = reader.read(1)
        stop = min(place + 1 + reader.read(widths[reader.read(2)]), count)
        if is_run:
            flat[place:stop] = reader.read(word) > 0
        else:
            flat[place:stop] = [reader.read(word) > 0 for _ in range(stop - place)]
        place = stop
    alpha = flat.reshape(*size, _CHANNELS)[..., -1]  # (H, W)
    return np.asarray(alpha > 0)


class _Bits:
    """Numbers out of a row of bits, the highest bit first."""

    def __init__(self, bits: NDArray[np.uint8]) -> None:
        self._text = bytes(bits + ord("0")).decode("ascii")
        self._place = 0

    def read(self, width: int) -> int:
        part = self._text[self._place : self._place + width]
        if len(part) < width:
            raise ValueError("a brush mask ends before its time")
        self._place += width
        return int(part, 2)


def _results(task: dict[str, Any]) -> list[dict[str, Any]]:
    """The brush masks of a task: of its first annotation, or of a prediction."""
    made = task.get("annotations") or task.get("predictions") or [{"result": []}]
    return [each for each in made[0]["result"] if each.get("value", {}).get("format") == "rle"]


def is_label_studio(content: object) -> bool:
    """Whether the content of a JSON file looks like it."""
    is_list = isinstance(content, list) and bool(content)
    return is_list and all(isinstance(each, dict) and "data" in each for each in content)  # type: ignore[attr-defined]
