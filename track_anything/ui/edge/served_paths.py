"""The paths that are served: our own, and those of Gradio's that its page really asks for."""

import re

_READING = ("GET", "HEAD")

_OWN = re.compile(r"/(?:api|open|web)/.+")

# Found by watching the page in Chromium; a browser with windows asks for the icon too. Everything else of
# Gradio's (uploads, recordings, files, proxies, queues, its API, monitoring, log-in) is nothing to strangers.
_GRADIOS = re.compile(
    r"/|/theme\.css|/favicon\.ico|/assets/[\w-][\w.-]*|/static/js/iframeResizer\.contentWindow\.min\.js"
)


def is_served(method: str, path: str) -> bool:
    """Whether a request for ``path`` is let through to those who may then refuse it."""
    is_gradios = method in _READING and _GRADIOS.fullmatch(path) is not None
    return is_gradios or _OWN.fullmatch(path) is not None
