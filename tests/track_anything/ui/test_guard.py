import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from track_anything.ui.guard import Guard


def behind_guard(host: str) -> TestClient:
    """A server that answers everything that its guard lets through."""

    async def answer(_: Request) -> PlainTextResponse:
        return PlainTextResponse("let through")

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PUT", "DELETE"])])
    return TestClient(Guard(app, host))


@pytest.fixture(scope="module")
def local() -> TestClient:
    return behind_guard("127.0.0.1")


@pytest.fixture(scope="module")
def public() -> TestClient:
    return behind_guard("0.0.0.0")  # noqa: S104 - nothing is bound here


@pytest.mark.parametrize("bound_to", ["127.0.0.1", "localhost", "::1"])
@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:7860", "localhost:1", "LOCALHOST", "[::1]:7860"])
def test_a_server_for_this_machine_answers_to_its_names(bound_to: str, host: str) -> None:
    answer = behind_guard(bound_to).get("/", headers={"host": host})
    assert (answer.status_code, answer.text) == (200, "let through")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:7860",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1:7860@evil.example",
        "192.168.1.5:7860",
        "0.0.0.0:7860",
        "[::1",
        "[",
        "",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_server_for_this_machine_answers_to_no_other_name(
    local: TestClient, host: str, method: str
) -> None:
    answer = local.request(method, "/", headers={"host": host})
    assert answer.status_code == 421
    assert "let through" not in answer.text
    assert answer.text == "This server answers to 127.0.0.1 and localhost only.\n"


def test_a_server_for_others_answers_to_whatever_name_they_know_it_by(public: TestClient) -> None:
    assert public.get("/", headers={"host": "studio.example:7860"}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        "http://127.0.0.1",
        "http://127.0.0.1:7861",
        "http://localhost:7860",
        "http://127.0.0.1:7860.evil.example",
        "http://127.0.0.1:7860@evil.example",
        "http://[",
        "nonsense",
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_pages_of_others_may_change_nothing(
    local: TestClient, public: TestClient, origin: str, method: str
) -> None:
    for client in (local, public):
        answer = client.request(method, "/", headers={"host": "127.0.0.1:7860", "origin": origin})
        assert answer.status_code == 403
        assert answer.text == "Only pages of this server may change anything here.\n"


def test_pages_of_this_server_and_programs_may_change_things(local: TestClient, public: TestClient) -> None:
    own = {"host": "127.0.0.1:7860", "origin": "http://127.0.0.1:7860"}
    assert local.post("/", headers=own).status_code == 200
    assert local.post("/", headers={"host": "127.0.0.1:7860"}).status_code == 200
    secure = {"host": "studio.example", "origin": "https://studio.example"}  # a proxy may add encryption
    assert public.post("/", headers=secure).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "http://["])
def test_who_only_reads_needs_no_origin(local: TestClient, origin: str) -> None:
    headers = {"host": "127.0.0.1", "origin": origin}
    assert local.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/upload?upload_id=1",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file%3D/etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=https://evil.example",
        "/gradio_api/stream/1",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_files_are_not_handed_out_past_our_own_routes(local: TestClient, path: str, method: str) -> None:
    answer = local.request(method, path, headers={"host": "127.0.0.1"})
    assert (answer.status_code, answer.text) == (404, "Not served here.\n")


def test_every_answer_says_that_the_page_stays_with_us(local: TestClient) -> None:
    headers = local.get("/", headers={"host": "127.0.0.1"}).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert set(policy["default-src"].split()) == {
        "'self'",
        "'unsafe-inline'",
        "'unsafe-eval'",
        "data:",
        "blob:",
    }
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy.keys() == {"default-src", "frame-ancestors", "form-action"}  # no other source is let in
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
