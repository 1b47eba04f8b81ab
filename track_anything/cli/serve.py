"""``ui``: the editor in the browser."""

import argparse
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from track_anything.cli.arguments import parse_count, parse_positive
from track_anything.cli.finding import LocatorOptions, add_locator_options
from track_anything.cli.options import Command, ModelOptions, Parser, add_model_options, typed

if TYPE_CHECKING:
    from track_anything.models import Models
    from track_anything.types import OnProgress
    from track_anything.ui.model_choice import ModelChoice


@dataclass(frozen=True)
class UiOptions:
    """What ``ui`` is told."""

    video: Path | None
    source: Path | None
    collection: Path | None
    projects: Path | None
    other: Path | None
    host: str
    allowed_hosts: list[str]
    port: int
    workspace: Path | None
    roots: list[Path] | None
    upload_limit: float
    disk_limit: float
    open_limit: int
    idle: float
    has_api: bool
    locator: LocatorOptions
    models: ModelOptions


def _add_ui(parser: Parser) -> None:
    parser.add_argument("video", type=Path, nargs="?", metavar="VIDEO", help="video, images, or project")
    parser.add_argument(
        "--source", type=Path, metavar="FILE", help="where the video of a project is now; remembered"
    )
    parser.add_argument(
        "--collection", type=Path, metavar="FOLDER", help="videos to label: a folder of them, or a table"
    )
    parser.add_argument(
        "--projects", type=Path, metavar="FOLDER", help="for --collection: where projects go, as for desk"
    )
    parser.add_argument(
        "--other",
        type=Path,
        metavar="FOLDER",
        help="for --collection: projects of another labeller to compare with",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to serve at (default: 127.0.0.1, this machine alone; others let other machines in)",
    )
    parser.add_argument(
        "--allow-host",
        dest="allowed_hosts",
        action="append",
        default=[],
        metavar="NAME",
        help="name or address that other machines use for this one, if --host lets them in; may be repeated",
    )
    parser.add_argument("--port", type=int, default=7860, help="0 = any that is free (default: 7860)")
    parser.add_argument("--workspace", type=Path, metavar="FOLDER", help="where projects are kept")
    parser.add_argument(
        "--root",
        dest="roots",
        type=Path,
        action="append",
        metavar="FOLDER",
        help="folder from which visitors may open videos by path; may be repeated (default: this folder; "
        "none where --host lets other machines in)",
    )
    parser.add_argument(
        "--upload-limit", type=parse_positive, default=4, metavar="GIB", help="of one upload (default: 4)"
    )
    parser.add_argument(
        "--disk-limit", type=parse_positive, default=100, metavar="GIB", help="of all projects (default: 100)"
    )
    parser.add_argument(
        "--open-limit", type=parse_count, default=8, metavar="N", help="projects in use (default: 8)"
    )
    parser.add_argument(
        "--idle",
        type=parse_positive,
        default=30,
        metavar="MINUTES",
        help="until an unused project is closed (default: 30)",
    )
    parser.add_argument(
        "--api",
        dest="has_api",
        action="store_true",
        help="let scripts call the editor by gradio_client or curl, below /agents",
    )
    add_locator_options(parser, "what understands the words that are looked for in the editor")
    add_model_options(parser)


def _ui(namespace: argparse.Namespace) -> None:
    """Serve the editor in the browser until Ctrl-C."""
    from track_anything.cli import steps
    from track_anything.cli.console import errors, output
    from track_anything.errors import InputError
    from track_anything.project import Project
    from track_anything.ui import (
        GIB,
        Limits,
        Settings,
        default_workspace,
        is_local,
        serve,
    )  # gradio takes seconds to load
    from track_anything.ui.model_choice import ModelChoice

    options = typed(UiOptions, namespace)
    if options.source is not None:
        if options.video is None:
            raise InputError("--source says where the video of a project is: name the project, too")
        with Project(steps.project_in(options.video)) as project:
            project.locate_source(options.source)
    collection = other = None
    if options.collection is not None:
        from track_anything.collection.desk import Collection

        if options.video is not None:
            raise InputError("a video and --collection cannot be opened at once: leave one of them out")
        collection = Collection(options.collection, options.projects)
        other = Collection(options.collection, options.other) if options.other is not None else None
    elif options.projects is not None or options.other is not None:
        named = "--projects" if options.projects is not None else "--other"
        raise InputError(f"{named} says where the projects of a collection are: give --collection, too")
    settings = Settings(
        load=partial(steps.load_chosen, options.models),
        chosen=ModelChoice(options.models.segmenter, options.models.preset, options.models.tracker or ""),
        load_chosen=partial(_load_choice, options.models) if is_local(options.host) else None,
        video=options.video,
        host=options.host,
        allowed_hosts=tuple(options.allowed_hosts),
        port=options.port,
        workspace=options.workspace or default_workspace(),
        roots=tuple(options.roots or ([Path.cwd()] if is_local(options.host) else [])),
        limits=Limits(
            upload=round(options.upload_limit * GIB),
            disk=round(options.disk_limit * GIB),
            open_projects=options.open_limit,
            idle=options.idle * 60,
        ),
        has_api=options.has_api,
        locator=options.locator.built(options.models.device),
        collection=collection,
        other=other,
    )
    if settings.opens is not None:
        errors.print(f"note: {settings.opens}")

    def say(address: str) -> None:
        output.print(f"the editor is at {address} (Ctrl-C ends it)")
        if settings.has_api:
            output.print(f"scripts and agents call it at {urljoin(address, '/agents/')}")

    serve(settings, say)


def _load_choice(options: ModelOptions, choice: "ModelChoice", progress: "OnProgress") -> "Models":
    """Networks chosen in the editor, where the options say; files belong to what they named."""
    from track_anything.cli import steps
    from track_anything.models import PRESETS

    has_segmenter = choice.segmenter == options.segmenter
    named = choice.tracker or PRESETS[choice.preset].tracker
    has_tracker = named == (options.tracker or PRESETS[options.preset].tracker)
    chosen = replace(
        options,
        segmenter=choice.segmenter,
        preset=choice.preset,
        tracker=choice.tracker or None,
        weights=options.weights if has_segmenter else None,
        tracker_weights=options.tracker_weights if has_tracker else None,
    )
    return steps.load_chosen(chosen, progress)


COMMANDS = (
    Command("ui", "the editor in the browser: click, track, see drift, correct, export", _add_ui, _ui),
)
