"""Mattes in closed form: the alphas for which each small window is a line from one colour to another.

Levin, Lischinski and Weiss, "A Closed-Form Solution to Natural Image Matting", PAMI 2008.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import linalg

from track_anything.errors import InputError
from track_anything.matting.laplacian import MattingSystem, matting_system
from track_anything.matting.matte import Matte
from track_anything.matting.trimap import FOREGROUND, UNKNOWN, Trimap, check_trimap
from track_anything.types import Image

EPSILON = 1e-8
"""The paper's regulariser, for colours as 0 to 1; larger values give softer mattes that follow colour less.

A tenth of what the authors' code has, for a little less error in ``benchmarks/matting.py``.
"""

PRIOR_WEIGHT = 5e-3
"""How much a prior counts. It is small beside the Laplacian's entries, but those leave what is smooth over
many pixels nearly free: there the prior decides. Chosen by ``benchmarks/matting.py``."""

_DIRECT_LIMIT = 200_000  # unknown pixels that a factorisation takes in seconds and half a gigabyte
_PANEL = 4  # columns that are factored together: a band's factors are sparse, and wide panels mostly zeros
_TOLERANCE = 1e-5  # residual over right side, from which on the alphas move by less than a grey level
_MOST_STEPS = 4000


def closed_form_matte(
    image: Image,
    trimap: Trimap,
    prior: Matte | None = None,
    *,
    initial: Matte | None = None,
    epsilon: float = EPSILON,
) -> Matte:
    """The matte of one picture, sought in the unknown band alone.

    Known pixels are put into the equations instead of being weighted (the paper's lambda without bound). A
    band is long and thin, for which a sparse factorisation beats iterations by far; only a very large one is
    solved by conjugate gradients, for which a guess saves steps.

    Args:
        image: (H, W, 3) RGB, at least 3 x 3 pixels.
        trimap: (H, W).
        prior: (H, W), 0 to 1, what the alphas are likely to be: colours that tell nothing do not leave them
            to chance then. Each pixel's row of the equations gains ``PRIOR_WEIGHT``.
        initial: (H, W), 0 to 1, a guess such as the matte of the frame before.
        epsilon: larger than 0; see ``EPSILON``.

    Returns:
        (H, W), exactly 0 and 1 outside the band.

    Raises:
        InputError: image, trimap, prior and guess differ in size, the picture is smaller than a window,
            nothing in the trimap is known, or the iterations do not come to an end.
    """
    check_trimap(image, trimap)
    if min(trimap.shape) < 3:
        raise InputError(f"a picture of {trimap.shape} pixels is too small for a matte: give at least 3 x 3")
    for name, given in (("prior", prior), ("guess", initial)):
        if given is not None and given.shape != trimap.shape:
            raise InputError(
                f"the {name} has shape {given.shape} and the trimap {trimap.shape}: give both at one size"
            )
    matte = np.asarray(trimap == FOREGROUND, np.float32)
    if (trimap == UNKNOWN).any():
        system = matting_system(image, trimap, epsilon)
        if prior is not None:
            system = system.held_to(prior, PRIOR_WEIGHT)
        matte.flat[system.pixels] = np.clip(_solve(system, initial), 0, 1)
    return matte


def _solve(system: MattingSystem, initial: Matte | None) -> NDArray[np.float64]:
    """(N,) alphas of the unknown pixels."""
    if system.pixels.size <= _DIRECT_LIMIT:
        # Positive definite: it needs no pivoting, and the ordering may follow the symmetric pattern.
        factors = linalg.splu(
            system.matrix.tocsc(),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
            panel_size=_PANEL,
        )
        return np.asarray(factors.solve(system.target), np.float64)
    return iterate(system, initial)


def iterate(system: MattingSystem, initial: Matte | None) -> NDArray[np.float64]:
    """Solve by conjugate gradients, preconditioned by the diagonal.

    Args:
        system: of N unknown pixels.
        initial: (H, W) guess; one half everywhere without one.

    Returns:
        (N,) alphas.

    Raises:
        InputError: no end after thousands of steps.
    """
    diagonal = system.matrix.diagonal()
    start = np.full(system.pixels.size, 0.5) if initial is None else initial.flat[system.pixels]
    alphas, code = linalg.cg(
        system.matrix,
        system.target,
        x0=np.asarray(start, np.float64),
        rtol=_TOLERANCE,
        maxiter=_MOST_STEPS,
        M=linalg.LinearOperator(system.matrix.shape, matvec=lambda residual: residual.ravel() / diagonal),
    )
    if code != 0:
        raise InputError(
            f"no matte was found for {system.pixels.size} unknown pixels: make the unknown band narrower"
        )
    return np.asarray(alphas, np.float64)
