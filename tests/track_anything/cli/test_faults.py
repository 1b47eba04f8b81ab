"""Faults of the first outside trial that the command line showed: one line, and nothing lost."""

import ast
import errno
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

import track_anything
import track_anything.cli.words
from tests.track_anything.conftest import Run
from track_anything.cli import steps
from track_anything.cli.options import Parser
from track_anything.cli.parser import COMMANDS
from track_anything.cli.stopping import stopped_by_signals
from track_anything.masks import read_label_map
from track_anything.project.lock import lock_project
from track_anything.project.project import Project
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models

CLIP = MovingShapes(frame_count=6, height=40, width=60, shapes=2)
CLICK = ",".join(map(str, CLIP.centre(0)))
OTHER_CLICK = ",".join(map(str, CLIP.centre(0, 2)))
SLOW = """
import signal, sys, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # a suite that runs under nohup ignores it
import track_anything.cli.steps as steps
from track_anything.cli import main
from track_anything.testing import ShiftingPropagator, fake_models
from dataclasses import replace

class Slow(ShiftingPropagator):
    def step(self, image):
        time.sleep(0.02)
        return super().step(image)

steps.load_models = lambda **options: replace(fake_models(), new_propagator=Slow)
sys.exit(main(sys.argv[1:]))
"""

PACKAGE = Path(track_anything.__file__).parent
WITH_MODELS = ("track", "resume", "correct", "segment", "ui")
WITH_VIDEO = ("resume", "correct", "export", "inpaint", "shadow", "import", "status", "info", "ui")
SAID_BY = {
    "cli/agents.py": ("mcp",),
    "cli/arguments.py": ("track", "correct", "segment"),
    "cli/batch.py": ("batch",),
    "cli/find_like.py": ("find-like",),
    "cli/label_classes.py": ("desk",),
    "cli/picture_files.py": ("boxes", "edges", "proposals"),
    "cli/pictures.py": ("boxes",),
    "cli/segment.py": ("segment",),
    "cli/steps.py": ("track",),
    "collection/batch/batch.py": ("batch",),
    "importing/coco_masks.py": ("import",),
    "importing/foreign_masks.py": ("import",),
    "importing/frame_matching.py": ("import",),
    "models/compiled/module.py": WITH_MODELS,
    "models/compiled/quantised.py": WITH_MODELS,
    "models/engine.py": WITH_MODELS,
    "models/load.py": WITH_MODELS,
    "models/open_vocabulary.py": ("track", "boxes"),
    "models/precision.py": WITH_MODELS,
    "models/runtime.py": WITH_MODELS,
    "models/trackers.py": ("track", "resume", "correct", "ui"),
    "project/whereabouts.py": WITH_VIDEO,
    "tracking/track.py": ("track", "resume", "correct", "ui"),
    "tracking/walk.py": ("track", "resume", "correct", "ui"),
}
"""By which commands the messages of a module that name options are said; those of ``ui`` by ``ui``."""

HELP = tuple(
    f"cli/{name}.py"
    for name in ("options", "track", "deliver", "inspect", "assets", "serve", "changes", "desk", "finding")
)


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(steps, "load_models", lambda **options: fake_models())
    monkeypatch.chdir(tmp_path)


def draw(folder: Path, clip: MovingShapes = CLIP) -> Path:
    folder.mkdir()
    for frame in range(len(clip)):
        PIL.Image.fromarray(clip.frame(frame)).save(folder / f"{frame:05}.png", compress_level=0)
    return folder


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return draw(tmp_path / "clip")


@pytest.fixture
def run(run: Run) -> Run:
    """Runs a command; an error line must be one line whose options are options of that command."""

    def checked(*arguments: object) -> tuple[int, str, str]:
        code, stdout, stderr = run(*arguments)
        (*_, last) = stderr.splitlines() or [""]
        if last.startswith("error: "):
            check_options(last, str(arguments[0]))
        return code, stdout, stderr

    return checked


def options_of(command: str) -> set[str]:
    (chosen,) = (one for one in COMMANDS if one.name == command)
    parser = Parser()
    chosen.add_options(parser)
    return {option for action in parser._actions for option in action.option_strings}


def check_options(line: str, command: str) -> None:
    """Options belong to the command that was given, unless they stand behind another command's name."""
    for quoted in re.findall(r"`track-anything (\w+)([^`]*)`", line):
        assert set(re.findall(r"(?<!\S)--[a-z][a-z-]+", quoted[1])) <= options_of(quoted[0])
    rest = re.sub(r"`[^`]*`", "", line)
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", rest)) <= options_of(command), line


def test_fault_03_of_two_tracks_with_one_out_one_wins_and_is_not_harmed(clip: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SLOW, "track", str(clip), "--click", CLICK, "--out", "out"]
    both = [
        subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in "ab"
    ]
    said = [process.communicate(timeout=300) for process in both]
    assert sorted(process.returncode for process in both) == [0, 2]
    (loser,) = (err for process, (_, err) in zip(both, said, strict=True) if process.returncode)
    assert re.search("another --out|open in another process|choose another folder", loser.splitlines()[-1])
    assert len(list((tmp_path / "out" / "masks").glob("*.png"))) == len(CLIP)
    Project(tmp_path / "out" / "project").close()


def test_fault_03_what_another_process_is_making_is_not_removed(clip: Path, run: Run) -> None:
    project = Path("out") / "project"
    project.mkdir(parents=True)
    lock = lock_project(project)
    code, _, err = run("track", clip, "--click", CLICK, "--out", "out")
    assert (code, "is being made by another process: choose another --out" in err) == (2, True)
    assert project.is_dir()
    lock.release()


def test_fault_24_a_track_killed_while_reading_is_begun_again_by_the_same_command(
    clip: Path, run: Run
) -> None:
    (Path("out") / "project" / "cache" / "frames").mkdir(parents=True)
    (Path("out") / "project" / "lock").touch()
    for command in ("resume", "info", "status"):
        code, _, err = run(command, "out")
        assert (code, "repeat the `track-anything track` of it" in err) == (2, True)
    assert run("track", clip, "--click", CLICK, "--out", "out")[0] == 0
    assert run("info", "out")[0] == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_fault_22_being_asked_to_end_is_as_ctrl_c(number: signal.Signals, tmp_path: Path, run: Run) -> None:
    clip = MovingShapes(frame_count=60, height=40, width=60)
    source, out = draw(tmp_path / "long", clip), tmp_path / "out"
    click = ",".join(map(str, clip.centre(0)))
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, "track", str(source), "--click", click, "--out", str(out)],
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(list((out / "project" / "masks").glob("*.png"))) < 10:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(number)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 128 + number
    assert f"track-anything resume {out}" in err
    assert "Traceback" not in err
    assert run("resume", out)[0] == 0


def test_fault_22_what_was_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopped_by_signals():
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) != signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    other = threading.Thread(target=lambda: stopped_by_signals().__enter__())
    other.start()
    other.join()
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_fault_26_names_of_any_length(run: Run, tmp_path: Path) -> None:
    clip = draw(tmp_path / ("é" * 124))
    code, _, err = run("track", clip, "--click", CLICK)
    assert code == 0, err
    assert len(list(tmp_path.glob("*-tracked"))) == 1
    code, _, err = run("track", clip, "--click", CLICK, "--out", "n" * 300)
    assert (code, "choose a shorter name" in err) == (2, True)
    for kind in ("export", "inpaint"):
        form = ["--format", "overlay"] if kind == "export" else []
        code, _, err = run(kind, next(tmp_path.glob("*-tracked")), *form, "--output", "n" * 250 + ".mp4")
        assert (code, err.count("error"), "choose a shorter name" in err) == (2, 1, True)


def test_fault_34_case_single_frame_a_photo_is_tracked(run: Run, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    PIL.Image.fromarray(CLIP.frame(0)).save(photo)
    folder = tmp_path / "one"
    folder.mkdir()
    photo.rename(folder / "photo.png")
    code, _, err = run("track", folder, "--click", CLICK, "--out", "out")
    assert code == 0, err
    assert read_label_map(next(Path("out/masks").glob("*.png"))).any()
    assert run("correct", "out", "--click", CLICK)[0] == 0
    assert run("resume", "out")[0] == 0


def test_one_frame_between_in_and_out_is_enough(clip: Path, run: Run) -> None:
    assert run("track", clip, "--click", CLICK, "--frames", "0-0", "--out", "out")[0] == 0


def test_case_moved_every_command_takes_and_remembers_where_the_video_is(
    clip: Path, run: Run, tmp_path: Path
) -> None:
    assert run("track", clip, "--click", CLICK, "--out", "out")[0] == 0
    (tmp_path / "far" / "away").mkdir(parents=True)
    moved = clip.rename(tmp_path / "far" / "away" / "pictures")
    code, _, err = run("export", "out", "--format", "rgba", "--output", "x")
    assert (code, "say where it is now (--source)" in err) == (2, True)
    original = Path("out/project/project.json").read_bytes()
    for command in ("export", "inpaint", "shadow", "resume", "correct", "import", "status", "info", "ui"):
        assert "--source" in options_of(command)
    for command, *more in (
        ("export", "--format", "rgba", "--output", "a"),
        ("inpaint", "--output", "b"),
        ("resume",),
        ("correct", "--click", CLICK),
        ("status",),
        ("info",),
    ):
        Path("out/project/project.json").write_bytes(original)
        assert run(command, "out", *more, "--source", moved)[0] == 0
        assert json.loads(Path("out/project/project.json").read_bytes())["source"] == str(moved)
    assert run("export", "out", "--format", "rgba", "--output", "y")[0] == 0
    code, _, err = run(
        "export", "out", "--format", "rgba", "--output", "z", "--source", tmp_path / "out" / "masks"
    )
    assert (code, "is not the video this project was made with" in err) == (2, True)


def test_case_code_page_names_of_any_script_are_printed(clip: Path, tmp_path: Path) -> None:
    with Session.create(clip, tmp_path / "p") as session:
        session.add_object("\u732b [bold]cat[/] [/x]")
    for encoding in ("cp1252", "ascii"):
        done = subprocess.run(
            [sys.executable, "-m", "track_anything.cli", "info", "p"],
            capture_output=True,
            env=os.environ | {"PYTHONIOENCODING": encoding},
        )
        assert done.returncode == 0, done.stderr
        assert b"\\u732b [bold]cat[/] [/x]" in done.stdout


def test_names_cannot_move_the_cursor(clip: Path, tmp_path: Path, run: Run) -> None:
    with Session.create(clip, tmp_path / "p") as session:
        session.add_object("a\x1b[2Jb\nc\u202ed")
    code, out, _ = run("info", "p")
    assert (code, "a\\x1b[2Jb\\nc\\u202ed" in out, "\x1b" in out) == (0, True, False)
    assert track_anything.cli.words.shown("é猫👩‍👩‍👧") == "é猫👩‍👩‍👧"


def test_segment_answers_every_object(clip: Path, run: Run, tmp_path: Path) -> None:
    mask = tmp_path / "mask.png"
    PIL.Image.fromarray((CLIP.label_map(0) == 2).astype(np.uint8) * 255).save(mask)
    code, out, err = run(
        "segment", clip, "--object", "red", "--click", CLICK, "--object", "green", "--mask", mask
    )
    assert code == 0, err
    for name, object_id in (("red", 1), ("green", 2)):
        found = read_label_map(Path("clip-segmented") / name / "candidate-1.png")
        np.testing.assert_array_equal(found > 0, CLIP.label_map(0) == object_id)
    assert "green/candidate-1.png: predicted IoU" in out


def test_a_mask_beside_a_click_is_refused(clip: Path, run: Run, tmp_path: Path) -> None:
    code, _, err = run("track", clip, "--click", CLICK, "--mask", "m.png")
    assert (code, "leave one out" in err) == (2, True)
    assert not Path("clip-tracked").exists()


def test_segment_short_of_memory_is_one_line(clip: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(**options: object) -> None:
        raise MemoryError

    monkeypatch.setattr(steps, "load_models", short)
    code, _, err = run("segment", clip, "--click", CLICK)
    assert (code, err.count("\n"), "out of memory" in err) == (2, 1, True)


def test_fault_13_a_project_that_cannot_be_written_is_exported(
    clip: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("track", clip, "--click", CLICK, "--out", "out")[0] == 0
    place = str(Path("out/project").resolve())
    real = os.open

    def read_only(path: object, flags: int, *more: int, **how: object) -> int:
        if str(Path(str(path)).absolute()).startswith(place) and flags & (
            os.O_WRONLY | os.O_RDWR | os.O_CREAT
        ):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return real(path, flags, *more, **how)

    monkeypatch.setattr(os, "open", read_only)
    before = sorted(path.stat().st_mtime_ns for path in Path("out/project").rglob("*"))
    for command, *more in (
        ("export", "--format", "masks", "--output", "a"),
        ("export", "--format", "overlay", "--output", "a.mp4"),
        ("status",),
        ("info",),
    ):
        code, _, err = run(command, "out", *more)
        assert code == 0, err
    for command, *more in (("resume",), ("correct", "--click", CLICK), ("shadow",), ("import", "a")):
        code, _, err = run(command, "out", *more)
        assert (code, err.count("error"), "looking and exporting work" in err) == (2, 1, True), err
    assert sorted(path.stat().st_mtime_ns for path in Path("out/project").rglob("*")) == before


def test_exports_are_made_beside_who_edits(clip: Path, run: Run) -> None:
    assert run("track", clip, "--click", CLICK, "--out", "out")[0] == 0
    with Project(Path("out/project")):
        assert run("export", "out", "--format", "masks", "--output", "a")[0] == 0
        code, _, err = run("resume", "out")
        assert (code, "open in another process" in err) == (2, True)


def test_fault_14_missing_rights_are_one_line(clip: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("track", clip, "--click", CLICK, "--out", "out")[0] == 0

    def refused(real: Callable[..., object], place: Path) -> Callable[..., object]:
        def ask(path: object = ".", *arguments: object, **how: object) -> object:
            if str(Path(str(path)).absolute()).startswith(str(place)):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            return real(path, *arguments, **how)

        return ask

    for place in ("project", "project/journal.log", "project/masks", "project/passes"):
        closed = Path("out").resolve() / place
        with monkeypatch.context() as patch:
            for name in ("scandir", "listdir", "open", "stat"):
                patch.setattr(os, name, refused(getattr(os, name), closed))
            patch.setattr("io.open", refused(open, closed))
            for command, *more in (
                ("info",),
                ("status",),
                ("export", "--format", "masks", "--output", "a"),
                ("resume",),
            ):
                if (command, place) == ("export", "project/passes"):
                    continue  # label maps need no records
                code, _, err = run(command, "out", *more)
                last = err.splitlines()[-1] if err else ""
                assert (code, "Permission denied" in last, last[:7]) == (2, True, "error: "), (place, err)


def test_fault_33_output_that_cannot_be_written_is_one_line(clip: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "track_anything.cli", "info", str(clip)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "the output cannot be written (No space left on device)" in done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_output_that_was_closed_before_is_as_none(clip: Path, tmp_path: Path, closed: str) -> None:
    command = f'"{sys.executable}" -m track_anything.cli info "{clip}" {closed}'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr


@pytest.mark.parametrize("band", ["1e9", "nan", "0", "-3"])
def test_fault_33_a_band_is_as_wide_as_the_editor_takes(band: str, clip: Path, run: Run) -> None:
    assert run("track", clip, "--click", CLICK, "--out", "out")[0] == 0
    code, _, err = run("export", "out", "--format", "rgba", "--output", "a", f"--band={band}")
    assert (code, err.count("error"), "from 1 to 1000" in err) == (2, 1, True), err


def test_fault_10_what_is_rotten_is_said_and_made_again(clip: Path, run: Run) -> None:
    assert run("track", clip, "--click", CLICK, "--out", "out")[0] == 0
    rotten = Path("out/project/masks/000003.0003.png")
    before = [path.read_bytes() for path in sorted(Path("out/masks").glob("*.png"))]
    rotten.write_bytes(b"rot")
    code, _, err = run("export", "out", "--format", "masks", "--output", "a")
    assert (code, "frame 3 is without it: `track-anything resume` makes it again" in err) == (0, True)
    after = [path.read_bytes() for path in sorted(Path("a").glob("*.png"))]
    assert [before[place] == after[place] for place in range(6)] == [place != 3 for place in range(6)]
    assert run("resume", "out")[0] == 0
    assert [path.read_bytes() for path in sorted(Path("out/masks").glob("*.png"))] == before


def test_a_damaged_journal_is_recovered_as_far_as_it_goes(clip: Path, run: Run) -> None:
    assert run("track", clip, "--click", CLICK, "--out", "out")[0] == 0
    journal = Path("out/project/journal.log")
    lines = journal.read_bytes().splitlines(keepends=True)
    damaged = b"".join([*lines[:2], b"x" * 50 + b"\n", *lines[2:]])
    journal.write_bytes(damaged)
    for command in ("info", "export --format masks --output a"):
        name, *more = command.split()
        code, _, err = run(name, "out", *more)
        assert (code, "`track-anything recover FOLDER`" in err) == (2, True)
    code, out, _ = run("recover", "out")
    assert (code, "kept 2 lines" in out) == (0, True)
    assert journal.with_name("journal.log.damaged-1").read_bytes() == damaged
    assert run("info", "out")[0] == 0
    code, out, _ = run("recover", "out")
    assert "nothing is wrong" in out


def texts_of(path: Path) -> list[str]:
    """Every text in a module but docstrings and names of options; what is put into it is left out."""
    tree = ast.parse(path.read_text("utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.append("".join(str(part.value) for part in node.values if isinstance(part, ast.Constant)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone | parts:
            found.append(node.value)
    return [text for text in found if not re.fullmatch(r"--[a-z-]+(=\S*)?", text)]


def test_every_option_that_a_message_names_is_one_of_the_commands_that_say_it() -> None:
    modules = {path.relative_to(PACKAGE).as_posix(): path for path in PACKAGE.rglob("*.py")}
    commands = {one.name for one in COMMANDS}
    held = set()
    for name, path in modules.items():
        for text in texts_of(path):
            for command, more in re.findall(r"`track-anything (\w+)([^`]*)`", text):
                assert command in commands, text
                assert set(re.findall(r"--[a-z][a-z-]+", more)) <= options_of(command), text
            options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", re.sub(r"`[^`]*`", "", text)))
            if not options or name in HELP:
                continue
            first = text.split()[0]  # a command to be given is about its own options
            said_by = (
                (first,) if first in commands else ("ui",) if name.startswith("ui/") else SAID_BY.get(name)
            )
            assert said_by is not None, f"{name} says {text!r}: which commands can say that?"
            for command in said_by:
                assert options <= options_of(command), (command, text)
            held.add(name)
    assert held >= SAID_BY.keys()
