"""The command line."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(
    __name__, __file__
)  # what takes seconds to load is loaded where Ctrl-C is heard
