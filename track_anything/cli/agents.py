"""``mcp``: the editor's deeds as tools for an agent."""

import argparse
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from track_anything.cli.options import Command, ModelOptions, Parser, add_model_options, typed


@dataclass(frozen=True)
class McpOptions:
    """What ``mcp`` is told."""

    workspace: Path | None
    roots: list[Path] | None
    models: ModelOptions


def _add_mcp(parser: Parser) -> None:
    parser.add_argument(
        "--root",
        dest="roots",
        type=Path,
        action="append",
        metavar="FOLDER",
        help="folder from which the agent may open videos; may be repeated (default: this folder)",
    )
    parser.add_argument("--workspace", type=Path, metavar="FOLDER", help="where projects are kept")
    add_model_options(parser)


def _mcp(namespace: argparse.Namespace) -> None:
    """Serve one agent on standard input and output until it hangs up."""
    from track_anything.cli import steps
    from track_anything.errors import InputError
    from track_anything.ui import Limits, default_workspace
    from track_anything.ui.desk import Desk
    from track_anything.ui.model_shelf import ModelShelf
    from track_anything.ui.workspace import Workspace

    options = typed(McpOptions, namespace)
    if find_spec("mcp") is None:
        raise InputError("the command mcp needs mcp: pip install 'track-anything[mcp]'")
    from track_anything.ui.agents.mcp_tools import build_mcp

    roots = tuple(options.roots or [Path.cwd()])
    for root in roots:
        if not root.is_dir():
            raise InputError(f"--root {root} is no folder: name one that is there")
    workspace = Workspace(options.workspace or default_workspace())
    workspace.prepare()
    desk = Desk(workspace, ModelShelf(partial(steps.load_chosen, options.models)), Limits(), roots)
    try:
        build_mcp(desk).run("stdio")
    finally:
        desk.close()


COMMANDS = (
    Command("mcp", "tools for an agent: it opens, clicks, tracks, corrects, exports", _add_mcp, _mcp),
)
