"""``segment``: the masks of one frame or image, with their scores."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from track_anything.cli.arguments import ObjectRequest
from track_anything.cli.options import (
    Command,
    ModelOptions,
    Parser,
    add_model_options,
    add_object_options,
    add_out,
    typed,
)

if TYPE_CHECKING:
    from sam.segmenter import Candidates
    from track_anything.types import Image


@dataclass(frozen=True)
class SegmentOptions:
    """What ``segment`` is told."""

    source: Path
    requests: list[ObjectRequest]
    out: Path | None
    models: ModelOptions


def _add_segment(parser: Parser) -> None:
    parser.add_argument("source", type=Path, help="image, video file, or images as for track")
    add_object_options(parser)
    add_out(parser, "folder for the masks (default: NAME-segmented)")
    add_model_options(parser)


def _segment(namespace: argparse.Namespace) -> None:
    """Write the candidates for each object, each as a mask, and a picture of them side by side."""
    from track_anything.cli import steps
    from track_anything.errors import OutputError
    from track_anything.models import explained_shortage
    from track_anything.system.files import remedy

    options = typed(SegmentOptions, namespace)
    out = options.out or steps.default_out(options.source, "-segmented")
    if out.exists():
        raise OutputError(f"{out} exists already: choose another --out")
    steps.checked(options.requests)
    with explained_shortage():
        answers = _answers(options)
        folders = _folders(out, options.requests)
        try:
            for folder, (image, candidates) in zip(folders, answers, strict=True):
                _write_candidates(folder, out, image, candidates)
        except OSError as error:
            raise OutputError(
                f"{out} cannot be written ({error.strerror}): {remedy(error)}, or choose another --out"
            ) from error


def _answers(options: SegmentOptions) -> list[tuple["Image", "Candidates"]]:
    """Per object the picture that it is on, and what the segmenter answers there."""
    import numpy as np

    from sam.mask_prompt import logits_from_mask
    from sam.prompt import Prompt
    from track_anything.cli import steps
    from track_anything.masks import read_mask
    from track_anything.video import open_video
    from track_anything.video.video import check_frame

    asked = []
    with open_video(options.source) as video:
        for request in options.requests:
            check_frame(request.frame, len(video))
            image = video.frame(request.frame)
            size = (image.shape[0], image.shape[1])
            if request.mask is None:
                prompt = request.prompt()
            else:
                mask = read_mask(request.mask, size)
                prompt = Prompt(logits=logits_from_mask(mask.astype(np.float32)))
            prompt.check_inside(*size)
            asked.append((image, prompt))
    segmenter = steps.load_shown(options.models).segmenter
    return [(image, segmenter.predict(segmenter.embed(image), prompt)) for image, prompt in asked]


def _folders(out: Path, requests: Sequence[ObjectRequest]) -> list[Path]:
    """Where the answers go: of one object into the folder itself, of several into one each, by name."""
    from track_anything.system.files import portable_name

    if len(requests) == 1:
        return [out]
    names = [
        portable_name(request.name or f"object {place}") for place, request in enumerate(requests, start=1)
    ]
    return [
        out / (name if names.count(name) == 1 else f"{name} {place}")
        for place, name in enumerate(names, start=1)
    ]


def _write_candidates(folder: Path, out: Path, image: "Image", candidates: "Candidates") -> None:
    import numpy as np
    import PIL.Image

    from track_anything.cli.console import output
    from track_anything.masks import write_label_map
    from track_anything.masks.overlay import paint
    from track_anything.prompting import likeliest

    likely = likeliest(candidates)
    folder.mkdir(parents=True)
    for number, (mask, score) in enumerate(zip(candidates.masks, candidates.scores, strict=True), start=1):
        path = folder / f"candidate-{number}.png"
        write_label_map(path, mask.astype(np.uint8))
        chosen = "  <- best" if number == likely + 1 else ""
        output.print(f"{path.relative_to(out)}: predicted IoU {score:.3f}, {int(mask.sum())} pixels{chosen}")
    pictures = [paint(image, mask.astype(np.uint8)) for mask in candidates.masks]
    PIL.Image.fromarray(np.hstack(pictures)).save(folder / "candidates.png")
    output.print(f"side by side: {folder / 'candidates.png'}")


COMMANDS = (Command("segment", "the masks of one frame or image, with their scores", _add_segment, _segment),)
