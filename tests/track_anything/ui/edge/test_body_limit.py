"""Bodies of requests arrive whole or are refused before they are read."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Scope

from track_anything.ui.edge import SMALL, BodyLimit, CheckSize

LARGE = 3 * SMALL


class TooMuchError(Exception):
    pass


def check(size: int) -> None:
    if size > LARGE:
        raise TooMuchError


async def limit_of(scope: Scope) -> int | CheckSize:
    return check if scope["path"] == "/upload" else SMALL


async def length(request: Request) -> PlainTextResponse:
    try:
        return PlainTextResponse(str(len(await request.body())))
    except TooMuchError:
        return PlainTextResponse("too much", 507)


@pytest.fixture
def client() -> TestClient:
    return TestClient(
        BodyLimit(Starlette(routes=[Route("/{path:path}", length, methods=["POST"])]), limit_of)
    )


def in_parts(size: int) -> Iterator[bytes]:
    """A body whose size nobody announces."""
    yield from (bytes(1 << 16) for _ in range(size >> 16))
    yield bytes(size % (1 << 16))


@pytest.mark.parametrize("size", [0, 1, SMALL])
@pytest.mark.parametrize("is_announced", [True, False])
def test_a_body_arrives_whole(client: TestClient, size: int, is_announced: bool) -> None:
    answer = client.post("/", content=bytes(size) if is_announced else in_parts(size))
    assert (answer.status_code, answer.text) == (200, str(size))


@pytest.mark.parametrize("is_announced", [True, False])
def test_fault_05_a_body_larger_than_a_request_can_be_is_refused(
    client: TestClient, is_announced: bool
) -> None:
    answer = client.post("/", content=bytes(SMALL + 1) if is_announced else in_parts(SMALL + 1))
    assert answer.status_code == 413
    assert answer.json()["detail"].startswith("the request is larger than it can be")


@pytest.mark.parametrize("promise", ["x", "-1", "1e3", str(SMALL + 1), "9" * 5000])
def test_a_length_that_is_none_or_too_large_is_refused_before_anything_is_read(
    client: TestClient, promise: str
) -> None:
    assert client.post("/", headers={"content-length": promise}).status_code == 413


def test_a_large_body_is_counted_as_it_comes(client: TestClient) -> None:
    assert client.post("/upload", content=in_parts(LARGE)).text == str(LARGE)
    assert client.post("/upload", content=in_parts(LARGE + 1)).status_code == 507
