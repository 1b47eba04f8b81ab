__all__ = ["main"]

from .parser import main
