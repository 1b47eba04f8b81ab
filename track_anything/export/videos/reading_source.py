"""Reading all but the pictures of a stranger's video in a child process: what the child does."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from track_anything.export.source_facts import SourceFacts
from track_anything.export.videos.sound import Sound
from track_anything.export.videos.video_container import CONTAINERS
from track_anything.video import is_deep_source
from track_anything.video.child.channel import Channel
from track_anything.video.media_path import FILES_ONLY, media_path

_CLOCK = Fraction(1, 48_000)  # in which a late start is kept
_STRIDE = 10  # seconds of sound after which the parent hears that there is life


class ReadingSource:
    """Tells facts of a video file, and writes its sound into a file of its own: a ``Duty``."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def answer(self, request: dict[str, Any]) -> None:
        """See ``Duty``."""
        source = Path(request["source"])
        match request["do"]:
            case "facts":
                facts = SourceFacts.read(source, is_turned=request["is_turned"])
                self._channel.send(**facts.to_json())
            case "depth":
                self._channel.send(is_deep=is_deep_source(source))
            case "sound":
                self._write_sound(source, Path(request["into"]), request["container"])

    def _write_sound(self, source: Path, into: Path, name: str) -> None:
        form = CONTAINERS[name]
        with av.open(media_path(into), "w", options=form.muxer_options(_CLOCK) | FILES_ONLY) as container:
            sound = Sound(source, container, form)
            count = len(container.streams.audio)
            if count:
                sound.begin(None, Fraction(0))
                sound.advance(Fraction(0))
                while (coming := sound.waits_from) is not None:
                    sound.advance(coming + _STRIDE)
                    self._channel.send(until=float(coming))
                sound.finish()
            sound.close()
        self._channel.send(end=True, tracks=count, notes=sound.notes)
