"""The wheel works where nothing of the repository is: it tracks a drawn clip and serves the editor's page."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import PIL.Image
import pytest

from track_anything.testing import MovingShapes

REPOSITORY = Path(__file__).resolve().parents[1]
CLIP = MovingShapes(frame_count=3, height=120, width=160)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel alone; what it depends on is found where the suite has it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(folder), str(REPOSITORY)], check=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=False)
    target = next((folder / "env" / "lib").iterdir()) / "site-packages"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target)]
    subprocess.run([*install, str(wheel)], check=True)
    return folder / "env"


def surroundings() -> dict[str, str]:
    """Third-party packages by their folder: its .pth files, and so the repository, do not count there."""
    return os.environ | {"PYTHONPATH": sysconfig.get_path("purelib"), "PYTHONUNBUFFERED": "1"}


def run(environment: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [str(environment / "bin" / "python"), *arguments]
    return subprocess.run(command, cwd=cwd, env=surroundings(), capture_output=True, text=True, check=False)


def test_the_package_comes_from_the_wheel(environment: Path, tmp_path: Path) -> None:
    found = run(environment, "-c", "import track_anything as t; print(t.__file__)", cwd=tmp_path)
    assert found.stdout.startswith(str(environment)), found.stderr


def test_the_detector_comes_with_it(environment: Path, tmp_path: Path) -> None:
    words = "from track_anything.models.detector import YoloxDetector; YoloxDetector(); print('there')"
    found = run(environment, "-c", words, cwd=tmp_path)
    assert found.stdout == "there\n", found.stderr


def test_it_tracks_a_clip(environment: Path, tmp_path: Path, mobile_sam_weights: Path) -> None:
    clip = tmp_path / "clip"
    clip.mkdir()
    for index in range(len(CLIP)):
        PIL.Image.fromarray(CLIP.frame(index)).save(clip / f"{index:05d}.png")
    x, y = CLIP.centre(0)
    words = ["-m", "track_anything.cli", "track", "clip", "--click", f"{x:.0f},{y:.0f}", "--preset", "fast"]
    done = run(environment, *words, "--weights", str(mobile_sam_weights), "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out" / "masks").glob("*.png"))) == len(CLIP)


@contextmanager
def server(environment: Path, folder: Path) -> Iterator[str]:
    """The editor's address."""
    command = [str(environment / "bin" / "python"), "-m", "track_anything.cli", "ui", "--port", "0"]
    options = ["--root", str(folder), "--workspace", str(folder / "workspace")]
    process = subprocess.Popen(
        [*command, *options],
        cwd=folder,
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if address := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield address[0]
                return
        pytest.fail(f"the server said no address: {said}")
    finally:
        process.terminate()
        process.communicate()


def test_it_serves_the_page_and_its_scripts(environment: Path, tmp_path: Path) -> None:
    with server(environment, tmp_path) as address:
        with urlopen(f"{address}/") as page:  # noqa: S310 - our own server
            assert page.status == 200
        with urlopen(f"{address}/web/main.js") as script:  # noqa: S310 - likewise
            assert b"import" in script.read()
