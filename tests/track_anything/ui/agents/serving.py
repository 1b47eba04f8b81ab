"""An editor that scripts reach over the network, and clients of it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import uvicorn
from fastapi import FastAPI
from gradio_client import Client

from tests.track_anything.ui.desk_fixtures import PATIENCE

NOBODYS = "there is no such project here, or it is not yours: open it again"

Ask: TypeAlias = Callable[..., dict[str, Any]]
"""Calls by name and keywords."""


@dataclass(frozen=True)
class Served:
    app: FastAPI
    address: str

    @contextmanager
    def client(self) -> Iterator[Ask]:
        client = Client(
            f"{self.address}/agents/", verbose=False, analytics_enabled=False, download_files=False
        )

        def ask(name: str, /, **arguments: Any) -> dict[str, Any]:
            answer: dict[str, Any] = client.predict(**arguments, api_name=f"/{name}")
            return answer

        try:
            yield ask
        finally:
            client.close()


@contextmanager
def serving(app: FastAPI) -> Iterator[Served]:
    """The application on a port of this machine."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + PATIENCE
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Served(app, f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join()
