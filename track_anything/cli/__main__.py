"""``python -m track_anything.cli`` is ``track-anything``: one command in a process of its own."""

import signal
import sys

from track_anything.cli.stopping import EXIT_INTERRUPTED


def run() -> int:
    """Run the command that was typed; returns the exit code, which Ctrl-C makes 130 while it loads, too."""
    try:
        from track_anything.cli.parser import main

        code = main()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is done, and the interpreter ends without a word
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return EXIT_INTERRUPTED
    return code


if __name__ == "__main__":
    sys.exit(run())
