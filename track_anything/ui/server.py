"""The server of the editor: our routes, the page, and what starts and ends them."""

import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from track_anything.errors import InputError
from track_anything.ui.desk import Desk
from track_anything.ui.guard import Guard
from track_anything.ui.limits import Limits
from track_anything.ui.model_loader import LoadModels, ModelLoader
from track_anything.ui.routes import edits, home, jobs, pictures, removal
from track_anything.ui.routes.access import explain_errors
from track_anything.ui.workspace import Workspace, default_workspace

DEFAULT_PORT = 7860
_SECONDS_TO_END = 2  # for requests in hand; a page that is open holds one of Gradio's for ever
_LAST_PORT = 65535


@dataclass(frozen=True)
class Settings:
    """How the server runs.

    Attributes:
        load: loads the networks.
        video: opened at once: a video, image folder or project; None = the page asks.
        host: the address to bind to; others than 127.0.0.1 let other machines in.
        port: the port; 0 = any that is free.
        workspace: the folder of the projects.
        roots: folders from which visitors may open videos by their path.
        limits: what visitors may ask for.
    """

    load: LoadModels
    video: Path | None = None
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    workspace: Path = field(default_factory=default_workspace)
    roots: tuple[Path, ...] = ()
    limits: Limits = field(default_factory=Limits)


def build_app(settings: Settings) -> FastAPI:
    """The whole application; ``app.state.desk`` is open until the application shuts down."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
    import gradio as gr

    from track_anything.ui.page import WEB_FOLDER, build_page, head, theme

    desk = Desk(Workspace(settings.workspace), ModelLoader(settings.load), settings.limits, settings.roots)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = desk
    app.add_middleware(Guard, host=settings.host)
    explain_errors(app)
    for module in (home, pictures, edits, jobs, removal):
        app.include_router(module.router)
    app.mount("/web", StaticFiles(directory=WEB_FOLDER))
    gr.mount_gradio_app(
        app,
        build_page(),
        path="/",
        footer_links=[],
        theme=theme(),
        head=head(),
        ssr_mode=False,
        show_error=False,
    )
    return app


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until interrupted.

    Args:
        settings: how.
        say: told the address to open.

    Raises:
        InputError: the video that was named cannot be opened.
            Likewise the address to bind to: it is taken, or not of this machine.
    """
    with _listening(settings.host, settings.port) as listening:
        app = build_app(settings)
        shown_host = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{shown_host}:{listening.getsockname()[1]}/"
        if settings.video is not None:
            entry, token = app.state.desk.open_path(settings.video, is_trusted=True)
            address += f"open/{entry.id}/{token}"
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
