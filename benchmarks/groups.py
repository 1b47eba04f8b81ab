"""An honest look: does the segmenter, or the tracker, serve all alike?

    python benchmarks/groups.py --data FOLDER --json groups.json --plot groups.png
    python benchmarks/groups.py --data FOLDER --groups people.csv
    python benchmarks/groups.py --data davis.json --groups clips.csv     # J&F, as davis.py --json wrote it

FOLDER as for points.py. Mean IoU after 1 and 3 points by groups of objects, with 95 % bootstrap intervals:
by size, place, contrast with the ground, thinness and class, or by the groups of a CSV file with the columns
image and group, and object where a picture has several (its place, from 1). Two groups whose intervals do not
overlap are told. Kirillov et al., ICCV 2023, section 6 and appendix C.
"""

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import cv2
import numpy as np

from benchmarks.bars import Bars, save_bars
from benchmarks.points import COUNTS, ious, stills
from benchmarks.stills import ended_well, load_segmenter, positive, stills_parser, write_json
from track_anything.errors import InputError
from track_anything.masks import distance_inside
from track_anything.models import CachedSegmenter
from track_anything.types import Image, Mask

_SMALL, _LARGE = 32**2, 96**2  # pixels, as in COCO
_DRAWS = 2000
_FEWEST = 5  # of a group that is told
_RING = 9  # pixels of the ground that an object is compared with
_WEAK, _STRONG = 20.0, 50.0  # difference of colours
_THIN = 0.12  # depth over the root of the area; that of a disc is 0.56, of a square 0.5

Row = tuple[float, ...]
"""What is measured of one object: IoU after 1 and after 3 points; J&F of a sequence."""


@dataclass(frozen=True)
class Group:
    """What was measured of a group.

    Attributes:
        name: of the group.
        count: objects.
        mean: of each measure.
        low: lower end of the 95 % interval of each mean.
        high: upper end.
    """

    name: str
    count: int
    mean: Row
    low: Row
    high: Row

    def is_apart_from(self, other: "Group") -> bool:
        """Whether an interval of one ends before that of the other begins."""
        return any(
            one < another or least > most
            for one, another, least, most in zip(self.high, other.low, self.low, other.high, strict=True)
        )


def main(arguments: Sequence[str] | None = None, segmenter: CachedSegmenter[Any] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    parser = stills_parser(__doc__)
    parser.add_argument("--groups", type=Path, help="CSV file: image, group and perhaps object")
    parser.add_argument("--objects-every", type=positive, default=1, help="take each Nth object of them")
    parser.add_argument("--plot", type=Path, help="picture of all groups with their intervals")
    options = parser.parse_args(arguments)

    def run() -> None:
        told = read_groups(options.groups) if options.groups is not None else None
        if options.data.suffix == ".json":
            measures, groupings = ["J&F"], {"groups": _of_sequences(options.data, told)}
        else:
            measures = ["IoU, 1 point", "IoU, 3 points"]
            groupings = _of_objects(options, told, segmenter or load_segmenter(options))
        told_of = {name: summarised(rows) for name, rows in groupings.items()}
        for name, groups in told_of.items():
            _show(name, measures, groups)
        figures = {name: [vars(group) for group in groups] for name, groups in told_of.items()}
        write_json(options, {"measures": measures, "groupings": figures})
        if options.plot is not None:
            save_bars(options.plot, [_bars(n, measures, groups) for n, groups in told_of.items() if groups])

    return ended_well(run)


def read_groups(path: Path) -> dict[tuple[str, int | None], str]:
    """(image, place of the object or None) to group; InputError for a file without its columns."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = {"image", "group"} - set(reader.fieldnames or ())
            if missing:
                raise InputError(
                    f"{path} has no column {min(missing)}: name image and group in its first line"
                )
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read ({error}): give a CSV file") from error
    groups: dict[tuple[str, int | None], str] = {}
    for number, row in enumerate(rows, start=2):
        place = (row.get("object") or "").strip()
        if place and not place.isdecimal():
            raise InputError(f"{path}, line {number}: {place!r} is no number of an object: give 1, 2, 3")
        groups[Path(row["image"] or "").stem, int(place) if place else None] = (row["group"] or "").strip()
    return groups


def summarised(rows: Mapping[str, Sequence[Row]]) -> list[Group]:
    """Means with bootstrap intervals of the groups that are large enough, in order of their names."""
    random = np.random.default_rng(0)
    groups = []
    for name, measured in sorted(rows.items()):
        values = np.array(measured)  # (N, M)
        if len(values) < _FEWEST:
            continue
        drawn = random.integers(0, len(values), (_DRAWS, len(values)))
        low, high = np.quantile(values[drawn].mean(axis=1), (0.025, 0.975), axis=0)
        means = values.mean(axis=0)
        groups.append(Group(name, len(values), *(tuple(each.tolist()) for each in (means, low, high))))
    return groups


def groups_of(image: Image, mask: Mask) -> dict[str, str]:
    """The groups that an object (H, W) is in by what can be seen of it."""
    area = int(np.count_nonzero(mask))
    rows, columns = np.nonzero(mask)
    height, width = mask.shape
    touches = rows.min() == 0 or columns.min() == 0 or rows.max() == height - 1 or columns.max() == width - 1
    ring = cv2.dilate(mask.astype(np.uint8), np.ones((2 * _RING + 1, 2 * _RING + 1), np.uint8)) > 0
    ring &= ~mask
    apart = float(np.linalg.norm(image[mask].mean(axis=0) - image[ring].mean(axis=0))) if ring.any() else 0.0
    depth = float(distance_inside(np.pad(mask, 1)).max()) / area**0.5
    return {
        "size": "small" if area < _SMALL else "medium" if area < _LARGE else "large",
        "place": "at the border" if touches else "inside",
        "contrast": "weak" if apart < _WEAK else "middling" if apart < _STRONG else "strong",
        "thinness": "thin" if depth < _THIN else "thick",
    }


def _of_objects(
    options: Any,  # noqa: ANN401 - argparse's own
    told: Mapping[tuple[str, int | None], str] | None,
    segmenter: CachedSegmenter[Any],
) -> dict[str, dict[str, list[Row]]]:
    """By grouping, by group, what was measured of each object."""
    groupings: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    place = 0
    for still in stills(options.data, options.every):
        embedding = None
        for number, mask in enumerate(still.masks, start=1):
            stem = Path(still.name).stem
            if told is not None:
                group = told.get((stem, number), told.get((stem, None)))
                named = {"groups": group} if group else {}
            else:
                named = groups_of(still.image, mask)
                named |= {"class": still.classes[number - 1]} if still.classes else {}
            place += 1
            if not named or (place - 1) % options.objects_every:
                continue
            embedding = segmenter.embed(still.image) if embedding is None else embedding
            found = ious(segmenter, embedding, mask, most=3)
            row = found[COUNTS.index(1)], found[COUNTS.index(3)]
            for grouping, group in named.items():
                groupings[grouping][group].append(row)
    if not groupings:
        raise InputError("no object is in any group: the column image must name pictures of --data")
    return groupings


def _of_sequences(path: Path, told: Mapping[tuple[str, int | None], str] | None) -> dict[str, list[Row]]:
    if told is None:
        raise InputError("sequences have no groups of their own: give --groups FILE.csv")
    rows: dict[str, list[Row]] = defaultdict(list)
    for sequence in json.loads(path.read_text("utf-8"))["sequences"]:
        group = told.get((sequence["name"], None))
        if group:
            rows[group].append((float(sequence["J&F"]),))
    if not rows:
        raise InputError(f"no sequence of {path} is in any group: the column image must name sequences")
    return rows


def _bars(name: str, measures: Sequence[str], groups: Sequence[Group]) -> Bars:
    """The groups of one grouping as bars with their intervals."""
    places = range(len(measures))
    return Bars(
        f"By {name}",
        [f"{group.name} ({group.count})" for group in groups],
        {measures[place]: [group.mean[place] for group in groups] for place in places},
        {
            measures[place]: [[group.low[place] for group in groups], [group.high[place] for group in groups]]
            for place in places
        },
    )


def _show(name: str, measures: Sequence[str], groups: Sequence[Group]) -> None:
    print(f"\n{name:<18}{'objects':>8}" + "".join(f"{measure:>26}" for measure in measures))
    for group in groups:
        cells = "".join(
            f"{f'{mean:.3f} ({low:.3f} to {high:.3f})':>26}"
            for mean, low, high in zip(group.mean, group.low, group.high, strict=True)
        )
        print(f"{group.name:<18}{group.count:>8}{cells}")
    apart = [
        f"{one.name} / {other.name}" for one, other in combinations(groups, 2) if one.is_apart_from(other)
    ]
    print(f"intervals that do not overlap: {', '.join(apart) or 'none'}")


if __name__ == "__main__":
    sys.exit(main())
