"""Cuts, drift, frames to fix and locks as markers."""

from pathlib import Path

from track_anything.export import EXPORTERS
from track_anything.project.edits import Lock
from track_anything.review import MarkerKind, markers_of
from track_anything.testing import MovingShapes, fake_session


def test_cuts_drift_frames_to_fix_and_locks_become_markers(tmp_path: Path) -> None:
    clip = MovingShapes(frame_count=14, shapes=2)
    with fake_session(clip, tmp_path / "project") as session:
        x, y = clip.centre(0)
        ball = session.add_object("ball")
        session.click(frame=0, object_id=ball, x=x, y=y)
        session.track().run()
        session.edit(Lock(ball, 9, 12))
        found = markers_of(session.project, [4, 20], [ball], range(2, 14))
        about = [(m.kind, m.start, m.stop) for m in found]
        assert (MarkerKind.CUT, 4, 5) in about
        assert (MarkerKind.LOCK, 9, 12) in about
        assert all(m.start >= 2 and m.stop <= 14 for m in found)
        doubtful = session.frames_in_doubt()
        fixes = [(m.start, m.name) for m in found if m.kind is MarkerKind.FIX]
        inside = [(frame, o) for frame, o in doubtful if frame >= 2]
        assert sorted(fixes) == sorted((f, f"fix {n}: ball") for n, (f, _) in enumerate(inside, start=1))
        reasons = [line for line in session.report(range(2, 14)) if line.reason]
        drifted = [frame for m in found if m.kind is MarkerKind.DRIFT for frame in range(m.start, m.stop)]
        assert drifted == [line.frame for line in reasons]


def test_all_forms_of_markers_are_made_of_a_project(tmp_path: Path) -> None:
    from tests.track_anything.drawn_frames import draw
    from track_anything.session import Session
    from track_anything.testing import fake_models

    clip = MovingShapes(frame_count=6)
    with Session.create(draw(tmp_path / "clip", clip), tmp_path / "project", fake_models) as session:
        x, y = clip.centre(0)
        session.click(frame=0, object_id=session.add_object("ball"), x=x, y=y)
        session.track().run()
        for form in (name for name, each in EXPORTERS.items() if each.has_markers):
            path = tmp_path / f"out{EXPORTERS[form].suffix}"
            session.export(form, path).run()
            assert "ball locked" in path.read_text()
            assert str(tmp_path) not in path.read_text()
