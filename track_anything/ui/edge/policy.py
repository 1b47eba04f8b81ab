"""What every answer tells the browser: the page stays with us, and nothing is kept that may change."""

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


def mark(headers: MutableHeaders, path: str, page: bytes = b"") -> None:
    """Add to the headers of an answer what the browser has to know.

    Args:
        headers: of the answer, changed in place.
        path: what was asked for.
        page: the HTML of the answer; of scripts in it only exactly these may run.
    """
    sources = dict(_SOURCES)
    for script in _INLINE_SCRIPT.findall(page):
        digest = hashlib.sha256(script.replace(b"\r\n", b"\n")).digest()
        sources["script-src"] += f" 'sha256-{base64.b64encode(digest).decode()}'"
    headers["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in sources.items())
    headers.update(_HEADERS)
    is_private = path.startswith(("/api/", "/open/", "/agents/"))
    headers.setdefault("Cache-Control", "no-store" if is_private else "no-cache")
