"""The real page in Chromium, on a real server with the fakes; tests marked ``networks`` have the real ones.

A machine without Chromium or weights skips these tests and says how to get them; where
TRACK_ANYTHING_REQUIRE_BROWSER is set, as in ``.ci/run``, it fails instead.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, BrowserContext

from sam import Candidates, Prompt
from sam.segmenter import Segmenter
from tests.browser.chromium import find_chromium
from tests.browser.editor_page import PATIENCE, Editor, Served, Watch, chromium_browser, served
from tests.browser.editor_page import project_of as project_of_editor
from tests.browser.tab import SIZE, Tab
from tests.track_anything.ui.browser.colour_words import ColourWords
from tests.track_anything.ui.browser.globe import GlobeSegmenter, draw_globe, globe_models
from tests.track_anything.ui.desk_fixtures import Gate, draw
from track_anything.errors import WeightsError
from track_anything.models import Models, load_models
from track_anything.models.weights import fetch
from track_anything.testing import MovingShapes, fake_models
from track_anything.tracking import FrameResult, Track
from track_anything.ui import Limits, Settings
from track_anything.ui.open_project import OpenProject
from track_anything.video import InProcess
from track_anything.video.sample import sample_clip

DRAWN = MovingShapes(frame_count=80, height=180, width=320, shapes=2)


class CountingSegmenter:
    """A segmenter that counts how often each image was encoded."""

    def __init__(self, inner: Segmenter[Any]) -> None:
        self.inner = inner
        self.embedded: Counter[int] = Counter()
        self._lock = threading.Lock()

    def embed(self, image: NDArray[np.uint8]) -> object:
        with self._lock:
            self.embedded[hash(image.tobytes())] += 1
        return self.inner.embed(image)

    def predict(self, embedding: object, prompt: Prompt) -> Candidates:
        return self.inner.predict(embedding, prompt)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        _cannot("no Chromium on this machine: make chromium gets it")
    with chromium_browser(executable) as launched:
        yield launched


@pytest.fixture(scope="package")
def segmenters() -> list[CountingSegmenter]:
    """Every segmenter that the server loaded."""
    return []


@pytest.fixture(scope="package")
def globe_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn globe where the sample clip has its own."""
    return draw_globe(tmp_path_factory.mktemp("globe"))


@contextmanager
def served_without_children(settings: Settings) -> Iterator[Served]:
    """A server that decodes by itself: a process per open video takes a second. The real one has them."""
    with served(settings) as running:
        running.desk._reader = InProcess()
        yield running


@pytest.fixture(scope="package")
def globe_server(
    tmp_path_factory: pytest.TempPathFactory, segmenters: list[CountingSegmenter], globe_clip: Path
) -> Iterator[Served]:
    """A server of the drawn globe, whose networks know it."""

    def load(_: object) -> Models:
        segmenters.append(CountingSegmenter(GlobeSegmenter()))
        return globe_models(segmenters[-1])

    settings = Settings(
        load=load,
        workspace=tmp_path_factory.mktemp("workspace"),
        roots=(globe_clip.parent,),
        limits=Limits(open_projects=100, spare_disk=0),  # the tests leave their projects open
    )
    with served_without_children(settings) as running:
        yield running


@pytest.fixture(scope="package")
def real_server(
    tmp_path_factory: pytest.TempPathFactory, segmenters: list[CountingSegmenter]
) -> Iterator[Served]:
    """A server of the sample clip, with the real networks."""
    try:
        fetch("mobile-sam")
    except WeightsError as error:
        _cannot(f"MobileSAM weights cannot be had here: {error}")

    def counted(segmenter: Segmenter[Any]) -> CountingSegmenter:
        segmenters.append(CountingSegmenter(segmenter))
        return segmenters[-1]

    settings = Settings(
        load=lambda progress: load_models(progress=progress, wrap=counted, engine="torch"),
        workspace=tmp_path_factory.mktemp("workspace"),
        roots=(sample_clip().parent,),
        limits=Limits(open_projects=100),  # the tests leave their projects open
    )
    with served(settings) as running:
        yield running


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Served:
    """That of the drawn globe, or the real one for tests marked ``networks``."""
    running: Served = request.getfixturevalue("real_server" if _is_real(request) else "globe_server")
    return running


@pytest.fixture
def clip(request: pytest.FixtureRequest) -> Path:
    """A globe of about 230 pixels, turning in the middle of 150 frames of 480 x 270."""
    if _is_real(request):
        return sample_clip()
    drawn: Path = request.getfixturevalue("globe_clip")
    return drawn


def _is_real(request: pytest.FixtureRequest) -> bool:
    return request.node.get_closest_marker("networks") is not None


@pytest.fixture(scope="package")
def drawn_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drawn clip as a folder of images."""
    return draw(tmp_path_factory.mktemp("videos") / "discs", DRAWN)


@pytest.fixture(scope="package")
def drawn_server(tmp_path_factory: pytest.TempPathFactory, drawn_clip: Path) -> Iterator[Served]:
    """A server of drawn clips, whose networks are the shipped fakes: no weights, no waiting."""
    settings = Settings(
        load=lambda _: fake_models(),
        locator=ColourWords,
        workspace=tmp_path_factory.mktemp("workspace"),
        roots=(drawn_clip.parent,),
        limits=Limits(open_projects=100, spare_disk=0),
    )
    with served_without_children(settings) as running:
        yield running


@pytest.fixture(scope="package")
def shared_tabs(browser: Browser) -> Callable[[str], Tab]:
    """One for each server: what V8 keeps of a page's functions imports from where it came from."""
    return cache(lambda _: Tab(browser))


@pytest.fixture
def tabs(request: pytest.FixtureRequest, shared_tabs: Callable[[str], Tab]) -> Callable[[str], Tab] | None:
    """What the first usual visitor of a test sits at; None for tests marked ``own_tab``."""
    return None if request.node.get_closest_marker("own_tab") else shared_tabs


@contextmanager
def visitors(
    browser: Browser, server: Served, patience: float = PATIENCE, tabs: Callable[[str], Tab] | None = None
) -> Iterator[Callable[..., Editor]]:
    """Makes visitors, each as in a browser of their own; in the end none may have seen a fault."""
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []
    tab = tabs(server.address) if tabs is not None else None
    at_tab: Watch | None = None

    def make(
        *,
        scale: float = 1,
        dark: bool = False,
        refusals: Collection[int] = (),
        size: tuple[int, int] = SIZE,
        has_touch: bool = False,
    ) -> Editor:
        nonlocal at_tab
        is_usual = (scale, dark, size, has_touch) == (1, False, SIZE, False)
        if tab is not None and at_tab is None and is_usual:
            page = tab.take()
            at_tab = Watch(page.context, server.address, refusals)
            at_tab.follow(page)
            watches.append(at_tab)
        else:
            context = browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                device_scale_factor=scale,
                color_scheme="dark" if dark else "light",
                reduced_motion="reduce",
                has_touch=has_touch,
            )
            contexts.append(context)
            watches.append(Watch(context, server.address, refusals))
            page = context.new_page()
        editor = Editor(page, server.address, patience)
        editor.visit()
        return editor

    yield make
    for context in contexts:
        context.close()
    if tab is not None and at_tab is not None:
        at_tab.leave(tab.take())
        tab.give_back(server.address)
    assert [fault for watch in watches for fault in watch.faults] == []


@pytest.fixture
def visitor(
    browser: Browser, server: Served, tabs: Callable[[str], Tab] | None
) -> Iterator[Callable[..., Editor]]:
    with visitors(browser, server, tabs=tabs) as make:
        yield make


@pytest.fixture
def drawn_visitor(
    browser: Browser, drawn_server: Served, tabs: Callable[[str], Tab] | None
) -> Iterator[Callable[..., Editor]]:
    """Visitors of the server of drawn clips."""
    with visitors(browser, drawn_server, 30_000, tabs) as make:
        yield make


@pytest.fixture
def drawn(drawn_visitor: Callable[..., Editor], drawn_clip: Path) -> Editor:
    """A visitor who has opened the drawn clip: two discs that move, ``DRAWN.centre`` tells where."""
    return opened(drawn_visitor(), drawn_clip)


@pytest.fixture
def drawn_project(drawn: Editor, drawn_server: Served) -> OpenProject:
    """What the server holds of it."""
    return project_of_editor(drawn, drawn_server)


def opened(editor: Editor, clip: Path) -> Editor:
    """An editor once it shows the first frame of a clip, and the networks are there."""
    editor.open_path(clip)
    editor.wait_for_frame(0)
    editor.wait_until("state.models?.status === 'ready'")
    return editor


@pytest.fixture
def editor(visitor: Callable[..., Editor], clip: Path) -> Editor:
    """A visitor who has opened the globe."""
    made = visitor()
    made.open_path(clip)
    made.wait_for_frame(0)
    return made


@pytest.fixture
def project_of(server: Served) -> Callable[[Editor], OpenProject]:
    """What the server holds of the project that an editor shows."""
    return lambda editor: project_of_editor(editor, server)


@pytest.fixture
def tracking(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """What tracked frames go through, so that a test decides how far a job is; open at first."""
    gate, track = Gate(), Track.__iter__

    def gated(self: Track) -> Iterator[FrameResult]:
        for result in track(self):
            gate.pass_through()
            yield result

    monkeypatch.setattr(Track, "__iter__", gated)
    yield gate
    gate.open()


def _cannot(reason: str) -> NoReturn:
    if os.environ.get("TRACK_ANYTHING_REQUIRE_BROWSER"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
