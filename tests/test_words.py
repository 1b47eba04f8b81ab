"""One word per concept: what was once called otherwise is called so nowhere any more."""

import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
TEXTS = ("*.py", "*.pyi", "*.js", "*.css", "*.html", "*.md", "*.toml")
OLD_NEWS = ("CHANGELOG.md", "tests/test_words.py")  # what may name what was

GONE = {
    r"\bobject_id: (ObjectId|int), frame: (FrameIndex|int)": "the frame comes first",
    r"\b(def|import) depth\b|\bmasks\.depth\b|\bdepth\.py\b(?<!bit_depth\.py)": "bit_depth, distance_inside",
    r"\bdef _?share\(|\bShare\b(?= *[:,\])=])": "normalise_alphas, HoleWeight, _forward_weight",
    r"\b(Passed|Fused|Counterpart)\b|\bcounterpart\b": "PassResult, FusedResult, BackwardFusion",
    r"\b(def|import) (agreeing|settle|answered|spread|apart|plain|sendable|squeezed)\b": "see HOUSE's words",
    r"\bcompany\b|\bbeside (cat|disc|ball|\{name\})": "shadow, shadow of cat",
    r"\bsound files?\b|\b(half a|control) signs?\b": "intact file; character",
    r"\bthere is no way '|\bfor who has asked already": "plain English",
    r"\bfor lack of\b|\bunless told otherwise\b": "without one, by default",
    r"\bthere is no [\w ]+ (\{|')[^\"]*choose one of": "unknown <thing> 'x'; choose one of ...",
    r"\b(Withdraw clicks|Track anew|Merge in|Absent here)\b": "Remove clicks, Re-track, Mark absent",
    r"\b(Everything on this frame|Go on tracking)\b": "Find all objects, Continue tracking",
    r"\bThing \d|\bGive to\b|\bgoes to your downloads\b": "Object 3, Move masks to, See your downloads",
    r"\b(Texture like around|Edges carried on|Smooth colours)": "Match texture, Continue edges, Smooth fill",
    r"\bfeature_memory\.py\b|\btracker\.feature_memory\b": "feature_propagator",
    r"\b(FetchProgress|ShowProgress)\b|\bProgress: TypeAlias": "OnProgress",
}
"""What is gone, and what is said instead."""


def texts() -> list[Path]:
    told = subprocess.run(
        ["git", "ls-files", *TEXTS],  # noqa: S607 - whichever git is here
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if told.returncode != 0:
        pytest.skip("not in a checkout")
    return [REPOSITORY / line for line in told.stdout.splitlines() if line not in OLD_NEWS]


def test_every_pattern_finds_what_it_is_for() -> None:
    said = """
        def f(object_id: ObjectId, frame: FrameIndex); from masks import depth; def share(; class Passed
        def agreeing(; its company; a sound file; there is no way '; for lack of it
        there is no preset 'x': choose one of; Track anew; Go on tracking; Thing 3; Smooth colours
        feature_memory.py; FetchProgress
    """
    assert [pattern for pattern in GONE if not re.search(pattern, said)] == []


@pytest.mark.parametrize("pattern", GONE)
def test_old_words_are_gone(pattern: str) -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()[:100]}"
        for path in texts()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if re.search(pattern, line)
    ]
    assert found == [], GONE[pattern]
