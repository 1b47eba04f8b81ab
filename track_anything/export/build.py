"""From the name of a form to its exporter."""

from collections.abc import Callable
from dataclasses import dataclass

from track_anything.export.exporter import Exporter
from track_anything.export.folders.contact_sheet import ContactSheet
from track_anything.export.folders.cryptomatte import Cryptomatte
from track_anything.export.folders.dataset_layout import DavisLayout, YouTubeVosLayout
from track_anything.export.folders.fill_and_matte import FillAndMatte
from track_anything.export.folders.indexed_png import IndexedPng
from track_anything.export.folders.layered_exr import LayeredExr
from track_anything.export.folders.object_png import ObjectPng
from track_anything.export.folders.rgba_exr import RgbaExr
from track_anything.export.folders.rgba_png import RgbaPng
from track_anything.export.order import Order
from track_anything.export.texts.coco_json import CocoJson
from track_anything.export.texts.confidence_table import ConfidenceTable
from track_anything.export.texts.fcpxml import FcpXml
from track_anything.export.texts.marker_edl import MarkerEdl
from track_anything.export.texts.object_json import ObjectJson
from track_anything.export.texts.object_splines import ObjectSplines
from track_anything.export.texts.object_table import ObjectTable
from track_anything.export.texts.otio import Otio
from track_anything.export.texts.premiere_xml import PremiereXml
from track_anything.export.videos.alpha_codecs import ALPHA_CODECS
from track_anything.export.videos.alpha_video import AlphaVideo
from track_anything.export.videos.foreground_video import ForegroundVideo
from track_anything.export.videos.overlay_video import OverlayVideo
from track_anything.types import Choice, Choices


@dataclass(frozen=True)
class Form(Choice[[Order], Exporter]):
    """A form of export: what the exporter of an order is built by, and what else has to be known of it.

    Attributes:
        suffix: of the file; empty = a folder.
        has_alpha: whether it shows more than which pixel is whose, so that mattes make a difference.
        is_deep: whether it keeps more than 8 bits of a colour.
        has_background: whether objects are laid over a colour in it, which can be chosen.
        needs_pictures: whether it shows the pictures; without it the video need not be there.
        needs_masks: whether it shows masks; without it, it is about which of them there are.
        has_markers: whether it shows cuts, drift, frames to fix and locks on a timeline.
        has_names: whether it is a folder of frames that can be named and numbered otherwise.
    """

    suffix: str = ""
    has_alpha: bool = False
    is_deep: bool = False
    has_background: bool = False
    needs_pictures: bool = True
    needs_masks: bool = True
    has_markers: bool = False
    has_names: bool = False


def _alpha_video(codec: str, meaning: str) -> Form:
    def build(order: Order) -> Exporter:
        return AlphaVideo(
            order.path,
            order.info,
            source=order.source,
            codec=codec,
            cut=order.alphas.cutout,
            overwrite=order.overwrite,
            reader=order.reader,
        )

    coding = ALPHA_CODECS[codec]
    return Form(
        build, meaning, suffix=coding.encoding.container.suffix, has_alpha=True, is_deep=coding.is_deep
    )


def _layers(build: Callable[[Order], Exporter], meaning: str) -> Form:
    return Form(build, meaning, needs="OpenEXR", extra="exr", has_alpha=True, is_deep=True, has_names=True)


def _markers(build: Callable[[Order], Exporter], meaning: str, suffix: str, extra: str = "") -> Form:
    needs = "opentimelineio" if extra else ""
    return Form(
        build,
        meaning,
        needs=needs,
        extra=extra,
        suffix=suffix,
        needs_pictures=False,
        needs_masks=False,
        has_markers=True,
    )


EXPORTERS: Choices[Form, [Order], Exporter] = Choices(
    "export form",
    {
        "masks": Form(
            lambda order: IndexedPng(order.path, overwrite=order.overwrite, names=order.names),
            "indexed PNG per frame",
            needs_pictures=False,
            has_names=True,
        ),
        "binary": Form(
            lambda order: ObjectPng(order, "binary"),
            "black and white PNG per object and frame",
            needs_pictures=False,
            has_names=True,
        ),
        "soft": Form(
            lambda order: ObjectPng(order, "16-bit"),
            "16-bit grey PNG of alpha per object",
            has_alpha=True,
            needs_pictures=False,
            has_names=True,
        ),
        "soft-8": Form(
            lambda order: ObjectPng(order, "8-bit"),
            "the same in 8 bits",
            has_alpha=True,
            needs_pictures=False,
            has_names=True,
        ),
        "rgba": Form(
            lambda order: RgbaPng(order, premultiplied=False),
            "PNG with straight alpha per frame",
            has_alpha=True,
            has_names=True,
        ),
        "rgba-premultiplied": Form(
            lambda order: RgbaPng(order, premultiplied=True),
            "the same, premultiplied",
            has_alpha=True,
            has_names=True,
        ),
        "exr": Form(
            RgbaExr,
            "OpenEXR per frame: half floats, linear light, premultiplied",
            has_alpha=True,
            has_names=True,
        ),
        "exr-layers": _layers(LayeredExr, "OpenEXR with the picture and a layer per object"),
        "cryptomatte": _layers(Cryptomatte, "OpenEXR with a Cryptomatte of the objects"),
        "fill-and-matte": Form(
            FillAndMatte,
            "pairs of PNG: straight colours, and alpha in grey",
            has_alpha=True,
            is_deep=True,
            has_names=True,
        ),
        "davis": Form(DavisLayout, "folders of the DAVIS data set"),
        "youtube-vos": Form(YouTubeVosLayout, "folders of the YouTube-VOS data set"),
        "coco": Form(CocoJson, "COCO JSON with run lengths and scores", suffix=".json", needs_pictures=False),
        "boxes": Form(
            ObjectTable, "CSV of areas, boxes, centroids and confidence", suffix=".csv", needs_pictures=False
        ),
        "boxes-json": Form(ObjectJson, "the same as JSON", suffix=".json", needs_pictures=False),
        "splines": Form(
            ObjectSplines,
            "JSON of closed splines with keyframes, for Blender and Nuke",
            suffix=".json",
            needs_pictures=False,
        ),
        "prores": _alpha_video("prores", "ProRes 4444 with alpha"),
        "vp9": _alpha_video("vp9", "VP9 WebM with alpha, for browsers"),
        "png-mov": _alpha_video("png-mov", "16-bit PNG with alpha in QuickTime"),
        "ffv1": _alpha_video("ffv1", "FFV1 with 16-bit alpha, lossless"),
        "matte": _alpha_video("matte", "MP4 of the alpha alone"),
        "overlay": Form(
            lambda order: OverlayVideo(
                order.path,
                order.info,
                source=order.source,
                palette=order.palette,
                overwrite=order.overwrite,
                reader=order.reader,
            ),
            "MP4 to look at",
            suffix=".mp4",
        ),
        "foreground": Form(
            ForegroundVideo,
            "MP4 of the objects over a colour",
            suffix=".mp4",
            has_alpha=True,
            has_background=True,
        ),
        "sheet": Form(
            lambda order: ContactSheet(
                order.path, order.info, frames=order.frames, palette=order.palette, overwrite=order.overwrite
            ),
            "PNG with frames side by side",
            suffix=".png",
        ),
        "confidence": Form(
            ConfidenceTable,
            "CSV of how every mask stands and how far it can be trusted",
            suffix=".csv",
            needs_pictures=False,
            needs_masks=False,
        ),
        "otio": _markers(Otio, "OpenTimelineIO: shots, and markers of what to look at", ".otio", "otio"),
        "marker-edl": _markers(MarkerEdl, "EDL of the markers, for DaVinci Resolve", ".edl"),
        "fcpxml": _markers(FcpXml, "the same for Final Cut Pro and Resolve", ".fcpxml"),
        "premiere-xml": _markers(PremiereXml, "the same for Premiere Pro", ".xml"),
    },
)
"""The forms by name; a new one is one line."""


def needs_pictures(form: str, *, has_matte: bool = False) -> bool:
    """Whether a form looks at the frames of the video; those that are not known here do not."""
    return form in EXPORTERS and (has_matte or EXPORTERS[form].needs_pictures)
