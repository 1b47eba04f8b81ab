"""The commands as a person types them, on drawn clips and the fakes."""

import json
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.track_anything.conftest import Run
from track_anything.cli import console, steps
from track_anything.masks import read_label_map
from track_anything.models import Models, Runtime
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models
from track_anything.video.sample import sample_clip

CLIP = MovingShapes(frame_count=6, height=40, width=60, shapes=2)
CLICK = ",".join(map(str, CLIP.centre(0)))
OTHER_CLICK = ",".join(map(str, CLIP.centre(3, 2)))

# A shell that starts a suite in the background makes it ignore SIGINT; at a terminal nobody does.
INTERRUPTIBLE = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
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


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(steps, "load_models", lambda **options: fake_models())
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return draw(CLIP, tmp_path / "clip")


def draw(clip: MovingShapes, folder: Path) -> Path:
    folder.mkdir()
    for frame in range(len(clip)):
        PIL.Image.fromarray(clip.frame(frame)).save(folder / f"{frame:05}.png", compress_level=0)
    return folder


def test_from_one_click_to_masks_overlay_and_project(clip: Path, run: Run, tmp_path: Path) -> None:
    code, out, _ = run("track", clip, "--click", CLICK)
    assert code == 0
    result = tmp_path / "clip-tracked"
    assert str(Path("clip-tracked") / "overlay.mp4") in out
    assert "project" in out
    assert (result / "overlay.mp4").stat().st_size > 0
    for frame in range(6):
        mask = read_label_map(result / "masks" / f"{frame:05}.png")
        np.testing.assert_array_equal(mask, CLIP.label_map(frame) == 1)


def test_several_objects_with_frames_boxes_and_masks_of_their_own(
    clip: Path, run: Run, tmp_path: Path
) -> None:
    mask = tmp_path / "mask.png"
    PIL.Image.fromarray((CLIP.label_map(3) == 2).astype(np.uint8) * 255).save(mask)
    code, _, err = run(
        "track", clip, "--object", "red", "--click", CLICK, "--object", "green", "--frame", 3, "--mask", mask
    )
    assert (code, "error" in err) == (0, False)
    for frame in range(6):
        label_map = read_label_map(tmp_path / "clip-tracked" / "masks" / f"{frame:05}.png")
        np.testing.assert_array_equal(label_map, CLIP.label_map(frame))
    _, out, _ = run("info", tmp_path / "clip-tracked")
    assert "object 1 (red): known on frames 0" in out
    assert "object 2 (green): known on frames 3" in out
    assert "pass 5: frames 0 to 5, 0 left" in out


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(run: Run, tmp_path: Path) -> None:
    clip = MovingShapes(frame_count=60, height=40, width=60)
    source, out = draw(clip, tmp_path / "long"), tmp_path / "out"
    click = ",".join(map(str, clip.centre(0)))
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, "track", str(source), "--click", click, "--out", str(out)],
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(list((out / "project" / "masks").glob("*.png"))) < 10:
        assert process.poll() is None, "it ended before it could be interrupted"
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"track-anything resume {out}" in err
    assert "Traceback" not in err
    assert not (out / "masks").exists()
    done = len(list((out / "project" / "masks").glob("*.png")))
    assert 10 <= done < 60

    assert run("resume", out)[0] == 0
    for frame in range(60):
        np.testing.assert_array_equal(
            read_label_map(out / "masks" / f"{frame:05}.png"), clip.label_map(frame)
        )
    code, printed, _ = run("resume", out / "project")
    assert code == 0
    assert "all frames" in printed


def test_segment_writes_the_candidates_and_their_scores(clip: Path, run: Run, tmp_path: Path) -> None:
    code, out, _ = run("segment", clip, "--frame", 3, "--click", OTHER_CLICK)
    assert code == 0
    assert out.count("predicted IoU") == 3
    mask = read_label_map(tmp_path / "clip-segmented" / "candidate-1.png")
    np.testing.assert_array_equal(mask, CLIP.label_map(3) == 2)
    assert (tmp_path / "clip-segmented" / "candidates.png").is_file()
    code, out, _ = run(
        "segment", clip / "00000.png", "--box", "0,0,59,39", "--negative", "0,0", "--out", "one"
    )
    assert code == 0
    assert out.count("predicted IoU") == 1
    Path("file").touch()
    code, _, err = run("segment", clip, "--click", CLICK, "--out", "file/inside")
    assert code == 2
    assert (
        err
        == "error: file/inside cannot be written (Not a directory): check the path, or choose another --out\n"
    )


def test_export_and_its_refusal_to_overwrite(clip: Path, run: Run) -> None:
    run("track", clip, "--click", CLICK, "--out", "out")
    assert run("export", "out", "--format", "masks", "--output", "again")[0] == 0
    before = Path("again/00003.png").read_bytes()
    code, _, err = run("export", "out/project", "--format", "masks", "--output", "again")
    assert (code, err.count("\n")) == (2, 1)
    assert "again" in err
    assert Path("again/00003.png").read_bytes() == before
    assert run("export", "out", "--format", "masks", "--output", "again", "--overwrite")[0] == 0
    assert run("export", "out", "--format", "overlay", "--output", "film.mp4")[0] == 0


def test_info_on_a_video(run: Run) -> None:
    code, out, _ = run("info", sample_clip())
    assert code == 0
    assert "150 frames of 480 x 270" in out
    assert "with sound" in out


def test_info_says_how_networks_run_here_and_what_a_pass_was_found_by(
    clip: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = Runtime("cpu", "openvino", "bfloat16", "GPU")
    monkeypatch.setattr("track_anything.models.resolve_runtime", lambda: runtime)
    code, out, _ = run("info")
    assert code == 0
    assert "networks run on cpu by openvino:GPU in bfloat16 unless --device, --engine" in " ".join(
        out.split()
    )
    assert run("track", clip, "--click", CLICK, "--out", "out")[0] == 0
    assert "a tracker by torch in float32" in " ".join(run("info", "out")[1].split())
    manifest = json.loads(Path("out/masks.manifest.json").read_text("utf-8"))
    assert manifest["tracked_with"] == [{"tracker": "", "engine": "torch", "precision": "float32"}]


def test_a_device_that_nobody_knows_is_one_line(clip: Path, run: Run) -> None:
    code, _, err = run("track", clip, "--click", CLICK, "--device", "tpu")
    assert code == 2
    assert "unknown device 'tpu'; choose one of auto, cpu, cuda, mps, openvino:GPU, openvino:NPU" in err


def test_fetched_weights_are_found(run: Run, mobile_sam_weights: Path) -> None:
    for action in ("path", "fetch"):
        code, out, _ = run("weights", action, "mobile-sam")
        assert (code, out.strip()) == (0, str(mobile_sam_weights))


def test_the_models_are_loaded_as_the_options_say(
    clip: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, object] = {}

    def load(**options: object) -> Models:
        asked.update(options)
        return fake_models()

    monkeypatch.setattr(steps, "load_models", load)
    options = [
        "--preset",
        "fast",
        "--tracker",
        "xmem",
        "--tracker-weights",
        "x.pth",
        "--device",
        "cpu",
        "--no-refine",
    ]
    assert run("track", clip, "--click", CLICK, *options)[0] == 0
    del asked["progress"]
    assert asked == {
        "segmenter": "mobile-sam",
        "preset": "fast",
        "tracker": "xmem",
        "weights": None,
        "tracker_weights": Path("x.pth"),
        "device": "cpu",
        "engine": "auto",
        "precision": "auto",
        "refine": False,
    }


def recipe(folder: Path) -> Path:
    """Two iterations on two drawn stills."""
    for part, pixels in (("images", CLIP.frame(0)), ("masks", CLIP.label_map(0))):
        (folder / part).mkdir(parents=True)
        for name in ("a.png", "b.png"):
            PIL.Image.fromarray(pixels).save(folder / part / name)
    path = folder / "recipe.toml"
    widths = ("encoder", "key", "value", "hidden", "value_encoder", "fused", "up")
    network = "\n".join(f"{name}_width = 4" for name in widths)
    path.write_text(
        f"[network]\nencoder_depth = 18\n{network}\n"
        '[[sources]]\nkind = "stills"\nimages = "images"\nmasks = "masks"\n'
        '[[stages]]\nname = "only"\niterations = 2\nframes = 2\nsize = 32\nbatch = 1\n'
    )
    return path


def test_train_writes_weights_that_a_tracker_takes(run: Run, tmp_path: Path) -> None:
    path = recipe(tmp_path / "data")
    out = tmp_path / "run"
    code, stdout, _ = run("train", "--config", path, "--data", path.parent, "--out", out, "--device", "cpu")
    assert code == 0
    assert f"weights: {out / 'weights.safetensors'}" in stdout
    assert {"checkpoint.pt", "loss.png", "run.json", "weights.safetensors"} <= {p.name for p in out.iterdir()}
    again = run("train", "--config", path, "--data", path.parent, "--out", out, "--device", "cpu")
    assert again[0] == 0  # nothing is left to do


def test_an_interrupted_training_says_where_it_is(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(job: object, **_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(console, "run_job", interrupted)
    path = recipe(tmp_path / "data")
    code, _, stderr = run("train", "--config", path, "--data", path.parent, "--out", tmp_path / "run")
    assert code == 130
    assert "stopped at iteration 0; the same command goes on from there" in stderr


def test_a_recipe_that_is_not_there_is_one_line(run: Run, tmp_path: Path) -> None:
    code, _, stderr = run("train", "--config", tmp_path / "none.toml", "--out", tmp_path / "run")
    assert code == 2
    assert stderr.count("\n") == 1
    assert "none.toml cannot be read" in stderr
    assert not (tmp_path / "run").exists()


def test_a_cut_off_video_is_tracked_as_far_as_it_goes_and_the_loss_is_said(run: Run) -> None:
    whole = sample_clip().with_suffix(".avi").read_bytes()
    Path("cut.avi").write_bytes(whole[: len(whole) // 8])
    code, _, err = run("track", "cut.avi", "--click", "240,135")
    assert code == 0
    assert "note: the video is damaged: 1 frames are damaged" in err


def test_masks_that_will_be_forgotten_are_said(clip: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "notes", lambda session: ["the known masks of frame 9 will be forgotten"])
    _, _, err = run("track", clip, "--click", CLICK)
    assert "note: the known masks of frame 9 will be forgotten" in err


def test_weights_are_listed_and_located(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACK_ANYTHING_CACHE", str(tmp_path / "cache"))
    code, out, _ = run("weights")
    assert code == 0
    assert "mobile-sam" in out
    assert "not fetched" in out
    code, _, err = run("weights", "path", "mobile-sam")
    assert code == 2
    assert "track-anything weights fetch mobile-sam" in err
    code, _, err = run("weights", "fetch", "no-such")
    assert code == 2
    assert "no-such" in err


BAD_SOURCES = ("text.mp4", "empty.mp4", "sound.wav", "no-images", "mixed", "missing.mp4")


def bad_sources(folder: Path) -> dict[str, Path]:
    (folder / "text.mp4").write_text("not a video at all")
    (folder / "empty.mp4").touch()
    with wave.open(str(folder / "sound.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    (folder / "no-images").mkdir()
    mixed = draw(MovingShapes(frame_count=1), folder / "mixed")
    PIL.Image.fromarray(np.zeros((5, 5, 3), np.uint8)).save(mixed / "00001.png")
    return {name: folder / name for name in BAD_SOURCES}


@pytest.mark.parametrize("name", BAD_SOURCES)
def test_a_bad_source_is_one_line_and_leaves_nothing(name: str, run: Run, tmp_path: Path) -> None:
    source = bad_sources(tmp_path)[name]
    code, _, err = run("track", source, "--click", "3,3", "--out", "out")
    assert code == 2
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert name in err
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "no object was pointed at"),
        (["--negative", "3,3"], "no object was pointed at"),
        (["--click", "600,3"], "outside the frame"),
        (["--click=-1,3"], "outside the frame"),
        (["--click", "nan,3"], "a click is X,Y"),
        (["--click", "3"], "a click is X,Y"),
        (["--box", "5,5,5,9"], "is empty"),
        (["--click", CLICK, "--frame", "6"], "frame 6 does not exist"),
        (["--click", CLICK, "--frame=-1"], "frame -1 does not exist"),
        (["--click", CLICK, "--frame", "x"], "invalid int value"),
        (["--mask", "nowhere.png"], "nowhere.png"),
        (["--click", CLICK, "--direction", "up"], "invalid choice"),
    ],
)
def test_bad_requests_are_one_line_and_leave_nothing(
    options: list[str], message: str, clip: Path, run: Run
) -> None:
    code, _, err = run("track", clip, *options, "--out", "out")
    assert code == 2
    assert err.startswith("error: ")
    assert message in err
    assert err.count("\n") == 1
    assert not Path("out").exists()


def test_an_existing_output_is_refused_untouched(clip: Path, run: Run) -> None:
    Path("out").mkdir()
    Path("out/thesis.txt").write_text("years of work")
    code, _, err = run("track", clip, "--click", CLICK, "--out", "out")
    assert code == 2
    assert "out exists already" in err
    assert "resume" not in err  # there is nothing to resume
    assert Path("out/thesis.txt").read_text() == "years of work"


def test_an_output_that_cannot_be_written(clip: Path, run: Run) -> None:
    Path("file").touch()
    code, _, err = run("track", clip, "--click", CLICK, "--out", "file/inside")
    assert code == 2
    assert err.count("\n") == 1
    assert "file" in err


def test_help_loads_no_network_code() -> None:
    code = "import sys; from track_anything.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += "sys.exit(any(name in sys.modules for name in ('torch', 'gradio', 'av', 'numpy', 'cv2', 'rich')))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_no_command_is_one_line(run: Run) -> None:
    code, _, err = run()
    assert code == 2
    assert err.count("\n") == 1


def test_the_status_says_how_masks_stand_and_a_correction_mends_them(
    clip: Path, run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "clip-tracked"
    wrong = tmp_path / "wrong.png"
    mask = CLIP.label_map(0) == 1
    mask[: mask.any(axis=1).argmax() + 3] = False
    PIL.Image.fromarray(mask.astype(np.uint8) * 255).save(wrong)
    assert run("track", clip, "--object", "disc", "--mask", wrong)[0] == 0
    _, printed, _ = run("status", out)
    assert "object 1 (disc): 1 known, 5 tracked" in printed
    assert "nothing is in doubt; if anything, fix frame" in printed
    assert "memory at the end of the newest tracking: 1 known frames whole" in printed
    before = (out / "masks" / "00005.png").read_bytes()

    right = tmp_path / "right.png"
    PIL.Image.fromarray((CLIP.label_map(3) == 1).astype(np.uint8) * 255).save(right)
    code, _, err = run("correct", out, "--frame", 3, "--mask", right)
    assert (code, "error" in err) == (0, False)
    np.testing.assert_array_equal(read_label_map(out / "masks" / "00005.png") == 1, CLIP.label_map(5) == 1)
    assert (out / "masks" / "00005.png").read_bytes() != before
    assert "object 1 (disc): 2 known, 4 tracked" in run("status", out)[1]
    assert (out / "confidence.csv").read_text().count("\n") == 7

    code, _, err = run("correct", out, "--frame", 3, "--object-id", 9, "--mask", right)
    assert (code, "there is no object 9" in err) == (2, True)
    code, _, err = run("correct", out, "--frame", 3)
    assert (code, "no object was pointed at" in err) == (2, True)


def test_a_project_by_itself_can_be_corrected_too(clip: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "clip-tracked"
    assert run("track", clip, "--click", CLICK)[0] == 0
    click = ",".join(map(str, CLIP.centre(4)))
    assert run("correct", out / "project", "--frame", 4, "--click", click)[0] == 0
    assert "object 1 (object 1): 2 known, 4 tracked" in run("status", out / "project")[1]


def test_a_cut_is_said(run: Run, tmp_path: Path) -> None:
    folder = draw(MovingShapes(frame_count=12, height=40, width=60), tmp_path / "cut")
    noise = np.random.default_rng(0).integers(0, 80, (40, 60, 3), np.uint8)
    for frame in range(12, 24):
        PIL.Image.fromarray(noise).save(folder / f"{frame:05}.png")
    click = ",".join(map(str, MovingShapes(height=40, width=60).centre(0)))
    code, _, err = run("track", folder, "--click", click)
    assert code == 0
    assert "note: another shot begins at frame 12" in err
    assert not any(
        read_label_map(tmp_path / "cut-tracked" / "masks" / f"{f:05}.png").any() for f in range(12, 24)
    )
    assert "12 absent" in run("status", tmp_path / "cut-tracked")[1]


def test_only_the_frames_between_in_and_out_are_tracked(clip: Path, run: Run, tmp_path: Path) -> None:
    assert run("track", clip, "--click", CLICK, "--frames", "0-2")[0] == 0
    assert (
        "object 1 (object 1): 1 known, 2 tracked, 3 untracked" in run("status", tmp_path / "clip-tracked")[1]
    )
    code, _, err = run("track", clip, "--click", CLICK, "--frames", "0-6", "--out", "out")
    assert (code, "frames 0 to 6 are no range of this video" in err) == (2, True)
    assert not (tmp_path / "out").exists()


def test_what_a_correction_changed_is_listed_kept_and_put_back(clip: Path, run: Run, tmp_path: Path) -> None:
    out, right = tmp_path / "clip-tracked", tmp_path / "right.png"
    assert run("track", clip, "--object", "disc", "--click", CLICK)[0] == 0
    assert "changed 0 of 0 frames; 5 frames had no mask before" in run("status", out, "--changes")[1]
    before = [(out / "masks" / f"{frame:05}.png").read_bytes() for frame in range(CLIP.frame_count)]

    mask = CLIP.label_map(3) == 1
    mask[: mask.any(axis=1).argmax() + 3] = False
    PIL.Image.fromarray(mask.astype(np.uint8) * 255).save(right)
    assert run("correct", out, "--frame", 3, "--mask", right)[0] == 0
    _, printed, _ = run("status", out, "--changes")
    assert "object 1 (disc): the newest tracking changed" in printed
    assert "4-5" in printed  # a stretch, after the corrected frame

    assert "object 1 (disc), frame 4: kept" in run("accept", out, "--object-id", 1, "--frames", "4-4")[1]
    assert "1 more accepted" in run("status", out, "--changes")[1]
    assert run("reject", out)[0] == 0
    assert run("export", out, "--format", "masks", "--output", out / "again")[0] == 0
    after = [(out / "again" / f"{frame:05}.png").read_bytes() for frame in range(CLIP.frame_count)]
    assert [frame for frame in range(CLIP.frame_count) if before[frame] != after[frame]] == [3, 4]
    code, _, err = run("reject", out, "--object-id", 1)
    assert code == 2
    assert "changed no mask there" in err


def test_tracking_stops_at_a_cut_when_asked_and_goes_on_with_the_answer(run: Run, tmp_path: Path) -> None:
    folder, out = tmp_path / "cut", tmp_path / "cut-tracked"
    clip = MovingShapes(frame_count=36, height=40, width=60)
    draw(clip, folder)
    noise = np.random.default_rng(0).integers(0, 80, (40, 60, 3), np.uint8)
    for frame in range(12, 24):
        PIL.Image.fromarray(noise).save(folder / f"{frame:05}.png")
    click = ",".join(map(str, clip.centre(0)))
    code, printed, _ = run("track", folder, "--click", click, "--at-cut", "stop")
    assert code == 0
    assert "stopped at frame 12, where another shot begins (frames 12 to 23)" in printed
    assert "absent" in printed
    assert not (out / "masks").exists()  # it is not done
    assert run("absent", out, "--object-id", 1, "--frames", "12-23")[0] == 0
    code, printed, _ = run("resume", out, "--at-cut", "stop")
    assert "stopped at frame 24" in printed
    assert run("resume", out)[0] == 0
    assert not read_label_map(out / "masks" / "00018.png").any()
    assert "13 known, 11 tracked" in run("status", out)[1]
