"""The networks: named, fetched, loaded and placed on a device."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(
    __name__, __file__
)  # names are imported when asked for
