"""The Gradio page: a frame of named parts, each filled by a module of ``web/``."""

import hashlib
from functools import cache
from pathlib import Path

import gradio as gr

WEB_FOLDER = Path(__file__).parent / "web"
TITLE = "Track Anything"

PARTS = ("header", "canvas", "objects", "job", "timeline", "dialogs")
"""The parts of the page; ``web/main.js`` mounts one module into each."""

_SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "DejaVu Sans", "sans-serif")
_MONOSPACED = ("ui-monospace", "SFMono-Regular", "DejaVu Sans Mono", "monospace")

_STYLES = (
    "editor",
    "layout",
    "canvas/canvas",
    "timeline/timeline",
    "panels/panels",
    "dialogs/dialogs",
    "collection/collection",
)
_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'


@cache
def web_address() -> str:
    """Where the files of ``web/`` are served to the page: named after what they hold, for browsers to keep.

    Worked out once: who changes a file sees it after a restart.
    """
    held = hashlib.sha256()
    for path in sorted(WEB_FOLDER.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            held.update(f"{path.relative_to(WEB_FOLDER).as_posix()} {len(content)}\n".encode() + content)
    return f"/web/{held.hexdigest()[:16]}"


def build_page() -> gr.Blocks:
    """The page, without any data in it: that comes through the editor's own routes."""
    # Gradio runs this with the part's element; the module is fetched once for all of them.
    mount = f'\nimport("{web_address()}/main.js").then((main) => main.mount(element, props.part));\n'
    page: gr.Blocks
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, fill_height=True) as page:
        for part in PARTS:
            gr.HTML(
                value=None,
                html_template=f'<div class="ta-part" data-part="{part}"></div>',
                js_on_load=mount,
                part=part,
                apply_default_css=False,
                container=False,
                padding=False,
                elem_id=f"ta-{part}",
                elem_classes="ta-editor",
            )
    return page


def theme() -> gr.themes.Base:
    """Gradio's plain theme with fonts that are on the machine: nothing is fetched from elsewhere."""
    return gr.themes.Base(font=_SYSTEM_FONTS, font_mono=_MONOSPACED)


def head() -> str:
    """What goes into the head of the page."""
    styles = (f'<link rel="stylesheet" href="{web_address()}/{name}.css">' for name in _STYLES)
    return "".join(styles) + _VIEWPORT
