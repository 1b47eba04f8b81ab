"""Memory-based propagation of masks through a video.

After XMem (Cheng and Schwing, ECCV 2022): a frame's masks are read from what is remembered of earlier frames.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(
    __name__, __file__
)  # names are imported when asked for
