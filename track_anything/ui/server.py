"""The server of the editor: our routes, the page, and what starts and ends them."""

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from track_anything.collection.desk import Collection
from track_anything.errors import InputError
from track_anything.models.locators import TextLocator, usual_locator
from track_anything.ui.desk import Desk
from track_anything.ui.edge import SMALL, BodyLimit, CheckSize, Guard, is_local, served_names
from track_anything.ui.labelling import OpenCollection
from track_anything.ui.limits import Limits
from track_anything.ui.model_choice import LoadChosen, ModelChoice
from track_anything.ui.model_loader import LoadModels
from track_anything.ui.model_shelf import ModelShelf
from track_anything.ui.routes import (
    changes,
    collection,
    edits,
    everything,
    home,
    importing,
    jobs,
    models,
    pictures,
    removal,
)
from track_anything.ui.routes.access import explain_errors
from track_anything.ui.wire import longest_text
from track_anything.ui.workspace import Workspace, default_workspace

DEFAULT_PORT = 7860
_SECONDS_TO_END = 2  # for requests in hand; a page that is open holds one of Gradio's for ever
_BETWEEN_LOOKS = 0.02  # seconds; Gradio looks for calls a thousand times in one
_LAST_PORT = 65535
_NEVER = str(1 << 62)
_SENDS_FILES = re.compile(r"/api/upload|/api/projects/[0-9a-f]+/(import/file|everything/boxes)")
_PAINT = re.compile(r"/api/projects/([0-9a-f]+)/paint")
_PLAIN: dict[str, Any] = {
    "footer_links": [],
    "root_path": "",
    "ssr_mode": False,
    "show_error": False,
    "run_history": False,
    "pwa": False,
    "mcp_server": False,
    "enable_monitoring": False,
}
"""What of Gradio we do without."""

_ROUND_A_MASK = 4096  # bytes of a request that paints, besides the mask


@dataclass(frozen=True)
class Settings:
    """How the server runs.

    Attributes:
        load: loads the networks.
        chosen: which these are, by name; None = they have none.
        load_chosen: loads others that a person chooses in the editor; None = none can be chosen, as where
            other machines are let in.
        video: opened at once: a video, image folder or project; None = the page asks.
        collection: videos to be labelled, for who follows the link; None = there is none.
        other: the same with the projects of another labeller, to compare with; None = there is none.
        host: the address to bind to; others than 127.0.0.1 let other machines in.
        allowed_hosts: names by which requests may call the server, besides those of this machine; without
            one, no other machine is let in.
        port: the port; 0 = any that is free.
        workspace: the folder of the projects.
        roots: folders from which visitors may open videos by their path.
        limits: what visitors may ask for.
        locator: gives what understands words; called when there are some.
    """

    load: LoadModels
    video: Path | None = None
    host: str = "127.0.0.1"
    allowed_hosts: tuple[str, ...] = ()
    port: int = DEFAULT_PORT
    workspace: Path = field(default_factory=default_workspace)
    roots: tuple[Path, ...] = ()
    limits: Limits = field(default_factory=Limits)
    chosen: ModelChoice | None = None
    locator: Callable[[], TextLocator] = usual_locator
    load_chosen: LoadChosen | None = None
    has_api: bool = False
    collection: Collection | None = None
    other: Collection | None = None

    @property
    def opens(self) -> str | None:
        """What is open to whom, when that is more than this machine; None otherwise."""
        if is_local(self.host):
            return None
        folders = ", ".join(map(str, self.roots)) or "no folder of this one (--root FOLDER would open one)"
        return (
            f"other machines are let in by the name {', '.join(self.allowed_hosts)}: whoever reaches this "
            f"one can upload videos, work on them here and open what lies in {folders}. There is no "
            "password, and what is sent is not encrypted"
        )


def build_app(settings: Settings) -> FastAPI:
    """The whole application; ``app.state.desk`` is open until the application shuts down.

    Raises:
        InputError: other machines are let in, and it is not said by which names.
    """
    names = served_names(settings.host, settings.allowed_hosts)
    _forget_gradio_settings()
    import gradio as gr

    from track_anything.ui.page import WEB_FOLDER, build_page, head, theme, web_address

    shelf = ModelShelf(settings.load, settings.chosen, settings.load_chosen, settings.locator)
    desk = Desk(Workspace(settings.workspace), shelf, settings.limits, settings.roots)

    labelled = None
    if settings.collection is not None:
        labelled = OpenCollection(settings.collection, desk, settings.other)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        if labelled is not None:
            labelled.close()
        desk.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk, app.state.collection = desk, labelled
    app.add_middleware(BodyLimit, limit_of=_limit_of)
    app.add_middleware(Guard, names=names, has_api=settings.has_api)  # added last, so it comes first
    explain_errors(app)
    for module in (collection, home, pictures, edits, everything, jobs, changes, removal, importing, models):
        app.include_router(module.router)
    for place in (web_address(), "/web"):
        app.mount(place, StaticFiles(directory=WEB_FOLDER))
    for ours in ("/api", "/open"):  # what none of our routes takes does not become a question to Gradio
        app.mount(ours, PlainTextResponse("Not served here.\n", 404))
    gradios: dict[str, tuple[gr.Blocks, dict[str, Any]]] = {}  # by path, the longest first
    if settings.has_api:
        from track_anything.ui.agents.gradio_endpoints import PATH, build_endpoints

        gradios[PATH] = build_endpoints(desk), {}
    gradios["/"] = build_page(), {"theme": theme(), "head": head()}
    for path, (blocks, looks) in gradios.items():
        gr.mount_gradio_app(app, blocks, path=path, **looks, **_PLAIN)
        blocks._queue.sleep_when_free = _BETWEEN_LOOKS
    return app


def _forget_gradio_settings() -> None:
    """Whoever set up the shell does not set up the server: some of these open routes that write files."""
    for name in [name for name in os.environ if name.startswith("GRADIO_")]:
        del os.environ[name]
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = _NEVER  # calls between two tables of all calls


async def _limit_of(scope: Scope) -> int | CheckSize:
    """How many bytes a request may send: a painted mask as many as its frame makes of it."""
    desk: Desk = scope["app"].state.desk
    if _SENDS_FILES.fullmatch(scope["path"]):
        return desk.limits.check_upload
    if (painted := _PAINT.fullmatch(scope["path"])) is None:
        return SMALL
    size = await asyncio.to_thread(desk.frame_size, painted[1], Request(scope).cookies)
    return SMALL if size is None else max(SMALL, longest_text(size) + _ROUND_A_MASK)


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until interrupted.

    Args:
        settings: how.
        say: told the address to open.

    Raises:
        InputError: the video that was named cannot be opened.
            Likewise the address to bind to: it is taken, or not of this machine, or it lets other machines
            in and nobody said by which names.
    """
    served_names(settings.host, settings.allowed_hosts)
    for root in settings.roots:
        if not root.is_dir():
            raise InputError(f"--root {root} is no folder: name one that is there")
    with _listening(settings.host, settings.port) as listening:
        Workspace(settings.workspace).prepare()
        app = build_app(settings)
        name = next(iter(settings.allowed_hosts), settings.host)
        shown_host = f"[{name}]" if ":" in name else name
        address = f"http://{shown_host}:{listening.getsockname()[1]}/"
        if settings.collection is not None:
            address += app.state.collection.link()
        elif settings.video is not None:
            address += app.state.desk.link_to(settings.video)
        say(address)
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=_SECONDS_TO_END)
        uvicorn.Server(config).run([listening])


def _listening(host: str, port: int) -> socket.socket:
    if not 0 <= port <= _LAST_PORT:
        raise InputError(
            f"there is no port {port}: choose one from 1 to {_LAST_PORT}, or 0 for any that is free"
        )
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise InputError(
            f"{host} port {port} cannot be served at ({error}): choose another --port"
        ) from error
