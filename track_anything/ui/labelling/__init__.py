"""A collection in the editor: how far every video is, what runs ahead, and what is handed out."""

from track_anything.ui.labelling.likeness import Likeness
from track_anything.ui.labelling.open_collection import OpenCollection
from track_anything.ui.labelling.run_ahead import Wish

__all__ = ["Likeness", "OpenCollection", "Wish"]
