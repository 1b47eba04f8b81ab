"""What every answer tells the browser: the page stays with us, and what may be kept, and what may not."""

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)

# Gradio compiles its parts' templates while the page runs ('unsafe-eval') and styles them in place.
_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "manifest-src": "'self'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# Named after what they hold, by ``page.web_address`` and by Gradio: what a page loads, it loads once.
_NEVER_CHANGES = re.compile(r"/web/[0-9a-f]{16}/.+|/assets/[^/]+-[\w-]{8,}\.\w+")
_FOREVER = "public, max-age=31536000, immutable"


def mark(headers: MutableHeaders, path: str, page: bytes = b"", *, is_found: bool = True) -> None:
    """Add to the headers of an answer what the browser has to know.

    Args:
        headers: of the answer, changed in place.
        path: what was asked for.
        page: the HTML of the answer; of scripts in it only exactly these may run.
        is_found: whether the answer holds what lies there, and no error.
    """
    sources = dict(_SOURCES)
    for script in _INLINE_SCRIPT.findall(page):
        digest = hashlib.sha256(script.replace(b"\r\n", b"\n")).digest()
        sources["script-src"] += f" 'sha256-{base64.b64encode(digest).decode()}'"
    headers["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in sources.items())
    headers.update(_HEADERS)
    is_private = path.startswith(("/api/", "/open/", "/agents/"))
    is_kept = is_found and _NEVER_CHANGES.fullmatch(path) is not None
    headers.setdefault("Cache-Control", "no-store" if is_private else _FOREVER if is_kept else "no-cache")
