"""The released weights of RAFT, where they can be had."""

from pathlib import Path

import pytest

from track_anything.errors import WeightsError
from track_anything.models.weights import fetch


@pytest.fixture(scope="session")
def raft_weights() -> Path:
    """The released weights of RAFT, fetched once into the user's cache."""
    try:
        return fetch("raft-things")
    except WeightsError as error:
        pytest.skip(f"RAFT's weights cannot be had here: {error}")
