"""The Gradio page: a frame of named parts, each filled by a module of ``web/``."""

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
_HEAD = "".join(f'<link rel="stylesheet" href="/web/{name}.css">' for name in _STYLES) + (
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
)

# Gradio runs this with the part's element; the module is fetched once for all of them.
_MOUNT = """
import("/web/main.js").then((main) => main.mount(element, props.part));
"""


def build_page() -> gr.Blocks:
    """The page, without any data in it: that comes through the editor's own routes."""
    page: gr.Blocks
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, fill_height=True) as page:
        for part in PARTS:
            gr.HTML(
                value=None,
                html_template=f'<div class="ta-part" data-part="{part}"></div>',
                js_on_load=_MOUNT,
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
    return _HEAD
