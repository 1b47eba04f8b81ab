"""Tables of videos: CSV, JSON lines or Parquet, a line per video or per object of one."""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from track_anything.collection.place import is_url, joined, place_of
from track_anything.collection.row import Direction, ObjectPrompt, Row
from track_anything.errors import InputError

_RANGE = re.compile(r"(\d+)\s*-\s*(\d+)")
_LINES = (".jsonl", ".ndjson")


def _points(value: object) -> object:
    """``"1,2; 3,4"``, ``[1, 2]`` and ``[[1, 2], [3, 4]]`` are all points."""
    if isinstance(value, str):
        return [part.split(",") for part in value.split(";") if part.strip()]
    is_one = isinstance(value, list) and bool(value) and not isinstance(value[0], list | tuple)
    return [value] if is_one else value


def _box(value: object) -> object:
    return value.split(",") if isinstance(value, str) else value


def _range(value: object) -> object:
    match = _RANGE.fullmatch(value.strip()) if isinstance(value, str) else None
    return (int(match[1]), int(match[2]) + 1) if match else value


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("is no finite number")
    return value


_Number = Annotated[float, AfterValidator(_finite)]
_Points = Annotated[tuple[tuple[_Number, _Number], ...], BeforeValidator(_points)]
_Box = Annotated[tuple[_Number, _Number, _Number, _Number], BeforeValidator(_box)]
_Frames = Annotated[tuple[int, int], BeforeValidator(_range)]
_Frame = Annotated[int, Field(ge=0)]


class _Object(BaseModel):
    """What points at an object, as a line or an entry of ``objects`` says it."""

    model_config = ConfigDict(coerce_numbers_to_str=True, populate_by_name=True)
    name: Annotated[str, Field(alias="object")] = ""
    frame: _Frame = 0
    click: _Points = ()
    negative: _Points = ()
    box: _Box | None = None
    mask: str = ""
    detect: str = ""

    def prompt(self, base: str) -> ObjectPrompt:
        """As a prompt; the mask as seen from the folder of the table."""
        mask = joined(base, self.mask) if self.mask else ""
        return ObjectPrompt(self.name, self.frame, self.click, self.negative, self.box, mask, self.detect)

    @property
    def says_something(self) -> bool:
        return bool(self.click or self.negative or self.box or self.mask or self.detect)


class _Line(_Object):
    """A line of a table."""

    video: str
    id: str = ""
    annotation: str = ""
    frames: _Frames | None = None
    direction: Direction = "both"
    objects: tuple[_Object, ...] = ()


COLUMNS = tuple(field.alias or name for name, field in _Line.model_fields.items())
"""The columns that mean something; others are passed over."""


@dataclass(frozen=True)
class Table:
    """What a table says.

    Attributes:
        rows: one per video, in the order of the table.
        notes: what was passed over, one line each.
    """

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def read_table(url: str) -> Table:
    """The rows of a table; several lines of one video, or with one ``id``, are several objects of it.

    A line that cannot be used becomes a row with a fault, so that it does not stop the others.

    Args:
        url: path or URL of a ``.csv``, ``.jsonl`` or ``.parquet`` file. Paths in it are seen from its folder.

    Raises:
        InputError: it cannot be read, is no such table, or has no videos.
    """
    place, name = place_of(url)
    try:
        data = place.read(name)
    except FileNotFoundError:
        raise InputError(f"{url} does not exist: check the path of the table") from None
    suffix = "." + name.rpartition(".")[2].lower()
    base = place.url if is_url(place.url) else str(Path(place.url).absolute())
    columns: dict[str, None] = {}
    rows: dict[str, Row] = {}
    for number, line in _lines(url, suffix, data):
        columns |= dict.fromkeys(line)
        row = _row(number, line, base)
        earlier = rows.get(row.id)
        rows[row.id] = row if earlier is None else _together(earlier, row)
    if "video" not in columns:
        raise InputError(f"{url} has no column 'video': name one of its columns so, with a path in each line")
    strange = [column for column in columns if column not in COLUMNS and column != "name"]
    notes = (f"not used of {url}: {', '.join(strange)}",) if strange else ()
    return Table(tuple(_checked(row) for row in rows.values()), notes)


def _lines(url: str, suffix: str, data: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The lines with their numbers, as columns by name, those without a value left out."""
    try:
        if suffix == ".csv":
            text = data.decode("utf-8-sig")
            rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
            for row in rows:
                told = {key: value for key, value in row.items() if key and value and value.strip()}
                yield rows.line_num - sum(value.count("\n") for value in told.values()), told
        elif suffix in _LINES:
            for number, line in enumerate(data.decode("utf-8-sig").splitlines(), start=1):
                if line.strip():
                    yield number, _members(json.loads(line))
        elif suffix == ".parquet":
            yield from enumerate(map(_members, _of_parquet(data)), start=1)
        else:
            raise InputError(f"{url} is no table: give a .csv, .jsonl or .parquet file")
    except (ValueError, csv.Error, RecursionError) as error:
        raise InputError(f"{url} is damaged or no {suffix} file ({error}): write it again") from error


def _members(line: object) -> Mapping[str, Any]:
    if not isinstance(line, dict):
        raise ValueError("a line is no object with columns by name")
    return {str(key): value for key, value in line.items() if value not in (None, "")}


def _of_parquet(data: bytes) -> Iterable[object]:
    if find_spec("pyarrow") is None:
        raise InputError("a Parquet table needs pyarrow: pip install 'track-anything[parquet]'")
    from pyarrow import parquet

    lines: list[object] = parquet.read_table(io.BytesIO(data)).to_pylist()
    return lines


def _row(number: int, line: Mapping[str, Any], base: str) -> Row:
    video = str(line.get("video", "")).strip()
    name = str(line.get("id") or video or f"line {number}")
    place = joined(base, video) if video else ""
    values = {"video": video, **line}
    try:
        if isinstance(values.get("objects"), str):
            values["objects"] = json.loads(values["objects"])
        told = _Line.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        column = str(first["loc"][0]) if first["loc"] else ""
        shown = f"{column} {line.get(column)!r:.100}" if column else "the line"
        return Row(number, name, place, fault=f"{shown} cannot be used: {first['msg']}")
    except ValueError as error:
        return Row(number, name, place, fault=f"objects: {error}")
    objects = [told] if told.says_something else []
    prompts = tuple(each.prompt(base) for each in (*objects, *told.objects))
    annotation = joined(base, told.annotation) if told.annotation else ""
    return Row(number, name, place, prompts, annotation, told.frames, told.direction)


def _together(row: Row, later: Row) -> Row:
    """A row with what a later line of the same one adds."""
    fault = row.fault or later.fault
    if row.video != later.video and not fault:
        fault = f"lines {row.number} and {later.number} have one id and two videos: give each its own id"
    return replace(
        row,
        objects=(*row.objects, *later.objects),
        annotation=row.annotation or later.annotation,
        frames=row.frames or later.frames,
        direction=later.direction if row.direction == "both" else row.direction,
        fault=fault,
    )


def _checked(row: Row) -> Row:
    fault = row.fault or next((each.fault for each in row.objects if each.fault), "")
    if not fault and not row.video:
        fault = "no video: give its path"
    if not fault and not (row.objects or row.annotation):
        fault = "nothing to follow: give click, box, mask, detect or annotation"
    if not fault and row.frames is not None and row.frames[0] >= row.frames[1]:
        fault = f"frames {row.frames[0]}-{row.frames[1] - 1} are none: give FIRST-LAST"
    return replace(row, fault=fault)
