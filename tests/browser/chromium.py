"""Where Chromium is on this machine.

``python -m tests.browser.chromium`` says so, and fails when there is none.
"""

import os
import shutil
import sys
from pathlib import Path

VARIABLE = "TRACK_ANYTHING_CHROMIUM"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The path of a Chromium: the one named by the variable, the system's, or Playwright's own download."""
    named = os.environ.get(VARIABLE)
    installed = next(filter(None, map(shutil.which, _NAMES)), None)
    return named or installed or _of_playwright()


def _of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


if __name__ == "__main__":
    found = find_chromium()
    sys.stdout.write(f"{found}\n" if found else "no Chromium here: make chromium installs one\n")
    sys.exit(0 if found else 1)
