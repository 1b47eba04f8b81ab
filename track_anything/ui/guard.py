"""What every request passes first: is it meant for this server, and does the page stay with us?"""

from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
_READING = ("GET", "HEAD", "OPTIONS")

# Gradio's own file routes: the editor has its own, which know tokens and limits.
_CLOSED_PATHS = ("/gradio_api/upload", "/gradio_api/file", "/gradio_api/proxy", "/gradio_api/stream")

_HEADERS = {
    # The page may load, and talk to, nothing but this server; Gradio needs inline scripts and styles.
    "Content-Security-Policy": (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
        "frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Guard:
    """Refuses requests that other sites had a visitor's browser send, and names of other hosts.

    A page of another site can point its own name at 127.0.0.1 (DNS rebinding): so a server for this machine
    alone answers to this machine's names only. Changes must come from a page of this server.

    Args:
        app: what comes behind it.
        host: the address that the server is bound to.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._names: Collection[str] | None = _LOCAL_NAMES if host in _LOCAL_NAMES else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope["method"], scope["path"], Headers(scope=scope))
        if refusal is not None:
            await refusal(scope, receive, send)
            return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, send_marked)

    def _refusal(self, method: str, path: str, headers: Headers) -> PlainTextResponse | None:
        host = headers.get("host", "")
        origin = headers.get("origin")
        is_stranger = self._names is not None and _parts(f"//{host}").hostname not in self._names
        is_foreign = origin is not None and _parts(origin).netloc != host
        if is_stranger:
            return PlainTextResponse("This server answers to 127.0.0.1 and localhost only.\n", 421)
        if is_foreign and method not in _READING:
            return PlainTextResponse("Only pages of this server may change anything here.\n", 403)
        if path.startswith(_CLOSED_PATHS):
            return PlainTextResponse("Not served here.\n", 404)
        return None


def _parts(address: str) -> SplitResult:
    """The parts of an address; all empty when it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
