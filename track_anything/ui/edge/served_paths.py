"""The paths that are served: our own, and those of Gradio's that its page really asks for."""

import re

_READING = ("GET", "HEAD")

_OWN = re.compile(r"/(?:api|open|web)/.+")

# Found by watching the page in Chromium; a browser with windows asks for the icon too. Everything else of
# Gradio's (uploads, recordings, files, proxies, queues, its API, monitoring, log-in) is nothing to strangers.
_GRADIOS = re.compile(
    r"/|/theme\.css|/favicon\.ico|/assets/[\w-][\w.-]*|/static/js/iframeResizer\.contentWindow\.min\.js"
)

# What gradio_client asks for to call an endpoint, and what curl does: calls go in, answers come out. Nothing
# that takes or hands out files.
_AGENTS = {
    "GET": re.compile(
        r"/agents/(?:config|gradio_api/(?:info|openapi\.json|queue/data|heartbeat/[\w-]+|call/\w+/\w+))"
    ),
    "POST": re.compile(r"/agents/gradio_api/(?:queue/join|call/(?:v2/)?\w+)"),
}


def is_served(method: str, path: str, *, has_api: bool = False) -> bool:
    """Whether a request for ``path`` is let through to those who may then refuse it.

    Args:
        method: of HTTP.
        path: of the request.
        has_api: whether scripts and agents may call endpoints.
    """
    is_gradios = method in _READING and _GRADIOS.fullmatch(path) is not None
    is_agents = has_api and method in _AGENTS and _AGENTS[method].fullmatch(path) is not None
    return is_gradios or is_agents or _OWN.fullmatch(path) is not None
