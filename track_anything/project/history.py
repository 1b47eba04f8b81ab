"""What was done to a project, in order, with undo and redo as one moving integer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from track_anything.errors import ProjectError
from track_anything.project.edit_reach import fits_video
from track_anything.project.edit_records import edit_from_json, edit_to_json
from track_anything.project.edits import Accept, Edit, Propagate, Reject
from track_anything.project.journal import Journal, Record

NOTHING = 0  # the head of a history before its first edit


class _Move(BaseModel):
    """A line that says where undo or redo has gone."""

    model_config = ConfigDict(extra="forbid")
    head: int = Field(ge=0)


class _Step(BaseModel):
    """A line that says what was done."""

    model_config = ConfigDict(extra="forbid")
    number: int
    parent: int
    edit: dict[str, Any]
    joined: bool = False


@dataclass(frozen=True)
class _Entry:
    parent: int
    edit: Edit
    joined: bool


class History:
    """A tree of edits in a journal. ``head`` names the last applied edit; undo and redo only move it.

    An edit made after an undo starts a new branch: the undone one stays in the journal, out of reach of redo.

    Attributes:
        head: number of the last applied edit, 0 when none is.
    """

    def __init__(self, journal: Journal, frame_count: int) -> None:
        """Read the edits of a journal.

        Args:
            journal: where they are.
            frame_count: of the video that they are about.

        Raises:
            ProjectError: what is written there never was a history: it has values that cannot be, or an
                order in which nothing can have happened.
        """
        self._journal = journal
        self._entries: dict[int, _Entry] = {}
        self._tip = NOTHING  # the end of the branch that redo walks along
        self.head = NOTHING
        self._begun: bool | None = (
            None  # whether the step in progress has an edit; None outside of ``one_step``
        )
        for line, record in enumerate(journal.records, start=1):
            try:
                self.take(record, frame_count)
            except ValueError as error:
                raise ProjectError(
                    f"{journal.path} tells in line {line} what cannot have happened "
                    f"({_fault(error)}): restore it from a backup, or keep what is before that by "
                    "`track-anything recover FOLDER`"
                ) from error

    def take(self, record: Record, frame_count: int) -> None:
        """Take over what a line of a journal says; ValueError or ProjectError when that cannot be."""
        if "head" in record:
            self.head = self._known(_Move.model_validate(record).head)
            return
        step = _Step.model_validate(record)
        edit = edit_from_json(step.edit)
        if step.number != self.next_number:
            raise ValueError(f"edit {step.number} is out of turn")
        if not fits_video(edit, frame_count):
            raise ValueError(f"edit {step.number} is about frames that the video does not have")
        if isinstance(edit, Propagate) and not set(edit.fuses) <= self._entries.keys():
            raise ValueError(f"edit {step.number} is fused with one that is not there")
        if isinstance(edit, Accept | Reject) and not set(edit.passes) <= self._entries.keys():
            raise ValueError(f"edit {step.number} is about a pass that is not there")
        self._grow(step.number, _Entry(self._known(step.parent), edit, step.joined))

    def _known(self, number: int) -> int:
        if number != NOTHING and number not in self._entries:
            raise ValueError(f"edit {number} is not there")
        return number

    def __getitem__(self, number: int) -> Edit:
        return self._entries[number].edit

    @property
    def next_number(self) -> int:
        """The number that the next edit gets; numbers are never used twice."""
        return len(self._entries) + 1

    def applied(self) -> Iterator[tuple[int, Edit]]:
        """The applied edits with their numbers, oldest first."""
        return ((number, self[number]) for number in reversed(self._branch(self.head)))

    def before_last_step(self) -> Iterator[tuple[int, Edit]]:
        """What would be applied after an undo."""
        return ((number, self[number]) for number in reversed(self._branch(self._before_step())))

    @property
    def can_undo(self) -> bool:
        """Whether a step is applied that can be taken back."""
        return self.head != NOTHING

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back and can be applied again."""
        return self._tip != self.head and bool(self._branch(self._tip, down_to=self.head))

    @contextmanager
    def one_step(self) -> Iterator[None]:
        """What is appended in the block, and in blocks within it, is undone and redone together."""
        if self._begun is not None:
            yield
            return
        self._begun = False
        try:
            yield
        finally:
            self._begun = None

    def append(self, edit: Edit) -> int:
        """Apply an edit: acknowledged on disk first, then in memory. Returns its number."""
        number, parent = self.next_number, self.head
        joined = bool(self._begun)
        if self._begun is not None:
            self._begun = True
        record = {"number": number, "parent": parent, "edit": edit_to_json(edit)}
        self._journal.append(record | ({"joined": True} if joined else {}))
        self._grow(number, _Entry(parent, edit, joined))
        return number

    def undo(self) -> bool:
        """Move the head back by one step; False when there is nothing to undo."""
        if not self.can_undo:
            return False
        self._move_head(self._before_step())
        return True

    def redo(self) -> bool:
        """Move the head forward by one step; False when there is nothing to redo."""
        undone = self._branch(self._tip, down_to=self.head)
        if not undone:
            return False
        target = undone.pop()
        while undone and self._is_joined(undone[-1]):
            target = undone.pop()
        self._move_head(target)
        return True

    def _before_step(self) -> int:
        """Where the head was before the last step; a step of several edits goes as one."""
        first_of_step = self.head
        while first_of_step != NOTHING and self._is_joined(first_of_step):
            first_of_step = self._entries[first_of_step].parent
        return self._entries[first_of_step].parent if first_of_step != NOTHING else NOTHING

    def _is_joined(self, number: int) -> bool:
        entry = self._entries[number]
        return entry.joined or (isinstance(entry.edit, Propagate) and entry.edit.joined)

    def _grow(self, number: int, entry: _Entry) -> None:
        self._entries[number] = entry
        self.head = self._tip = number

    def _move_head(self, number: int) -> None:
        self._journal.append({"head": number})
        self.head = number

    def _branch(self, number: int, *, down_to: int = NOTHING) -> list[int]:
        """Edit numbers from ``number`` back to (not including) ``down_to``."""
        branch = []
        while number not in (NOTHING, down_to):
            branch.append(number)
            number = self._entries[number].parent
        return branch


def _fault(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    fault = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
