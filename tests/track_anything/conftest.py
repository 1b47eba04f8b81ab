"""What tests that give commands share."""

from collections.abc import Callable

import pytest

from track_anything.cli import main

Run = Callable[..., tuple[int, str, str]]
"""Runs a command; gives its exit code, and what it printed as results and as messages."""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run
