"""What the commands have in common; loads the video and model code, which ``--help`` does not need."""

import shlex
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Literal

from track_anything.cli.arguments import ObjectRequest
from track_anything.cli.console import (
    byte_progress,
    errors,
    frame_progress,
    output,
    run_job,
    told_when_stopped,
)
from track_anything.cli.options import ModelOptions
from track_anything.errors import InputError, OutputError, ProjectError
from track_anything.export import Export, manifest_path
from track_anything.inpaint import Removal
from track_anything.masks import read_mask
from track_anything.models import Models, load_models
from track_anything.project import Project, is_begun, is_project
from track_anything.project.lock import InUseError, lock_project
from track_anything.session import Session
from track_anything.system.files import fitting, make_folder, remedy
from track_anything.system.lifecycle import Job
from track_anything.tracking import AtCut, CutQuestion
from track_anything.types import FrameIndex, ObjectId, OnProgress

PROJECT, MASKS, OVERLAY, SHEET = "project", "masks", "overlay.mp4", "sheet.png"
CONFIDENCE = "confidence.csv"


def project_in(folder: Path) -> Path:
    """The project in the ``--out`` folder of a ``track``, or the folder itself.

    Raises:
        InputError: it was stopped while its video was read, so that there is no project yet.
    """
    found = folder / PROJECT if is_project(folder / PROJECT) else folder
    if not is_project(found) and (is_begun(folder / PROJECT) or is_begun(folder)):
        raise InputError(
            f"{folder} was stopped while its video was read: repeat the `track-anything track` of it"
        )
    return found


def default_out(source: Path, ending: str) -> Path:
    """Where a command puts what it makes of a video when it was not told."""
    return Path(f"{fitting(source.stem, ending)}{ending}")


@contextmanager
def new_folder(out: Path) -> Iterator[Callable[[], None]]:
    """A folder that nobody else has, for a new track; made by whoever comes first.

    A track that was killed while it read the video may be begun again in its folder. When the block fails,
    what it made is gone, and what others made is not. Yields what is to be called when a project was made.

    Raises:
        OutputError: something is there already, another process is at it, or it cannot be made.
    """
    is_new = _make(out)
    is_held = False

    def hold() -> None:
        nonlocal is_held
        is_held = True

    try:
        yield hold
    except InUseError as error:
        raise OutputError(f"{out} is being made by another process: choose another --out") from error
    except BaseException:
        if is_new or is_held:
            _remove(out)
        raise


def _remove(out: Path) -> None:
    """Delete what was begun, unless another process has taken it over meanwhile."""
    with suppress(OSError, ProjectError):
        if (out / PROJECT).is_dir():
            lock = lock_project(out / PROJECT)
            shutil.rmtree(out, ignore_errors=True)
            lock.release()
        shutil.rmtree(out / PROJECT, ignore_errors=True)  # where a held lock could not be deleted
        out.rmdir()


def _make(out: Path) -> bool:
    """Make a folder that is not there yet; False when it is there and holds a track that was hardly begun."""
    try:
        make_folder(out.parent)
        out.mkdir()
    except FileExistsError:
        if is_begun(out / PROJECT) and [path.name for path in out.iterdir()] == [PROJECT]:
            return False
        hint = f"go on with it by `track-anything resume {shlex.quote(str(out))}`, or "
        is_track = is_project(out / PROJECT) or is_project(out)
        raise OutputError(f"{out} exists already: {hint if is_track else ''}choose another --out") from None
    except OSError as error:
        raise OutputError(
            f"{out} cannot be written ({error.strerror}): {remedy(error)}, or choose another --out"
        ) from error
    return True


def checked(requests: list[ObjectRequest], *, may_take_away: bool = False) -> list[ObjectRequest]:
    """The requests, or InputError when one of them points at nothing; before anything slow begins."""
    for request in requests:
        request.check(may_take_away=may_take_away)
    return requests


def open_session(
    folder: Path,
    models: ModelOptions | None = None,
    *,
    source: Path | None = None,
    read_only: bool = False,
    needs_video: bool = True,
) -> Session:
    """The project in a folder, with its video; what is damaged in it is said."""
    load = load_models if models is None else partial(load_shown, models)
    with frame_progress("reading") as progress:
        session = Session.open(
            project_in(folder),
            load,
            source=source,
            read_only=read_only,
            needs_video=needs_video,
            progress=progress,
        )
    tell_notes(session.project)
    return session


def tell_notes(project: Project, told: set[str] | None = None) -> None:
    """Say what was found to be damaged, but for what was said before."""
    for note in project.notes:
        if told is None or note not in told:
            errors.print(f"note: {note}")


def give(session: Session, object_id: ObjectId, request: ObjectRequest) -> None:
    """Make known what a request points at."""
    if request.mask is not None:
        mask = read_mask(request.mask, session.project.size)
        session.give_mask(frame=request.frame, object_id=object_id, mask=mask)
    else:
        session.prompting.reprompt(request.frame, object_id, request.prompt(may_take_away=True))


def track_and_export(session: Session, out: Path, at_cut: AtCut = "go-on") -> None:
    """Do what is left to track, then write masks, overlay, sheet and table beside the project.

    Nothing is written when tracking stopped at a cut.
    """
    if not run_track(session, out, at_cut):
        return
    masks, overlay, sheet, confidence = out / MASKS, out / OVERLAY, out / SHEET, out / CONFIDENCE
    forms = {"masks": masks, "overlay": overlay, "sheet": sheet, "confidence": confidence}
    told: frozenset[str] = frozenset()
    for form, path in forms.items():
        told = hand_out(session.export(form, path, overwrite=True), f"writing {form}", told)
    output.print(f"masks:   {masks} (one indexed PNG per frame; the pixel value is the object's id)")
    output.print(f"overlay: {overlay} (opens in any video player)")
    output.print(f"sheet:   {sheet} (frames side by side, a picture)")
    output.print(f"trust:   {confidence} (per frame and object; the worst: `track-anything status`)")
    output.print(f"project: {session.project.folder} (go on with it by `track-anything info|export|resume`)")


def run_track(session: Session, folder: Path, at_cut: AtCut = "go-on") -> bool:
    """Do what is left to track; False when it stopped at a cut, which is said with the ways to go on."""
    passes = session.unfinished(at_cut=at_cut)
    passes.prepare()  # before tracking: fetching weights draws a bar of its own
    if (told := passes.forecast()) is not None:
        errors.print(f"note: {told}")
    resume = f"track-anything resume {shlex.quote(str(folder))}"
    with told_when_stopped(lambda: f"stopped; finished frames are kept. Go on by `{resume}`"):
        run_job(Job(passes, len(passes), "tracking"))
    for note in session.notes():
        errors.print(f"note: {note}")
    if passes.question is not None:
        _ask(session.project, passes.question, folder)
    return passes.question is None


def _ask(project: Project, question: CutQuestion, folder: Path) -> None:
    """Say that another shot begins, and how to answer whether the objects are in it."""
    quoted, last = shlex.quote(str(folder)), question.stop - 1
    output.print(
        f"stopped at frame {question.frame}, where another shot begins (frames {question.start} to {last}); "
        f"go on past the cut by `track-anything resume {quoted} --at-cut stop`"
    )
    for object_id in question.object_ids:
        absent = f"`track-anything absent {quoted} --object-id {object_id} --frames {question.start}-{last}`"
        name = project.state.objects[object_id]
        output.print(f"if object {object_id} ({name}) is not in it, say so first: {absent}")


def hand_out(made: Export | Removal, doing: str, told: frozenset[str] = frozenset()) -> frozenset[str]:
    """Make it, and tell its notes: those known before at once, none twice; returns what was told by now."""
    told = _tell(made.notes, told)
    run_job(Job(made, len(made), doing))
    return _tell(made.notes, told)


def _tell(notes: Iterable[str], told: frozenset[str]) -> frozenset[str]:
    new = [note for note in notes if note not in told]
    for note in new:
        errors.print(f"note: {note}")
    return told.union(new)


def tell_written(path: Path) -> None:
    """Say where an export is."""
    output.print(f"wrote {path} (and what it is made of: {manifest_path(path).name})")


def bounds(frames: range | Literal["all"] | None) -> tuple[FrameIndex, FrameIndex] | Literal["all"] | None:
    """Frames as an extract takes them."""
    return (frames.start, frames.stop) if isinstance(frames, range) else frames


def load_shown(options: ModelOptions) -> Models:
    """The networks; fetching their weights draws a bar."""
    with byte_progress("fetching weights") as progress:
        return load_chosen(options, progress)


def load_chosen(options: ModelOptions, progress: OnProgress) -> Models:
    """The networks that the options name."""
    return load_models(**asdict(options), progress=progress)
