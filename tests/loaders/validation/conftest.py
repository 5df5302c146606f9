"""Both engines for the shape of benches."""

import pytest
from support.benches import BASE, SHAPES

from kamara.loaders.validation import open_engine


@pytest.fixture(scope="session", params=["shacl", "pyshacl"])
def engine(request):
    """Each of the two engines."""
    return open_engine(request.param, [SHAPES], BASE, 100)
