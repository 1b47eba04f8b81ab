"""Masks as a folder of palette PNG files, the form of the DAVIS annotations."""

from pathlib import Path

from track_anything.export.folders.frame_folder import Frame, FrameFolder
from track_anything.masks import write_label_map


class IndexedPng(FrameFolder):
    """An ``Exporter`` of label maps: ``00000.png`` and so on by frame index, lossless, of source size."""

    def _write_frame(self, folder: Path, frame: Frame) -> None:
        write_label_map(self._place(folder, frame.index), frame.label_map)
