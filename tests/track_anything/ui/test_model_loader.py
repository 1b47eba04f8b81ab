"""Networks are loaded once, when somebody asks, in the background."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from track_anything.errors import WeightsError
from track_anything.models import Models
from track_anything.testing import fake_models
from track_anything.types import OnProgress
from track_anything.ui.model_loader import ModelLoader

OFFLINE = "the weights cannot be fetched: put them into the cache"


class Loading:
    """Loads when it is let, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.calls = 0
        self.may_end = threading.Event()
        self.has_begun = threading.Event()
        self._failures = failures

    def __call__(self, progress: OnProgress) -> Models:
        self.calls += 1
        progress(30, 100)
        self.has_begun.set()
        assert self.may_end.wait(5)
        if self.calls <= self._failures:
            raise WeightsError(OFFLINE)
        return fake_models()


def test_nothing_is_loaded_before_somebody_asks() -> None:
    loading = Loading()
    loader = ModelLoader(loading)
    assert loader.ready is None
    assert loader.describe() == {"status": "idle", "done": 0, "total": 0, "message": "", "chosen": None}
    assert loading.calls == 0


def test_loading_shows_how_far_it_is_and_keeps_nobody_waiting() -> None:
    loading = Loading()
    loader = ModelLoader(loading)
    models = loader.begin()
    assert loading.has_begun.wait(5)
    assert loader.ready is None
    assert loader.describe() == {"status": "loading", "done": 30, "total": 100, "message": "", "chosen": None}
    loading.may_end.set()
    assert loader.get() is models.result() is loader.ready
    assert loader.describe()["status"] == "ready"


def test_the_networks_are_loaded_once_however_many_ask() -> None:
    loading = Loading()
    loader = ModelLoader(loading)
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(loader.get) for _ in range(8)]
        assert loading.has_begun.wait(5)
        loading.may_end.set()
        first, *others = [answer.result() for answer in asked]
    assert all(models is first for models in others)
    assert loader.get() is first
    assert loading.calls == 1


def test_a_failure_is_told_to_all_who_wait_and_shown() -> None:
    loading = Loading(failures=1)
    loader = ModelLoader(loading)
    answers = [loader.begin(), loader.begin()]
    loading.may_end.set()
    for answer in answers:
        with pytest.raises(WeightsError, match="put them into the cache"):
            answer.result()
    assert loader.ready is None
    assert loader.describe() == {
        "status": "failed",
        "done": 30,
        "total": 100,
        "message": OFFLINE,
        "chosen": None,
    }
    assert loading.calls == 1


def test_a_failed_attempt_is_repeated_when_somebody_asks_again() -> None:
    loading = Loading(failures=2)
    loading.may_end.set()
    loader = ModelLoader(loading)
    for _ in range(2):
        with pytest.raises(WeightsError):
            loader.get()
    assert loader.get() is loader.ready
    assert loading.calls == 3
    assert loader.describe()["message"] == ""


def test_a_bug_while_loading_is_not_hidden() -> None:
    def broken(progress: OnProgress) -> Models:
        raise ZeroDivisionError("a bug")

    loader = ModelLoader(broken)
    with pytest.raises(ZeroDivisionError):
        loader.get()
    assert loader.describe()["status"] == "failed"
    assert loader.describe()["message"] == "a bug"
