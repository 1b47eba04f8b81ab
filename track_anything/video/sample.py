"""A real clip to try things on, for who has none at hand."""

import importlib.util
import sys
from pathlib import Path

from track_anything.errors import VideoError


def sample_clip() -> Path:
    """The path of a short clip that Gradio ships: the Earth turning at night, 480 x 270.

    Raises:
        VideoError: Gradio is not installed or no longer ships it.
    """
    package = importlib.util.find_spec("gradio")  # finds it without the seconds of importing it
    folders = (package.submodule_search_locations if package else None) or []
    for folder in folders:
        clip = Path(folder) / "media_assets" / "videos" / "b.mp4"
        if clip.is_file():
            return clip
    raise VideoError("the sample clip is not there: install gradio, or name a video of your own")


if __name__ == "__main__":
    sys.stdout.write(f"{sample_clip()}\n")
