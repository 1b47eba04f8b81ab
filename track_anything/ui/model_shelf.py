"""The networks of the server: those of each choice are loaded once, for all projects that made it."""

import threading
from collections.abc import Callable, Iterable
from functools import partial

from track_anything.errors import InputError, unknown
from track_anything.models import PRESETS, SEGMENTERS
from track_anything.models.locators import TextLocator, usual_locator
from track_anything.models.trackers import TRACKERS
from track_anything.ui.model_choice import LoadChosen, ModelChoice
from track_anything.ui.model_loader import LoadModels, ModelLoader


class ModelShelf:
    """A loader per choice of networks.

    Args:
        load: loads what the server was started with.
        chosen: which these are, by name; None = they have none.
        load_chosen: loads another choice; None = none can be made here.
        locator: gives what understands words.

    Attributes:
        usual: the loader of what the server was started with.
        locator: gives what understands words; called when there are some.
    """

    def __init__(
        self,
        load: LoadModels,
        chosen: ModelChoice | None = None,
        load_chosen: LoadChosen | None = None,
        locator: Callable[[], TextLocator] = usual_locator,
    ) -> None:
        self.locator = locator
        self.usual = ModelLoader(load, chosen if load_chosen is not None else None)
        self._load_chosen = load_chosen
        self._others: dict[ModelChoice, ModelLoader] = {}
        self._lock = threading.Lock()

    def check(self, choice: ModelChoice) -> None:
        """Raise InputError when nothing can be chosen here, or there are no such networks."""
        if self._load_chosen is None:
            raise InputError("this server offers no other networks: start another one with --segmenter")
        SEGMENTERS.check(choice.segmenter)
        if choice.preset not in PRESETS:
            raise unknown("preset", choice.preset, PRESETS)
        if choice.tracker:
            TRACKERS.check(choice.tracker)

    def of(self, choice: ModelChoice | None) -> ModelLoader:
        """The loader of a choice that a project made; where that cannot be had any more, the usual one."""
        if choice is None or choice == self.usual.chosen or self._load_chosen is None:
            return self.usual
        try:
            self.check(choice)
        except InputError:  # made with another version, or with an extra that is gone
            return self.usual
        with self._lock:
            load = partial(self._load_chosen, choice)
            return self._others.setdefault(choice, ModelLoader(load, choice))

    def keep(self, used: Iterable[ModelLoader]) -> None:
        """Let go of the networks that no project uses; those that the server was started with stay."""
        kept = {id(loader) for loader in used}
        with self._lock:
            for choice in [choice for choice, loader in self._others.items() if id(loader) not in kept]:
                del self._others[choice]
