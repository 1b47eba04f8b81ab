__all__ = [
    "BACKGROUND",
    "FOREGROUND",
    "UNKNOWN",
    "Alpha",
    "AlphaSource",
    "Cutout",
    "MaskSource",
    "Matte",
    "Mattes",
    "Matting",
    "SoftAlpha",
    "Trimap",
    "closed_form_matte",
    "estimate_foreground",
    "guided_matte",
    "make_trimap",
    "normalise_alphas",
]

from .alpha_source import Alpha, AlphaSource, Cutout, MaskSource, SoftAlpha
from .closed_form import closed_form_matte
from .foreground import estimate_foreground
from .guided_filter import guided_matte
from .matte import Matte, normalise_alphas
from .mattes import Mattes, Matting
from .trimap import BACKGROUND, FOREGROUND, UNKNOWN, Trimap, make_trimap
