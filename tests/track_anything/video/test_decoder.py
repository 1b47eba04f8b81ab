"""Decoding goes on after errors and gives up when they do not end."""

import av
import pytest

from tests.track_anything.video.clips import Clip, write
from track_anything.video.decoder import Decoder


class _FlakyContainer:
    """Fails to read before the packets at ``failures``, as a scratched disc does."""

    def __init__(self, container, failures):
        self._container = container
        self._failures = set(failures)
        self._count = 0

    def demux(self, stream):
        for packet in self._container.demux(stream):
            if self._count in self._failures:
                self._failures.remove(self._count)
                raise av.error.InvalidDataError(1, "scratched")
            self._count += 1
            yield packet

    def __getattr__(self, name):
        return getattr(self._container, name)


@pytest.fixture
def decoder(tmp_path):
    with Decoder(write(tmp_path, Clip("clip.ts"))) as decoder:
        yield decoder


def test_reading_goes_on_after_an_error(decoder):
    decoder._container = _FlakyContainer(decoder._container, [5, 12])
    frames = list(decoder.frames())
    assert len(frames) == 22  # the packets in hand when reading failed are gone
    assert decoder.losses.refused_packets == 2


def test_reading_gives_up_when_errors_do_not_end(decoder, monkeypatch):
    calls = []

    class _DeadContainer:
        def demux(self, stream):
            calls.append(stream)
            raise av.error.OSError(5, "device gone")
            yield

    container, decoder._container = decoder._container, _DeadContainer()
    assert list(decoder.frames()) == []
    decoder._container = container
    assert len(calls) == decoder.losses.refused_packets == 100


@pytest.mark.parametrize(("name", "promised"), [("a.mp4", 24), ("a.mkv", 24), ("a.h264", None)])
def test_what_the_container_promises(tmp_path, name, promised):
    with Decoder(write(tmp_path, Clip(name))) as decoder:
        assert decoder.promised_frame_count == promised
