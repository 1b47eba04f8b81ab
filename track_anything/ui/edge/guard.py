"""What every request passes first: is it meant for this server, is it one of ours, is it served at all?"""

from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from track_anything.ui.edge.policy import mark
from track_anything.ui.edge.served_paths import is_served

_READING = ("GET", "HEAD", "OPTIONS")
_OURS = ("same-origin", "none")  # Sec-Fetch-Site: from our page, or typed by a person
_PAGE = "/"


class Guard:
    """Refuses requests that other sites had a visitor's browser send, names of other hosts, and other paths.

    A page of another site can point its own name at 127.0.0.1 (DNS rebinding): so the server answers to its
    own names only. Changes must come from a page of this server, and so must whatever is embedded in a page.
    What is not on the list of ``served_paths`` is not there, whatever Gradio would do with it.

    Args:
        app: what comes behind it.
        names: the host names that the server answers to, in small letters.
        has_api: whether the endpoints for scripts and agents are served.
    """

    def __init__(self, app: ASGIApp, names: Collection[str], *, has_api: bool = False) -> None:
        self._app = app
        self._names = names
        self._has_api = has_api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "websocket":  # nothing of ours is one
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope["method"], scope["path"], Headers(scope=scope))
        await (refusal or self._app)(scope, receive, _Marking(send, scope["path"]))

    def _refusal(self, method: str, path: str, headers: Headers) -> PlainTextResponse | None:
        host = headers.get("host", "")
        origin = headers.get("origin")
        site = headers.get("sec-fetch-site", "none")  # programs do not send it
        is_visit = headers.get("sec-fetch-dest") == "document" and method in _READING
        is_stranger = _parts(f"//{host}").hostname not in self._names
        is_foreign = origin is not None and _parts(origin).netloc != host
        if is_stranger:
            return PlainTextResponse(
                "This server does not answer to that name: use the address that it printed, or start it with "
                "--allow-host NAME.\n",
                421,
            )
        if is_foreign and method not in _READING:
            return PlainTextResponse("Only pages of this server may change anything here.\n", 403)
        if site not in _OURS and not is_visit:
            return PlainTextResponse("Only pages of this server may ask for anything here.\n", 403)
        if not is_served(method, path, has_api=self._has_api):
            return PlainTextResponse("Not served here.\n", 404)
        return None


class _Marking:
    """Sends an answer on, with what ``policy`` adds; that of the page waits until all of it is known."""

    def __init__(self, send: Send, path: str) -> None:
        self._send = send
        self._path = path
        self._start: Message | None = None
        self._page: list[Message] = []

    async def __call__(self, message: Message) -> None:
        if self._path != _PAGE:
            if message["type"] == "http.response.start":
                mark(MutableHeaders(scope=message), self._path, is_found=message["status"] == 200)
            await self._send(message)
        elif message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._page.append(message)
            if not message.get("more_body", False):
                await self._send_page()

    async def _send_page(self) -> None:
        if self._start is not None:
            page = b"".join(message.get("body", b"") for message in self._page)
            mark(MutableHeaders(scope=self._start), self._path, page)
            for message in (self._start, *self._page):
                await self._send(message)


def _parts(address: str) -> SplitResult:
    """The parts of an address; all empty when it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
