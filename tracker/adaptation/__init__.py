"""Learning from corrections: a small target model per object, trained on the known frames of a project."""

from tracker.adaptation.adaptable import Adaptable, Learned, Learning
from tracker.adaptation.known_frame import KnownFrame

__all__ = ["Adaptable", "KnownFrame", "Learned", "Learning"]
