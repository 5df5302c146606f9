"""One server of all samples for all clients."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.budget import Budget
from support.uvicorn_thread import running

from kamara.api.app import create_app


@pytest.fixture(scope="package")
def server(sample_budget: Budget) -> Iterator[str]:
    """Its address, without a slash at the end."""
    with running(create_app(sample_budget.settings)) as address:
        yield address
