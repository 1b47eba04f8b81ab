"""Every propagator against the contract."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.tracker.colour_features import colour_features
from tests.tracker.propagator_contract import (
    CHECKS,
    Make,
    a_file_of_something_else_is_refused_and_changes_nothing,
)
from tests.tracker.stand_in import sam_memory_propagator, tiny_network
from tracker.feature_propagator import FeatureMemoryConfig, FeatureMemoryPropagator
from tracker.joint_propagator import Carrier, JointPropagator, Partner
from tracker.memory_config import MemoryConfig
from tracker.mirrored_propagator import MirroredPropagator
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator
from tracker.zoom import ZoomConfig
from tracker.zooming_propagator import ZoomingPropagator

_NETWORK = tiny_network()
_MEMORY = MemoryConfig(
    top_k=8, min_working_frames=2, max_working_frames=4, num_prototypes=6, max_long_term_elements=20
)
_LONG_TERM = FeatureMemoryConfig(
    window=2, memory_every=2, locality_radius=3, long_term=True, num_prototypes=8, max_long_term_elements=20
)


_XMEM = XMemConfig(mem_every=2, internal_size=None, memory=_MEMORY)


def _joint(*partners: Partner) -> JointPropagator:
    return JointPropagator(XMemPropagator(_NETWORK, _XMEM), partners)


def _mirrored() -> MirroredPropagator:
    return MirroredPropagator(XMemPropagator(_NETWORK, replace(_XMEM, internal_size=32)))


def _zooming(whole: Carrier) -> ZoomingPropagator:
    """Its window is smaller than the frame for the discs of the contract."""
    near = XMemPropagator(_NETWORK, _XMEM)
    return ZoomingPropagator(whole, near, ZoomConfig(room=1.2, least=1.05))


PROPAGATORS: dict[str, Make] = {
    "feature-memory": lambda: FeatureMemoryPropagator(colour_features),
    "feature-memory, long-term": lambda: FeatureMemoryPropagator(colour_features, _LONG_TERM),
    "xmem": lambda: XMemPropagator(_NETWORK, _XMEM),
    "sam-memory": sam_memory_propagator,
    "joint, with a mirrored view": lambda: _joint(Partner(_mirrored())),
    "joint, with sam-memory on every third frame": lambda: _joint(Partner(sam_memory_propagator(), every=3)),
    "zooming on small objects": lambda: _zooming(XMemPropagator(_NETWORK, _XMEM)),
}
_NOT_FOR_THE_FAKE = (a_file_of_something_else_is_refused_and_changes_nothing,)  # it reads its own files only


def _name(check) -> str:
    return check.__name__


@pytest.mark.parametrize("make", PROPAGATORS.values(), ids=PROPAGATORS.keys())
@pytest.mark.parametrize("check", CHECKS, ids=_name)
def test_contract(make: Make, check, tmp_path: Path) -> None:
    check(make, tmp_path)


@pytest.mark.parametrize("check", [check for check in CHECKS if check not in _NOT_FOR_THE_FAKE], ids=_name)
def test_contract_of_the_fake(check, tmp_path: Path) -> None:
    from track_anything.testing import ShiftingPropagator

    check(ShiftingPropagator, tmp_path)
