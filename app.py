"""Launcher of the editor in the browser: ``python app.py [VIDEO]`` is ``track-anything ui [VIDEO]``."""

import sys

from track_anything.cli import main

if __name__ == "__main__":
    sys.exit(main(["ui", *sys.argv[1:]]))
