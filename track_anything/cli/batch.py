"""``batch``: every video of a table, by several workers, to results that are whole or not there."""

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from track_anything.cli.arguments import parse_count
from track_anything.cli.options import Command, ModelOptions, Parser, add_model_options, typed

if TYPE_CHECKING:
    from track_anything.collection.batch import Batch


@dataclass(frozen=True)
class BatchOptions:
    """What ``batch`` is told."""

    table: str
    out: str
    formats: list[str] | None
    workers: int
    threads: int
    shard: tuple[int, int]
    retry_failed: bool
    trust: bool
    work: Path | None
    cluster: str | None
    gpus: float
    results: Literal["csv", "parquet", "none"] | None
    models: ModelOptions


def parse_shard(text: str) -> tuple[int, int]:
    """``"2/4"`` as the second of four shards; an argparse type."""
    number, slash, count = text.partition("/")
    is_shard = bool(slash) and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)
    if not is_shard:
        raise argparse.ArgumentTypeError(f"{text!r} is no shard: give I/N, for example 2/4")
    return int(number), int(count)


def _add_batch(parser: Parser) -> None:
    from track_anything.collection.batch.results import FORMS
    from track_anything.export import EXPORTERS

    add = parser.add_argument
    add(
        "table", help="path or URL of a .csv, .jsonl or .parquet file: a line per video, or per object of one"
    )
    add("--out", required=True, metavar="PLACE", help="folder or URL (s3://...) for the results")
    add(
        "--format",
        dest="formats",
        action="append",
        metavar="FORM",
        choices=tuple(EXPORTERS),
        help=f"what to export of every video, may be repeated (default: masks): {', '.join(EXPORTERS)}",
    )
    add(
        "--workers",
        type=parse_count,
        default=1,
        metavar="N",
        help="processes at once, each with its own networks; fewer where memory is short (default: 1)",
    )
    add(
        "--threads",
        type=parse_count,
        default=1,
        metavar="N",
        help="of every worker (default: 1); part of the settings, since results may differ by it in a bit",
    )
    add(
        "--shard",
        type=parse_shard,
        default=(1, 1),
        metavar="I/N",
        help="every N-th row from the I-th on, for one of N machines",
    )
    add("--retry-failed", action="store_true", help="try rows again that failed before")
    add(
        "--trust",
        action="store_true",
        help="of what is done compare sizes alone, not the hashes of its files",
    )
    add(
        "--work",
        type=Path,
        metavar="FOLDER",
        help="where rows are worked on (default: PLACE/.work); needed when PLACE is not on this machine",
    )
    add(
        "--cluster",
        metavar="ADDRESS",
        help="workers are actors of a Ray cluster: auto, ray://HOST:PORT; every machine must reach PLACE",
    )
    add("--gpus", type=float, default=0.0, metavar="SHARE", help="of a GPU that such an actor holds, as 0.25")
    add(
        "--results",
        choices=(*FORMS, "none"),
        help="form of the table of all masks (default: parquet where pyarrow is installed, else csv)",
    )
    add_model_options(parser)


def _batch(namespace: argparse.Namespace) -> None:
    """Track every row of a table; what is done stays done, and a row that fails stops no other."""
    from track_anything.cli.console import errors, told_when_stopped
    from track_anything.collection.batch import Batch, BatchSettings, Networks
    from track_anything.collection.batch.ray_hand import Cluster
    from track_anything.collection.batch.results import check_form, usual_form
    from track_anything.collection.table import read_table

    options = typed(BatchOptions, namespace)
    results = options.results or usual_form()
    check_form(results)
    table = read_table(options.table)
    for note in table.notes:
        errors.print(f"note: {note}")
    models = {name: str(v) if isinstance(v, Path) else v for name, v in asdict(options.models).items()}
    settings = BatchSettings(
        tuple(dict.fromkeys(options.formats or ["masks"])), Networks(_LOADER, models), options.threads
    )
    cluster = Cluster.join(options.cluster, options.gpus) if options.cluster else None
    batch = Batch(
        table.rows,
        options.out,
        settings,
        workers=options.workers,
        shard=options.shard,
        retry_failed=options.retry_failed,
        trusts_sizes=options.trust,
        work=options.work,
        results=results,
        new_hand=cluster.new_hand if cluster else None,
    )
    with told_when_stopped(lambda: "stopped; what is done is kept. Go on by the same command"):
        _run(batch, {row.number: row.id for row in table.rows})
    _report(batch, options)


_LOADER = "track_anything.models:load_models"


def _run(batch: "Batch", names: dict[int, str]) -> None:
    """Run it under a progress bar; failures are told as they come."""
    from track_anything.cli.console import errors, row_progress
    from track_anything.collection.batch import OutcomeKind

    with row_progress() as show:
        for done, outcome in enumerate(batch, start=1):
            if outcome.kind is OutcomeKind.FAILED:
                errors.print(f"note: line {outcome.number} ({names[outcome.number]}): {outcome.reason}")
            show(done, len(batch))
    for note in batch.notes:
        errors.print(f"note: {note}")


def _report(batch: "Batch", options: BatchOptions) -> None:
    from collections import Counter

    from track_anything.cli.console import output
    from track_anything.collection.batch import OutcomeKind
    from track_anything.errors import InputError

    counts = Counter(outcome.kind for outcome in batch.outcomes.values())
    done, kept = counts[OutcomeKind.DONE], counts[OutcomeKind.KEPT]
    output.print(f"{done + kept} of {len(batch)} rows done ({kept} of them before), in {options.out}")
    if counts[OutcomeKind.ELSEWHERE]:
        output.print(f"{counts[OutcomeKind.ELSEWHERE]} rows are in the hands of another process")
    if failed := counts[OutcomeKind.FAILED]:
        raise InputError(
            f"{failed} of {len(batch)} rows failed: {batch.failures} in {options.out} says why; mend them "
            "and repeat with --retry-failed"
        )


COMMANDS = (
    Command("batch", "track every video of a table, with several workers or machines", _add_batch, _batch),
)
