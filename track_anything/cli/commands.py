"""What each command of the command line does."""

import argparse
import shlex
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import PIL.Image

from sam.segmenter import Candidates
from track_anything.cli.arguments import ObjectRequest
from track_anything.cli.clean_up import clean_up_objects, show_clean_up
from track_anything.cli.console import (
    byte_progress,
    errors,
    frame_progress,
    output,
    run_job,
    told_when_stopped,
)
from track_anything.cli.status import show_status
from track_anything.errors import InputError, OutputError
from track_anything.export import ConfidenceTable, Export, Extract, manifest_path
from track_anything.importing import HowToRead, Import
from track_anything.inpaint import Removal, Suggestion
from track_anything.jobs import Job
from track_anything.masks import read_mask, write_label_map
from track_anything.matting import Matting
from track_anything.models import FetchProgress, Models, load_flow_method, load_models, resolve_device
from track_anything.models import weights as released
from track_anything.overlay import paint
from track_anything.project import Project, is_project
from track_anything.project.edits import SetRange
from track_anything.session import Session
from track_anything.types import FrameIndex, Image, ObjectId
from track_anything.video import open_video
from track_anything.video.video import check_frame

_PROJECT, _MASKS, _OVERLAY, _SHEET = "project", "masks", "overlay.mp4", "sheet.png"
_CONFIDENCE = "confidence.csv"


def track(options: argparse.Namespace) -> None:
    """Follow objects through a video, then write the masks and the overlay."""
    out = options.out or Path(f"{options.source.stem}-tracked")
    _check_new(
        out, f"go on with it by `track-anything resume {shlex.quote(str(out))}`, or choose another --out"
    )
    requests = _checked(options.requests)
    with _new_folder(out):
        session = _begin(options, out / _PROJECT, requests)
    with session:
        _track_and_export(session, out)


def ui(options: argparse.Namespace) -> None:
    """Serve the editor in the browser until Ctrl-C."""
    from track_anything.ui import (
        GIB,
        Limits,
        Settings,
        default_workspace,
        is_local,
        serve,
    )  # gradio takes seconds to load

    settings = Settings(
        load=partial(_load_models, options),
        video=options.source,
        host=options.host,
        allowed_hosts=tuple(options.allowed_hosts),
        port=options.port,
        workspace=options.workspace or default_workspace(),
        roots=tuple(options.roots or ([Path.cwd()] if is_local(options.host) else [])),
        limits=Limits(
            upload=round(options.upload_limit * GIB),
            disk=round(options.disk_limit * GIB),
            open_projects=options.open_limit,
            idle=options.idle * 60,
        ),
    )
    if settings.opens is not None:
        errors.print(f"note: {settings.opens}")
    serve(settings, lambda address: output.print(f"the editor is at {address} (Ctrl-C ends it)"))


def resume(options: argparse.Namespace) -> None:
    """Go on with an interrupted track; in the folder of a ``track``, write its outputs as well."""
    folder = _project_in(options.folder)
    with frame_progress("reading") as progress:
        session = Session.open(folder, partial(_models, options), source=options.source, progress=progress)
    with session:
        if folder != options.folder:
            _track_and_export(session, options.folder)
        else:
            _run_track(session, folder)
            output.print(f"all frames of {folder} have their masks")


def correct(options: argparse.Namespace) -> None:
    """Say what an object is on one frame, and track again what that concerns."""
    (request,) = _checked(options.requests[:1], may_take_away=True)
    folder = _project_in(options.folder)
    with frame_progress("reading") as progress:
        session = Session.open(folder, partial(_models, options), source=options.source, progress=progress)
    with session:
        _give(session, options.object_id, request)
        session.track([options.object_id])
        if folder != options.folder:
            _track_and_export(session, options.folder)
        else:
            _run_track(session, folder)


def status(options: argparse.Namespace) -> None:
    """Show how far the masks of a project can be trusted, worst frames first."""
    project = Project(_project_in(options.project), read_only=True)
    show_status(project, options.frames)


def segment(options: argparse.Namespace) -> None:
    """Write the candidates for one frame, each as a mask, and a picture of them side by side."""
    out = options.out or Path(f"{options.source.stem}-segmented")
    _check_new(out, "choose another --out")
    (request,) = _checked(options.requests[:1])
    with open_video(options.source) as video:
        check_frame(request.frame, len(video))
        image = video.frame(request.frame)
    prompt = request.prompt()
    prompt.check_inside(*image.shape[:2])
    segmenter = _models(options).segmenter
    candidates = segmenter.predict(segmenter.embed(image), prompt)
    try:
        _write_candidates(out, image, candidates)
    except OSError as error:
        raise OutputError(f"{out} cannot be written ({error.strerror}): choose another --out") from error


def export(options: argparse.Namespace) -> None:
    """Write the masks of a project in one format."""
    with Session.open(_project_in(options.project)) as session:
        frames = _bounds(options.frames)
        is_matte = options.matte is not None or options.band is not None
        matting = Matting(options.matte or Matting.method, options.band) if is_matte else None
        extract = Extract(options.objects, frames, matting)
        form, path = options.format, options.output
        export = session.export(form, path, overwrite=options.overwrite, extract=extract)
        _hand_out(export, f"writing {form}")
    _tell_written(options.output)


def inpaint(options: argparse.Namespace) -> None:
    """Remove objects from the picture."""
    from track_anything.inpaint import FlowInpainter, HoleShape

    with byte_progress("fetching weights") as progress:
        motion = load_flow_method(options.flow, weights=options.weights, progress=progress)
    inpainter = FlowInpainter(HoleShape(options.dilation, options.feather), options.unseen, motion=motion)
    with Session.open(_project_in(options.project)) as session:
        removal = session.remove(
            options.output,
            inpainter,
            extract=Extract(options.objects, _bounds(options.frames)),
            overwrite=options.overwrite,
        )
        with told_when_stopped(lambda: "stopped; the same command goes on with what was not filled yet"):
            _hand_out(removal, "removing")
    _tell_written(options.output)


def shadow(options: argparse.Namespace) -> None:
    """Suggest the shadow of an object as another object, as one step to undo."""
    with Session.open(_project_in(options.project)) as session:
        project = session.project
        frames = options.frames or range(project.frame_count)
        suggestion = Suggestion(project, session.video, options.object_id, frames)
        run_job(Job(suggestion, len(suggestion), "looking for shadows"))
        newest, name = max(project.state.objects.items())
        output.print(f"object {newest} ({name}) holds what was found: look at it before you remove it")


def import_masks(options: argparse.Namespace) -> None:
    """Make masks of other programs known in a project, as one step to undo."""
    with Project(_project_in(options.project)) as project:
        how = HowToRead(options.reading, options.first_number, options.join)
        masks = Import(project, options.masks, dict(options.remap), how)
        for line in masks.inspection.lines:
            output.print(line)
        if options.check:
            return
        run_job(Job(masks, len(masks), "importing"))
        names = ", ".join(f"{object_id} ({name})" for object_id, name in project.state.objects.items())
        output.print(f"{len(masks)} frames are known now; the objects are {names}")


def clean_up(options: argparse.Namespace) -> None:
    """Say how masks are cleaned wherever they are shown or handed out, as one step to undo."""
    with Project(_project_in(options.project)) as project:
        chosen = sorted(options.objects or project.state.objects)
        clean_up_objects(project, chosen, options)
        show_clean_up(project, chosen)


def weights(options: argparse.Namespace) -> None:
    """List, fetch or locate released weights."""
    if options.action == "fetch":
        output.print(_fetch(options.name))
    elif options.action == "path":
        path = released.cached_path(options.name)
        if path is None:
            raise InputError(
                f"{options.name} is not here yet: get it by `track-anything weights fetch {options.name}`"
            )
        output.print(path)
    else:
        for name, entry in released.known_weights().items():
            state = released.cached_path(name) or "not fetched"
            output.print(f"{name:12} {entry.licence:12} {state}")


def train(options: argparse.Namespace) -> None:
    """Train a tracker, or go on with a training."""
    from tracker.training import CURVE, WEIGHTS, Trainer, read_config  # the one command that needs it

    trainer = Trainer(read_config(options.config), options.data, options.out, resolve_device(options.device))
    stopped = "stopped at iteration {}; the same command goes on from there"
    with told_when_stopped(lambda: stopped.format(trainer.iteration)):
        run_job(Job(trainer, len(trainer), "training"), unit="iterations/s")
    output.print(
        f"weights: {options.out / WEIGHTS} (try them by `track-anything track --tracker-weights FILE`)"
    )
    output.print(f"loss:    {options.out / CURVE} (a picture)")


def info(options: argparse.Namespace) -> None:
    """Describe a video or a project."""
    folder = _project_in(options.path)
    if is_project(folder):
        _describe_project(Project(folder, read_only=True))
        return
    with open_video(options.path) as video:
        facts = video.info
        output.print(f"{options.path}: {facts.frame_count} frames of {facts.width} x {facts.height}")
        output.print(f"{float(facts.average_rate):.3f} frames per second, {float(facts.duration):.2f} s")
        output.print(
            f"{'with' if facts.has_audio else 'no'} sound; rotation {facts.rotation}"
            f"{', mirrored' if facts.is_mirrored else ''}; {facts.losses}"
        )
        for note in facts.notes:
            output.print(f"note: {note}")


def _project_in(folder: Path) -> Path:
    """The project in the ``--out`` folder of a ``track``, or the folder itself."""
    return folder / _PROJECT if is_project(folder / _PROJECT) else folder


def _check_new(out: Path, remedy: str) -> None:
    """Raise OutputError when something is at ``out`` already, so that nothing is ever written over."""
    if out.exists():
        raise OutputError(f"{out} exists already: {remedy}")


@contextmanager
def _new_folder(out: Path) -> Iterator[None]:
    """Leave nothing behind when what was asked for cannot be begun; ``out`` was not there before."""
    try:
        yield
    except BaseException:
        shutil.rmtree(out, ignore_errors=True)
        raise


def _checked(requests: list[ObjectRequest], *, may_take_away: bool = False) -> list[ObjectRequest]:
    """The requests, or InputError when one of them points at nothing; before anything slow begins."""
    for request in requests:
        if request.mask is None:
            request.prompt(may_take_away=may_take_away)
    return requests


def _begin(options: argparse.Namespace, folder: Path, requests: list[ObjectRequest]) -> Session:
    """A new session in which everything that was asked for is known and planned, but not yet tracked."""
    with frame_progress("reading") as progress:
        session = Session.create(options.source, folder, partial(_models, options), progress=progress)
    try:
        _report_losses(session)
        for request in requests:
            _give(session, session.add_object(request.name), request)
        _report_cuts(session)
        if options.frames is not None:
            session.edit(SetRange(options.frames.start, options.frames.stop))
        clean_up_objects(session.project, session.project.state.objects, options)
        session.track(direction=options.direction)
    except BaseException:
        session.close()
        raise
    return session


def _give(session: Session, object_id: ObjectId, request: ObjectRequest) -> None:
    if request.mask is not None:
        session.give_mask(object_id, request.frame, read_mask(request.mask, session.project.size))
    else:
        session.prompting.reprompt(request.frame, object_id, request.prompt(may_take_away=True))


def _track_and_export(session: Session, out: Path) -> None:
    _run_track(session, out)
    masks, overlay, sheet, confidence = out / _MASKS, out / _OVERLAY, out / _SHEET, out / _CONFIDENCE
    forms = {"masks": masks, "overlay": overlay, "sheet": sheet, "confidence": confidence}
    told: frozenset[str] = frozenset()
    for form, path in forms.items():
        told = _hand_out(session.export(form, path, overwrite=True), f"writing {form}", told)
    output.print(f"masks:   {masks} (one indexed PNG per frame; the pixel value is the object's id)")
    output.print(f"overlay: {overlay} (opens in any video player)")
    output.print(f"sheet:   {sheet} (frames side by side, a picture)")
    output.print(f"trust:   {confidence} (per frame and object; the worst: `track-anything status`)")
    output.print(f"project: {session.project.folder} (go on with it by `track-anything info|export|resume`)")


def _write_candidates(out: Path, image: Image, candidates: Candidates) -> None:
    out.mkdir(parents=True)
    for number, (mask, score) in enumerate(zip(candidates.masks, candidates.scores, strict=True), start=1):
        write_label_map(out / f"candidate-{number}.png", mask.astype(np.uint8))
        chosen = "  <- best" if number == candidates.best + 1 else ""
        output.print(f"candidate-{number}.png: predicted IoU {score:.3f}, {int(mask.sum())} pixels{chosen}")
    pictures = [paint(image, mask.astype(np.uint8)) for mask in candidates.masks]
    PIL.Image.fromarray(np.hstack(pictures)).save(out / "candidates.png")
    output.print(f"side by side: {out / 'candidates.png'}")


def _bounds(frames: range | Literal["all"] | None) -> tuple[FrameIndex, FrameIndex] | Literal["all"] | None:
    return (frames.start, frames.stop) if isinstance(frames, range) else frames


def _hand_out(
    made: Export | ConfidenceTable | Removal, doing: str, told: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Make it, and tell its notes: those known before at once, none twice; returns what was told by now."""
    told = _tell(made.notes, told)
    run_job(Job(made, len(made), doing))
    return _tell(made.notes, told)


def _tell(notes: Iterable[str], told: frozenset[str]) -> frozenset[str]:
    new = [note for note in notes if note not in told]
    for note in new:
        errors.print(f"note: {note}")
    return told.union(new)


def _tell_written(path: Path) -> None:
    output.print(f"wrote {path} (and what it is made of: {manifest_path(path).name})")


def _run_track(session: Session, folder: Path) -> None:
    passes = session.unfinished()
    passes.prepare()  # before tracking: fetching weights draws a bar of its own
    resume = f"track-anything resume {shlex.quote(str(folder))}"
    with told_when_stopped(lambda: f"stopped; finished frames are kept. Go on by `{resume}`"):
        run_job(Job(passes, len(passes), "tracking"))
    for note in session.notes():
        errors.print(f"note: {note}")


def _models(options: argparse.Namespace) -> Models:
    with byte_progress("fetching weights") as progress:
        return _load_models(options, progress)


def _load_models(options: argparse.Namespace, progress: FetchProgress) -> Models:
    return load_models(
        segmenter=options.segmenter,
        preset=options.preset,
        tracker=options.tracker,
        weights=options.weights,
        tracker_weights=options.tracker_weights,
        device=options.device,
        precision=options.precision,
        refine=options.refine,
        progress=progress,
    )


def _report_losses(session: Session) -> None:
    facts = session.project.description.video
    if facts.losses.is_damage:
        errors.print(f"note: the video is damaged: {facts.losses}; the {facts.frame_count} others are used")
    elif facts.losses:
        errors.print(f"note: {facts.losses}")
    for note in facts.notes:
        errors.print(f"note: {note}")


def _report_cuts(session: Session) -> None:
    with frame_progress("looking for cuts") as progress:
        cuts = session.find_cuts(progress)
    if cuts:
        errors.print(f"note: another shot begins at frame {', '.join(map(str, cuts))}")


def _fetch(name: str) -> Path:
    with byte_progress(f"fetching {name}") as progress:
        return released.fetch(name, progress=progress)


def _describe_project(project: Project) -> None:
    facts = project.description.video
    output.print(f"{project.folder}: a project on {project.description.source}")
    output.print(f"{facts.frame_count} frames of {facts.width} x {facts.height}; {facts.losses}")
    for object_id, name in project.state.objects.items():
        frames = sorted(project.state.frames_known(object_id))
        output.print(f"object {object_id} ({name}): known on frames {', '.join(map(str, frames)) or 'none'}")
    for number, edit in project.state.passes.items():
        left = len(project.frames_left(number))
        records = project.pass_records(number).values()
        firings = [firing for record in records for firing in record["firings"]]
        accepted = sum(firing["accepted"] for firing in firings)
        output.print(
            f"pass {number}: frames {edit.start} to {edit.stop - edit.step}, {left} left; "
            f"refined {accepted} of {len(firings)} times asked"
        )
