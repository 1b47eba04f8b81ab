"""The deeds as tools of the Model Context Protocol, for agents on this machine."""

import base64
import inspect
import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from mcp.server.mcpserver import Image, MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from track_anything.ui.agents.answers import PICTURE
from track_anything.ui.agents.calls import Deed, RefusedError, annotated, call, signatures
from track_anything.ui.agents.endpoints import Endpoints
from track_anything.ui.desk import Desk

_HOW = (
    "Segment objects in a video. Open one (`places` lists what is there), wait with `status` until it is "
    "ready, click objects, `track`, wait, then look at `frames_to_fix` and `correct` what the pictures show "
    "to be wrong until the list is empty; `export` and `download`. Frames and pixels count from 0."
)


def build_mcp(desk: Desk) -> MCPServer[Any]:
    """The server of the tools; ``run("stdio")`` serves one agent on standard input and output."""
    server: MCPServer[Any] = MCPServer(
        "track-anything", instructions=_HOW, version=version("track-anything"), log_level="WARNING"
    )
    endpoints = Endpoints(desk, is_local=True)
    for name, (signature, text) in signatures().items():
        server.add_tool(
            _tool(desk, endpoints, name, signature, text), name, description=text, structured_output=False
        )
    return server


def _tool(desk: Desk, endpoints: Endpoints, name: str, signature: inspect.Signature, text: str) -> Deed:
    def tool(**arguments: object) -> Any:  # noqa: ANN401 - texts and pictures, as the protocol has them
        try:
            answer = call(desk, endpoints, name, arguments)
        except RefusedError as error:
            raise ToolError(str(error)) from error
        return [json.dumps(_without_pictures(answer), ensure_ascii=False), *_pictures(answer)]

    return annotated(tool, signature, name, text)


def _pictures(answer: object) -> Iterator[Image]:
    """The pictures of an answer, in the order of the frames in it."""
    if isinstance(answer, dict):
        if PICTURE in answer:
            yield Image(data=base64.b64decode(answer[PICTURE]), format="jpeg")
        for value in answer.values():
            yield from _pictures(value)
    elif isinstance(answer, list):
        for each in answer:
            yield from _pictures(each)


def _without_pictures(answer: Any) -> Any:  # noqa: ANN401 - JSON values
    if isinstance(answer, dict):
        return {name: _without_pictures(value) for name, value in answer.items() if name != PICTURE}
    return [_without_pictures(each) for each in answer] if isinstance(answer, list) else answer
