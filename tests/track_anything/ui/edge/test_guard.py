"""The server answers to its own names, and to nobody who asks from elsewhere."""

from base64 import b64encode
from hashlib import sha256

import pytest
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from track_anything.errors import InputError
from track_anything.ui.edge import Guard, served_names
from track_anything.ui.edge.policy import mark


def behind_guard(host: str, *allowed: str) -> TestClient:
    """A server that answers everything that its guard lets through."""

    async def answer(_: Request) -> PlainTextResponse:
        return PlainTextResponse("let through")

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PUT", "DELETE"])])
    return TestClient(Guard(app, served_names(host, allowed)))


@pytest.fixture(scope="module")
def local() -> TestClient:
    return behind_guard("127.0.0.1")


@pytest.fixture(scope="module")
def public() -> TestClient:
    return behind_guard("0.0.0.0", "Studio.example", "[2001:db8::5]")  # noqa: S104 - nothing is bound here


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
    assert answer.text.startswith("This server does not answer to that name: use the address that it printed")


@pytest.mark.parametrize("host", ["studio.example:7860", "STUDIO.example", "[2001:db8::5]:80", "127.0.0.1"])
def test_a_server_for_others_answers_to_the_names_that_it_was_given(public: TestClient, host: str) -> None:
    assert public.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example:7860", "192.168.1.5", "studio.example.evil.example", ""])
def test_fault_09_a_server_for_others_answers_to_no_name_that_it_was_not_given(
    public: TestClient, host: str
) -> None:
    assert public.get("/", headers={"host": host}).status_code == 421


def test_fault_09_other_machines_are_let_in_by_a_name_only() -> None:
    with pytest.raises(
        InputError, match=r"--host 0\.0\.0\.0 lets other machines in: say by --allow-host NAME"
    ):
        served_names("0.0.0.0", ())  # noqa: S104 - nothing is bound here


@pytest.mark.parametrize("name", ["", "*", "studio.example:80", "http://studio.example", "a b"])
def test_what_is_no_host_name_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="is no host name: give a name or an address, without port"):
        served_names("127.0.0.1", (name,))


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
    assert local.post("/api/path", headers=own).status_code == 200
    assert local.post("/api/path", headers={"host": "127.0.0.1:7860"}).status_code == 200
    secure = {"host": "studio.example", "origin": "https://studio.example"}  # a proxy may add encryption
    assert public.post("/api/path", headers=secure).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "http://["])
def test_who_only_reads_needs_no_origin(local: TestClient, origin: str) -> None:
    headers = {"host": "127.0.0.1", "origin": origin}
    assert local.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_fault_37_nothing_is_fetched_into_pages_of_others(local: TestClient, site: str) -> None:
    headers = {"host": "127.0.0.1:7860", "sec-fetch-site": site}
    for method, path in (("GET", "/api/home"), ("GET", "/"), ("POST", "/api/path")):
        answer = local.request(method, path, headers=headers | {"sec-fetch-dest": "empty"})
        assert answer.status_code == 403
        assert answer.text == "Only pages of this server may ask for anything here.\n"
    visit = headers | {"sec-fetch-dest": "document"}  # a link in another page that a person follows
    assert local.get("/open/0/1", headers=visit).status_code == 200
    assert local.post("/api/path", headers=visit).status_code == 403
    assert local.get("/", headers=headers | {"sec-fetch-dest": "iframe"}).status_code == 403


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_the_page_itself_fetches_what_it_wants(local: TestClient, site: str) -> None:
    headers = {"host": "127.0.0.1:7860", "sec-fetch-site": site, "sec-fetch-dest": "empty"}
    assert local.post("/api/path", headers=headers).status_code == 200


def test_what_is_not_on_the_list_is_not_there(local: TestClient) -> None:
    for path in ("/gradio_api/upload", "/gradio_api/process_recording", "/config", "/api", "/api/", "/x"):
        for method in ("GET", "POST"):
            answer = local.request(method, path, headers={"host": "127.0.0.1"})
            assert (path, answer.status_code, answer.text) == (path, 404, "Not served here.\n")
    for path in ("/", "/theme.css", "/assets/index-1.js"):
        assert local.get(path, headers={"host": "127.0.0.1"}).status_code == 200
        assert local.post(path, headers={"host": "127.0.0.1"}).status_code == 404
    for path in ("/assets/../config", "/assets/a/b", "/assets/.x", "/static/x.js"):
        assert local.request("GET", f"http://127.0.0.1{path}").status_code == 404


def test_sockets_are_closed(local: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), local.websocket_connect("/", headers={"host": "127.0.0.1"}):
        pass


@pytest.mark.parametrize(
    "request_", [("/", "127.0.0.1"), ("/api/home", "127.0.0.1"), ("/x", "127.0.0.1"), ("/", "x")]
)
def test_fault_37_every_answer_says_that_the_page_stays_with_us(
    local: TestClient, request_: tuple[str, str]
) -> None:
    path, host = request_
    headers = local.get(path, headers={"host": host}).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'unsafe-eval'"  # no script that stands in a page
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == ("no-store" if path == "/api/home" else "no-cache")


def test_of_the_scripts_in_the_page_only_its_own_may_run() -> None:
    headers = MutableHeaders()
    page = b'<script>a()</script> <script src="b.js"></script>\n<SCRIPT data-c>\nd()\n</SCRIPT>'
    mark(headers, "/", page)
    digests = [b64encode(sha256(script).digest()).decode() for script in (b"a()", b"\nd()\n")]
    expected = " ".join(["script-src 'self' 'unsafe-eval'", *(f"'sha256-{digest}'" for digest in digests)])
    assert expected in headers["content-security-policy"].split("; ")
