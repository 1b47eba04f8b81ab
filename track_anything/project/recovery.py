"""What is left of a project whose journal is damaged."""

from pathlib import Path

from track_anything.errors import ProjectError
from track_anything.project.description import Description
from track_anything.project.history import History
from track_anything.project.journal import Journal, intact_records, replace_kept, whole_content


def recover(folder: Path) -> tuple[int, int, Path | None]:
    """Keep the lines of a project's journal that tell a story, up to the first that does not.

    Args:
        folder: a project that nobody has open.

    Returns:
        How many lines were kept and left out, and where the journal is as it was; None if nothing was wrong.

    Raises:
        ProjectError: the journal cannot be read or written, or there is no project.
    """
    path = folder / "journal.log"
    frame_count = Description.read(folder).video.frame_count
    try:
        journal = Journal(path)
        History(journal, frame_count)
        return len(journal.records), 0, None
    except ProjectError:
        content = whole_content(path)
    records, count = intact_records(content)
    history = History(Journal(path.with_name("no such journal"), read_only=True), frame_count)
    for kept, record in enumerate(records):
        try:
            history.take(record, frame_count)
        except (ValueError, ProjectError):
            del records[kept:]
            break
    return len(records), count - len(records), replace_kept(path, content, records)
