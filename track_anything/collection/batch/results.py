"""The tables of a whole batch: every mask of every video, and what failed."""

import csv
import io
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any, Literal, TypeAlias

from track_anything.collection.batch.finished import Finished
from track_anything.collection.batch.mask_table import COLUMNS, MASK_TABLE
from track_anything.collection.batch.outcome import Outcome
from track_anything.collection.place import Place
from track_anything.collection.row import Row
from track_anything.errors import InputError

Form: TypeAlias = Literal["csv", "parquet"]
Ended: TypeAlias = Sequence[tuple[Row, Outcome]]

FORMS: tuple[Form, ...] = ("csv", "parquet")
_WHOLE = {"frame", "object_id", "area", "x", "y", "width", "height", "frame_width", "frame_height"}
_REAL = {"seconds", "confidence"}
_IN_GROUP = 1 << 16  # lines of a Parquet file that are written at once


def check_form(form: str) -> None:
    """InputError when a form of table cannot be written here."""
    if form == "parquet" and find_spec("pyarrow") is None:
        raise InputError("results in Parquet need pyarrow: pip install 'track-anything[parquet]'")


def usual_form() -> Form:
    """Parquet, where the package for it is installed."""
    return "csv" if find_spec("pyarrow") is None else "parquet"


def write_results(finished: Finished, name: str, form: Form, ended: Ended) -> None:
    """Write a line for every video, object and frame of the rows that are done, in the order of the table.

    Args:
        finished: where the results are, and where the table goes.
        name: of the table, without a suffix.
        form: of the table; ``rle`` has the counts of COCO run lengths.
        ended: rows with what became of them.
    """
    check_form(form)
    with finished.place.appearing(f"{name}.{form}") as file:
        if form == "csv":
            text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
            writer = csv.writer(text)
            writer.writerow(("video", "result", *COLUMNS))
            for row, result, reader in _tables(finished, ended):
                writer.writerows((row.id, result, *line) for line in reader)
            text.detach()
        else:
            _write_parquet(file, finished, ended)


def write_failures(place: Place, name: str, ended: Ended) -> None:
    """Write which rows failed and why; without any there is no such table."""
    failed = [(row.number, row.id, row.video, outcome.reason) for row, outcome in ended if outcome.reason]
    if not failed:
        place.remove(name)
        return
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("line", "id", "video", "reason"))
    writer.writerows(failed)
    place.write(name, text.getvalue().encode("utf-8", "replace"))


def _tables(finished: Finished, ended: Ended) -> Iterator[tuple[Row, str, Iterator[list[str]]]]:
    """Row, name of its result and the lines of its table, for all that are done."""
    for row, outcome in ended:
        if not outcome.is_done:
            continue
        text = finished.read(outcome.name, MASK_TABLE).decode("utf-8")
        reader = csv.reader(io.StringIO(text, newline=""))
        next(reader)
        yield row, outcome.name, reader


def _write_parquet(file: io.BufferedWriter, finished: Finished, ended: Ended) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    names = ("video", "result", *COLUMNS)
    kinds = {**dict.fromkeys(_WHOLE, pa.int32()), **dict.fromkeys(_REAL, pa.float64())}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in names])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        columns: dict[str, list[Any]] = {name: [] for name in names}
        for row, result, reader in _tables(finished, ended):
            for line in reader:
                for name, value in zip(names, (row.id, result, *line), strict=True):
                    columns[name].append(_typed(name, value))
                if len(columns["video"]) >= _IN_GROUP:
                    writer.write_table(pa.table(columns, schema=schema))
                    columns = {name: [] for name in names}
        if columns["video"]:
            writer.write_table(pa.table(columns, schema=schema))


def _typed(name: str, value: str) -> str | int | float | None:
    if name in _WHOLE or name in _REAL:
        return (int if name in _WHOLE else float)(value) if value else None
    return value
