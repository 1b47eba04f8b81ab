"""The server's edge: what every request passes before anything of ours or of Gradio's sees it."""

from track_anything.ui.edge.body_limit import SMALL, BodyLimit, CheckSize
from track_anything.ui.edge.guard import Guard
from track_anything.ui.edge.hosts import is_local, served_names

__all__ = ["SMALL", "BodyLimit", "CheckSize", "Guard", "is_local", "served_names"]
