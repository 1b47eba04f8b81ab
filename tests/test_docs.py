"""What README and docs tell people to type is what the product takes; what they are told to write runs."""

import re
import shlex
from pathlib import Path

import PIL.Image
import pytest

import track_anything.models
import track_anything.session
from track_anything.cli.parser import parser_for
from track_anything.testing import MovingShapes, fake_models

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = sorted([REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")])
CLIP = MovingShapes(frame_count=4, height=240, width=480)


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in a language; "" = those without one."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def lines(beginning: str) -> list[str]:
    """Every line of a block without a language that begins so, without its comment."""
    found = [
        line.split("  #")[0].split("#    ")[0].rstrip()
        for page in PAGES
        for block in blocks(page, "")
        for line in block.splitlines()
    ]
    return sorted({line for line in found if line.startswith(beginning)})


@pytest.mark.parametrize("line", lines("track-anything "))
def test_every_command_is_one_that_the_command_line_takes(line: str) -> None:
    line = line.replace("list|fetch NAME|path NAME", "fetch mobile-sam")
    _, *arguments = shlex.split(line)
    assert parser_for(arguments).parse_args(arguments).command.partition("_")[0] == arguments[0]


@pytest.mark.parametrize("line", lines("make "))
def test_every_target_is_in_the_makefile(line: str) -> None:
    target = line.split()[1]
    assert re.search(rf"^{target}:", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("line", lines("python "))
def test_every_benchmark_has_the_options_that_are_named(line: str) -> None:
    words = shlex.split(line)[1:]
    script = f"{words[1].replace('.', '/')}.py" if words[0] == "-m" else words[0]
    source = (REPOSITORY / script).read_text("utf-8")
    for shared in re.findall(r"^from benchmarks\.(\w+) import", source, re.MULTILINE):
        source += (REPOSITORY / "benchmarks" / f"{shared}.py").read_text("utf-8")
    for option in (word for word in words if word.startswith("--")):
        assert f'"{option}"' in source, option


def test_the_programs_of_the_pages_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All Python blocks of the front page, the start and the guides, on a drawn clip with the fakes."""
    clip = tmp_path / "clip.mp4"  # a folder by that name: what a video is, is told by what it is
    clip.mkdir()
    for index in range(len(CLIP)):
        PIL.Image.fromarray(CLIP.frame(index)).save(clip / f"{index:05d}.png")
    x, y = CLIP.centre(0)
    monkeypatch.setattr(track_anything.models, "load_models", fake_models)
    monkeypatch.setattr(track_anything.session, "load_models", fake_models)
    count = 0
    for page in PAGES:
        for block in blocks(page, "python"):
            if "Session." not in block:
                continue
            work = tmp_path / f"work-{count}"
            work.mkdir()
            monkeypatch.chdir(work)
            (work / "clip.mp4").symlink_to(clip)
            if "Session.open" in block:
                with track_anything.session.Session.create("clip.mp4", "my-project", fake_models) as session:
                    session.click(object_id=session.add_object(), frame=0, x=x, y=y)
            exec(compile(_with_fakes(block, x, y), str(page), "exec"), {})  # noqa: S102 - our own pages
            count += 1
    assert count >= 3


def _with_fakes(block: str, x: float, y: float) -> str:
    """The block with the fakes for networks, and its click on the drawn disc."""
    block = re.sub(r"(Session\.(?:create|open)\([^)]*)\)", r"\1, models=fake_models)", block)
    block = re.sub(r"x=\d+, y=\d+", f"x={x}, y={y}", block)
    return f"from track_anything.testing import fake_models\n{block}"
