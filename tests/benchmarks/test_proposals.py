"""Average recall of proposals, on a drawn part of COCO."""

import json
from pathlib import Path

from benchmarks.proposals import LIMITS, main
from track_anything.models import Models


def test_every_disc_is_among_the_proposals_in_one_pass_and_in_two(
    coco: Path, models: Models, tmp_path: Path
) -> None:
    figures, curve = tmp_path / "proposals.json", tmp_path / "recall.png"
    words = ["--data", str(coco), "--points-per-side", "12", "--json", str(figures), "--plot", str(curve)]
    assert main(words, models.segmenter) == 0
    told = json.loads(figures.read_text("utf-8"))
    assert (told["pictures"], told["objects"], curve.is_file()) == (2, 8, True)
    assert [(row["passes"], row["proposals"]) for row in told["rows"]] == [
        (passes, limit) for passes in (1, 2) for limit in LIMITS
    ]
    first, second = (
        {row["proposals"]: row["all"] for row in told["rows"] if row["passes"] == n} for n in (1, 2)
    )
    assert first[1000] == 1
    assert second[1000] >= first[1000]
