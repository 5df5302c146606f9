"""A simulated city of scale 1, written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kamara.resources import bundled
from kamara.simulator.city import simulate


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a city of scale 1, seed 1."""
    folder = tmp_path_factory.mktemp("city") / "city"
    simulate(folder, 1, 1, bundled())
    return folder
