"""Launcher of the browser editor, which is not there yet."""

import sys

if __name__ == "__main__":
    sys.exit(
        "The editor in the browser is still being built. Until it lands: "
        "track-anything track VIDEO --click X,Y (see track-anything --help)"
    )
