"""The command line: ``track-anything track | resume | status | correct | segment | export | ...``."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from sam.errors import SamError
from track_anything.cli import (
    absent,
    agents,
    assets,
    batch,
    changes,
    convert,
    deliver,
    desk,
    evaluate,
    find_like,
    grids,
    importing,
    inspect,
    pictures,
    segment,
    serve,
    track,
)
from track_anything.cli.arguments import with_negative_values
from track_anything.cli.options import EXIT_BAD_INPUT, Parser
from track_anything.cli.stopping import EXIT_INTERRUPTED, Stopped, stopped_by_signals
from track_anything.cli.words import open_streams, shown, write_anything
from track_anything.errors import TrackAnythingError
from track_anything.system.files import remedy
from tracker.errors import TrackerError

COMMANDS = (
    *track.COMMANDS,
    *segment.COMMANDS,
    *pictures.COMMANDS,
    *grids.COMMANDS,
    *find_like.COMMANDS,
    *inspect.COMMANDS,
    *changes.COMMANDS,
    *absent.COMMANDS,
    *deliver.COMMANDS,
    *importing.COMMANDS,
    *batch.COMMANDS,
    *convert.COMMANDS,
    *evaluate.COMMANDS,
    *desk.COMMANDS,
    *serve.COMMANDS,
    *agents.COMMANDS,
    *assets.COMMANDS,
)
EXIT_READER_GONE = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code.

    0, 2 for bad input, 130 for Ctrl-C, 143 and 129 when it was asked to end by SIGTERM or SIGHUP.
    """
    open_streams()
    write_anything(sys.stdout, sys.stderr)
    typed = with_negative_values(sys.argv[1:] if arguments is None else arguments)
    options = parser_for(typed).parse_args(typed)
    try:
        with stopped_by_signals():
            options.run(options)
            sys.stdout.flush()
    except (TrackAnythingError, SamError, TrackerError) as error:
        return _failed(str(error))
    except BrokenPipeError:  # whoever read what is printed has enough
        _silence()
        return EXIT_READER_GONE
    except OSError as error:  # what no part of the program has explained better
        _silence()
        what = f"{error.filename} cannot be used" if error.filename else "the output cannot be written"
        return _failed(f"{what} ({error.strerror or error}): {remedy(error)}")
    except MemoryError:
        return _failed("out of memory: close other programs, or give a smaller video")
    except Stopped as stopped:
        return stopped.code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return 0


def _failed(message: str) -> int:
    sys.stderr.write(f"error: {shown(message)}\n")
    return EXIT_BAD_INPUT


def _silence() -> None:
    """Keep what could not be printed from being tried again when the interpreter ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser_for(arguments: Sequence[str]) -> Parser:
    """The parser of these arguments: it knows all commands, and the options of the one that is asked for.

    The names of forms, methods and networks that options may have come from the tables of the product, which
    are not loaded for a list of the commands.
    """
    parser = Parser(
        prog="track-anything", description="Click an object in a video and get its mask on every frame."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    for command in COMMANDS:
        added = commands.add_parser(command.name, help=command.help)
        if command.name in arguments:
            command.add_options(added)
            added.set_defaults(run=command.run)
    return parser
