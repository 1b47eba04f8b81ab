"""The editor in the browser: a Gradio page with a canvas and a timeline, and the routes that feed them.

It calls ``Session`` and ``Job`` and knows nothing of masks and memory itself.
"""

from track_anything.ui.edge import is_local
from track_anything.ui.gradio_stubs import leave_out_stubs
from track_anything.ui.limits import GIB, Limits
from track_anything.ui.server import Settings, build_app, serve
from track_anything.ui.workspace import default_workspace

__all__ = ["GIB", "Limits", "Settings", "build_app", "default_workspace", "is_local", "serve"]

leave_out_stubs()  # before anything here or elsewhere imports Gradio
