"""What all tests share: hypothesis profiles, the shared real data, the count of tests that it left out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
NOT_THERE = "shared data not beside the checkout"

settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the city's real files: `../shared` or `KAMARA_SHARED`. Its data are under `data/`."""
    folder = Path(os.environ.get("KAMARA_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"{NOT_THERE}: {folder} not there, not run")
    return folder


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests reaches them."""
    for name in [name for name in os.environ if name.startswith("KAMARA_") and name != "KAMARA_SHARED"]:
        monkeypatch.delenv(name)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for `shared` carries the marker, so that `-m "not shared"` leaves it out."""
    for item in items:
        if "shared" in getattr(item, "fixturenames", ()):
            item.add_marker("shared")


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say how many tests wanted the shared data and did not run."""
    skipped = [
        report for report in terminalreporter.stats.get("skipped", []) if NOT_THERE in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.write_line(f"{NOT_THERE}: {len(skipped)} tests not run")
    yield
