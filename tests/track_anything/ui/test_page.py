"""The page is whole and loads nothing from elsewhere."""

import json
import posixpath
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.track_anything.ui.desk_fixtures import ADDRESS, Visitor
from track_anything.ui import page as page_module
from track_anything.ui.page import PARTS, WEB_FOLDER, head, web_address

_NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}
_LOADING = ("src", "href", "srcset", "data", "poster", "action")


class Loaded(HTMLParser):
    """Addresses that a browser loads by itself, or goes to; those of meta tags it only shows to others."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.addresses += [value for name, value in attributes if name in _LOADING and value]


@pytest.fixture(scope="module")
def web_files() -> dict[str, str]:
    return {
        path.relative_to(WEB_FOLDER).as_posix(): path.read_text()
        for path in WEB_FOLDER.rglob("*")
        if path.suffix in (".js", ".css")
    }


def config_of(page: str) -> dict[str, Any]:
    """What Gradio builds the page from."""
    config: dict[str, Any]
    config, _ = json.JSONDecoder().raw_decode(page.partition("window.gradio_config = ")[2])
    return config


def addresses_in(text: str) -> set[str]:
    return set(re.findall(r"""(?:https?:)?//[\w.-]+\.\w{2,}[^\s"'`)<>]*""", text))


def test_the_page_has_all_its_parts(visitor: Visitor) -> None:
    answer = visitor.http.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    config = config_of(answer.text)
    assert config["title"] == "Track Anything"
    assert [made["props"]["elem_id"] for made in config["components"]] == [f"ta-{part}" for part in PARTS]
    for part, made in zip(PARTS, config["components"], strict=True):
        assert f'data-part="{part}"' in made["props"]["html_template"]


def test_the_page_loads_nothing_from_elsewhere(visitor: Visitor) -> None:
    page = visitor.http.get("/").text
    loaded = Loaded(page).addresses + Loaded(config_of(page)["head"]).addresses
    assert any(address.startswith("/web/") for address in loaded)
    for address in loaded:
        is_own = not re.match(r"[a-z]+:|//", address) or address.startswith((f"{ADDRESS}/", "data:"))
        assert is_own, address
    without_meta = re.sub(r"<meta\b[^>]*>", "", page)
    assert {address for address in addresses_in(without_meta) if not address.startswith(ADDRESS)} == set()


def test_what_the_page_loads_first_is_there(visitor: Visitor) -> None:
    for address in re.findall(r'href="([^"]+)"', head()):
        answer = visitor.http.get(address)
        assert (address, answer.status_code) == (address, 200)
        assert answer.headers["content-type"].startswith("text/css")
    answer = visitor.http.get("/web/main.js")
    assert answer.status_code == 200
    assert "javascript" in answer.headers["content-type"]


def test_the_page_asks_once_for_what_cannot_change(visitor: Visitor) -> None:
    page = visitor.http.get("/").text
    mounts = [made["props"]["js_on_load"] for made in config_of(page)["components"]]
    assert all(f'import("{web_address()}/main.js")' in mount for mount in mounts)
    assert set(re.findall(r"/web/[^\s\"'\\]+", page)) >= {
        f"{web_address()}/main.js",
        f"{web_address()}/editor.css",
    }
    assert all(address.startswith(web_address()) for address in re.findall(r"/web/[^\s\"'\\]+", page))
    kept = [f"{web_address()}/canvas/canvas.css", *re.findall(r'src="\.?(/assets/[^"]+)"', page)]
    assert len(kept) > 1
    for path in kept:
        assert "immutable" in visitor.http.get(path).headers["cache-control"], path
    for path in ("/", "/web/main.js", f"{web_address()}/none.js", "/web/0123456789abcdef/main.js"):
        assert visitor.http.get(path).headers["cache-control"] == "no-cache", path


def test_other_scripts_have_another_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "WEB_FOLDER", tmp_path)
    seen = set()
    for name, content in (("a.js", "1"), ("a.js", "2"), ("b.js", "2")):
        (tmp_path / name).write_text(content)
        seen.add(web_address.__wrapped__())
        assert web_address.__wrapped__() in seen  # the same for the same
    assert len(seen) == 3


def test_our_scripts_and_styles_name_no_other_place(web_files: dict[str, str]) -> None:
    assert "main.js" in web_files
    for name, text in web_files.items():
        assert addresses_in(text) <= _NAMESPACES, name
        assert not re.search(r"@import\s*[^\s{]|url\(\s*['\"]?https?:", text), name


def test_every_module_that_is_imported_is_there(web_files: dict[str, str]) -> None:
    imported = {"main.js"}
    for name, text in web_files.items():
        for module in re.findall(r"""(?:from|import)\s*\(?\s*["'](\.[\w./]+)["']""", text):
            file = posixpath.normpath(posixpath.join(posixpath.dirname(name), module))
            assert file in web_files, f"{name} imports {module}"
            imported.add(file)
    assert imported == {name for name in web_files if name.endswith(".js")}


def test_every_file_of_the_page_is_served_from_its_room(visitor: Visitor, web_files: dict[str, str]) -> None:
    assert any("/" in name for name in web_files)
    for name, text in web_files.items():
        answer = visitor.http.get(f"/web/{name}")
        assert (name, answer.status_code, answer.text) == (name, 200, text)


def test_gradios_styles_load_nothing_from_elsewhere(visitor: Visitor) -> None:
    answer = visitor.http.get("/theme.css")
    assert answer.status_code == 200
    assert addresses_in(answer.text) <= _NAMESPACES


@pytest.mark.parametrize(
    "path",
    [
        "/web/../page.py",
        "/web/%2e%2e/page.py",
        "/web/..%2fpage.py",
        "/web//etc/passwd",
        "/web/canvas/../../page.py",
        "/web/canvas/%2e%2e/%2e%2e/page.py",
        "/web/canvas/..%2f..%2fpage.py",
        "/web/canvas",
        "/web/canvas/",
    ],
)
def test_nothing_else_is_served_beside_the_pages_files(visitor: Visitor, path: str) -> None:
    answer = visitor.http.get(path)
    assert answer.status_code == 404
    assert "import gradio" not in answer.text
