"""The deeds as Gradio's own endpoints: for ``gradio_client``, curl, and whoever reads OpenAPI."""

import inspect
from typing import Any

import gradio as gr

from track_anything.ui.agents.calls import Deed, RefusedError, annotated, call, signatures
from track_anything.ui.agents.endpoints import Endpoints
from track_anything.ui.desk import Desk

PATH = "/agents"
"""Where on the server they are."""

_LONGEST_QUEUE = 100  # calls that wait for a thread


def build_endpoints(desk: Desk) -> gr.Blocks:
    """A Gradio application without a page: one named endpoint for each deed."""
    blocks: gr.Blocks
    with gr.Blocks(title="Track Anything, for scripts and agents", analytics_enabled=False) as blocks:
        for name, (signature, text) in signatures().items():
            gr.events.api(_endpoint(desk, name, signature, text), api_name=name, concurrency_limit=None)
    blocks.queue(max_size=_LONGEST_QUEUE)
    return blocks


def _endpoint(desk: Desk, name: str, signature: inspect.Signature, text: str) -> Deed:
    names = list(signature.parameters)

    def endpoint(request: gr.Request, *values: object) -> dict[str, Any]:
        address = request.client.host if request.client is not None else ""
        endpoints = Endpoints(desk, desk.visitors.name(None, address))
        try:
            return call(desk, endpoints, name, dict(zip(names, values, strict=False)))
        except RefusedError as error:
            raise gr.Error(str(error), print_exception=False) from error

    asker = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    return annotated(
        endpoint, signature.replace(parameters=[asker, *signature.parameters.values()]), name, text
    )
