"""One count of the bytes of every request's body, before anything is parsed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALL = 1 << 20
"""Bytes of a body that nobody says anything else of."""

_PATIENCE = 60.0  # seconds in which a small body has to arrive

CheckSize: TypeAlias = Callable[[int], None]
"""Raises an error of the product when so many bytes are too many."""

LimitOf: TypeAlias = Callable[[Scope], Awaitable[int | CheckSize]]
"""The bytes that the body of a request may have, or the check of a body that is read as it comes."""


class _TooLargeError(Exception):
    pass


class BodyLimit:
    """Reads bodies as a whole, up to a limit, and hands them on; large ones are counted as they come.

    Args:
        app: what comes behind it.
        limit_of: how much a request may send.
    """

    def __init__(self, app: ASGIApp, limit_of: LimitOf) -> None:
        self._app = app
        self._limit_of = limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = await self._limit_of(scope)
        if not isinstance(limit, int):
            await self._app(scope, _counted(receive, limit), send)
            return
        try:
            _check_promise(Headers(scope=scope), limit)
            async with asyncio.timeout(_PATIENCE):
                body = await _read(receive, limit)
        except _TooLargeError:
            await _refused("the request is larger than it can be: reload the page and try again", 413)(
                scope, receive, send
            )
        except TimeoutError:
            await _refused("the request did not arrive in time: try again", 408)(scope, receive, send)
        else:
            await self._app(scope, _replayed(body, receive), send)


def _check_promise(headers: Headers, limit: int) -> None:
    promised = headers.get("content-length", "0")
    if not promised.isdecimal() or int(promised[:20]) > limit:
        raise _TooLargeError


async def _read(receive: Receive, limit: int) -> list[Message]:
    """The messages of a whole body, or of one that was broken off."""
    messages: list[Message] = []
    size = 0
    while True:
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
        if size > limit:
            raise _TooLargeError
        if message["type"] != "http.request" or not message.get("more_body", False):
            return messages


def _replayed(messages: list[Message], receive: Receive) -> Receive:
    coming = iter(messages)

    async def replay() -> Message:
        message = next(coming, None)
        return await receive() if message is None else message

    return replay


def _counted(receive: Receive, check: CheckSize) -> Receive:
    size = 0

    async def count() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        check(size)
        return message

    return count


def _refused(detail: str, status: int) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, headers={"Connection": "close"})
