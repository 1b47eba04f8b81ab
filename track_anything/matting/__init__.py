"""From masks to mattes: how much of each pixel along an outline is the object, and in what colour."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(
    __name__, __file__
)  # names are imported when asked for
