"""The editor's real server on a thread of this process, and its page in real Chromium."""

import asyncio
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    sync_playwright,
)

from track_anything.errors import InputError
from track_anything.ui import Settings, build_app
from track_anything.ui.desk import Desk
from track_anything.ui.open_project import OpenProject

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_SECONDS_TO_END = 2  # for requests in hand; a page that is open holds one of Gradio's for ever
PATIENCE = 240_000  # ms; a slow machine is no failure


@dataclass(frozen=True)
class Served:
    """A server that runs."""

    address: str
    app: FastAPI

    @property
    def desk(self) -> Desk:
        """Its open projects."""
        desk: Desk = self.app.state.desk
        return desk


@contextmanager
def served(settings: Settings) -> Iterator[Served]:
    """Serve the editor on a free port of this machine until the block is left."""
    started: Future[tuple[FastAPI, uvicorn.Server]] = Future()
    thread = threading.Thread(
        target=lambda: asyncio.run(_serve(settings, started)), name="server", daemon=True
    )
    thread.start()
    app, server = started.result()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Served(f"http://127.0.0.1:{port}", app)
    finally:
        server.should_exit = True
        thread.join()


async def _serve(settings: Settings, started: "Future[tuple[FastAPI, uvicorn.Server]]") -> None:
    """Build the application where a loop runs: Gradio leaves one behind where none does."""
    try:
        app = build_app(settings)
    except BaseException as error:
        started.set_exception(error)
        raise
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="critical", timeout_graceful_shutdown=_SECONDS_TO_END
    )
    server = uvicorn.Server(config)
    started.set_result((app, server))
    await server.serve()


def project_of(editor: "Editor", server: Served) -> OpenProject:
    """What the server holds of the project that an editor shows."""
    tokens = {str(cookie["name"]): str(cookie["value"]) for cookie in editor.page.context.cookies()}
    project = server.desk.find(editor.project_id, tokens)
    if project is None:
        raise InputError("the editor shows a project that the server does not know: open one first")
    return project


@contextmanager
def chromium_browser(executable: str) -> Iterator[Browser]:
    """A headless Chromium until the block is left."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=list(_FLAGS))
        yield browser
        browser.close()


class Watch:
    """What must not happen on a page: errors on its console, and requests that leave the machine.

    Args:
        context: whose pages are watched.
        address: of the server.
        refusals: statuses that the server may answer with; the browser reports each as an error.
    """

    def __init__(
        self, context: BrowserContext, address: str, refusals: Collection[int] = frozenset()
    ) -> None:
        self.faults: list[str] = []
        self._address = address
        self._refusals = tuple(f"the server responded with a status of {status} " for status in refusals)
        context.on("page", self.follow)

    def follow(self, page: Page) -> None:
        """Watch a page; those that its context opens are watched by themselves."""
        page.on("console", self._console)
        page.on("pageerror", self._page_error)
        page.on("request", self._request)

    def leave(self, page: Page) -> None:
        """Watch it no longer, and no page that its context opens."""
        page.remove_listener("console", self._console)
        page.remove_listener("pageerror", self._page_error)
        page.remove_listener("request", self._request)
        page.context.remove_listener("page", self.follow)

    def _console(self, message: ConsoleMessage) -> None:
        is_refusal = any(refusal in message.text for refusal in self._refusals)
        if message.type == "error" and not is_refusal:
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")

    def _page_error(self, error: Error) -> None:
        self.faults.append(f"uncaught: {error}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self._address, "data:", "blob:")):
            self.faults.append(f"request to {request.url}")


class Editor:
    """The page, as a person uses it: real mouse, real keys, and waits for what shows, never for time.

    Args:
        page: a page of the browser.
        address: of the server.
        patience: milliseconds after which it gives up waiting.
    """

    def __init__(self, page: Page, address: str, patience: float = PATIENCE) -> None:
        self.page = page
        self.address = address
        self._patience = patience
        page.set_default_timeout(patience)

    def visit(self, path: str = "/") -> None:
        """Load the page and wait until it can be used."""
        self.page.goto(self.address + path)
        self.page.wait_for_selector("body[data-ready=true]")

    def open_path(self, path: object) -> None:
        """Open a video by its path and wait until it was read."""
        self.page.fill("#ta-path", str(path))
        self.page.click("#ta-open-path")
        self.wait_until("state.project !== null")
        self.wait_for_job()

    def wait_until(self, condition: str, patience: float | None = None) -> None:
        """Wait until a JavaScript condition on ``state`` holds; ``patience`` in milliseconds."""
        self.page.wait_for_function(
            f"() => {{ const state = trackAnything.store.state; return {condition}; }}",
            timeout=patience or self._patience,
        )

    def state(self, expression: str) -> Any:
        """The value of a JavaScript expression on ``state``."""
        return self.page.evaluate(
            f"() => {{ const state = trackAnything.store.state; return {expression}; }}"
        )

    @property
    def project_id(self) -> str:
        """Id of the project that is shown."""
        return str(self.state("state.project.id"))

    def wait_for_frame(self, frame: int) -> None:
        """Wait until a frame is drawn."""
        self.page.wait_for_selector(
            f'[data-part=canvas][data-shown="{frame}"]:not([data-loading]):not([data-dirty])'
        )

    def wait_for_job(self, patience: float | None = None) -> None:
        """Wait until no job is on its way and nothing is asked for; ``patience`` in milliseconds."""
        self.wait_until(
            "state.busy === 0 && !['ready', 'running', 'paused'].includes(state.job?.status)", patience
        )

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Do something that changes the project, and wait until the page knows what came of it."""
        revision = self.state("state.project.revision")
        yield
        self.wait_until(f"state.project.revision > {revision} && state.busy === 0")
        self.wait_until("state.about?.frame === state.frame")

    def place_of(self, x: float, y: float) -> tuple[float, float]:
        """Where on the page the middle of a source pixel is."""
        place = self.page.evaluate(
            "([x, y]) => document.querySelector('[data-part=canvas]').canvas.clientOf(x, y)", [x, y]
        )
        if isinstance(place, dict):
            return place["x"], place["y"]
        return place[0], place[1]

    def hold(self, selector: str) -> tuple[float, float]:
        """Press the mouse on the middle of an element and hold it; where on the page that is."""
        box = self.page.locator(selector).bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        return x, y

    def hold_first(self, path: str) -> None:
        """Keep the first request to a path back until ``window.letThrough()`` is called."""
        self.page.evaluate(
            """(path) => {
              const ask = window.fetch;
              const held = new Promise((go) => { window.letThrough = go; });
              let isFirst = true;
              window.fetch = async (...request) => {
                const isHeld = isFirst && request[0].endsWith(path);
                if (isHeld) { isFirst = false; await held; }
                return ask(...request);
              };
            }""",
            path,
        )

    def click_pixel(self, x: float, y: float, button: Literal["left", "middle", "right"] = "left") -> None:
        """Click a source pixel and wait for the answer to be drawn."""
        drawn = self.drawn
        with self.changing():
            self.page.mouse.click(*self.place_of(x, y), button=button)
        self.wait_for_draw(drawn)

    def drag_pixels(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag from one source pixel to another."""
        self.page.mouse.move(*self.place_of(*start))
        self.page.mouse.down()
        self.page.mouse.move(*self.place_of(*end), steps=4)
        self.page.mouse.up()

    @property
    def drawn(self) -> int:
        """How often the canvas was drawn."""
        return int(self.page.get_attribute("[data-part=canvas]", "data-drawn") or 0)

    def wait_for_draw(self, than: int) -> None:
        """Wait until the canvas was drawn again and nothing is on its way to it."""
        self.page.wait_for_function(
            "(than) => { const { dataset } = document.querySelector('[data-part=canvas]');"
            " return Number(dataset.drawn) > than && !('loading' in dataset || 'dirty' in dataset); }",
            arg=than,
        )

    def colour_at(self, x: float, y: float) -> list[int]:
        """What is drawn at the middle of a source pixel, RGBA."""
        colour = self.page.evaluate(
            "([x, y]) => Array.from(document.querySelector('[data-part=canvas]').canvas.pixel(x, y))", [x, y]
        )
        return list(colour)

    def label_at(self, x: int, y: int) -> int:
        """The object id that the canvas shows at a source pixel, once nothing is on its way to it."""
        self.page.wait_for_selector("[data-part=canvas]:not([data-loading]):not([data-dirty])")
        return int(
            self.page.evaluate(
                "([x, y]) => document.querySelector('[data-part=canvas]').canvas.labelsShown"
                "[y * trackAnything.store.state.project.video.width + x]",
                [x, y],
            )
        )
