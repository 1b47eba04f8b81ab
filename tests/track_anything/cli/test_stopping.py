"""Ctrl-C from the first import to the interpreter's own end; in between, see the faults."""

import subprocess
import sys
from pathlib import Path

import pytest

_PRESSED = """
import atexit, os, runpy, signal, sys

moment = sys.argv[1]

def press():
    os.kill(os.getpid(), signal.SIGINT)

class Pressing:
    def find_spec(self, name, path=None, target=None):
        if name == moment:
            press()

signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite in the background ignores it
if moment == "the end":
    atexit.register(press)
sys.meta_path.insert(0, Pressing())
sys.argv[1:] = sys.argv[2:]
runpy.run_module("track_anything.cli", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("track_anything.cli.parser", 130),
        ("track_anything.cli.deliver", 130),
        ("track_anything.models.presets", 130),  # while the options are made
        ("the end", 2),
    ],
)
def test_ctrl_c_is_heard_while_it_loads_and_changes_nothing_at_the_end(
    moment: str, code: int, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", _PRESSED, moment, "track", str(tmp_path / "none.mp4"), "--click", "1,2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "KeyboardInterrupt" not in done.stderr
    assert done.stderr.count("\n") == (moment == "the end")
