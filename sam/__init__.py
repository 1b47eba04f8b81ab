"""Promptable segmentation: an image is embedded once, then clicks, boxes and masks are answered cheaply.

Segment Anything (Kirillov et al., ICCV 2023) and MobileSAM (Zhang et al., 2023) in plain torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(
    __name__, __file__
)  # names are imported when asked for
