"""What all tests share: hypothesis profiles, the shared real data, the count of tests that it left out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support import browser, places, r, sensors
from support.budget import Budget, load_from, load_sample
from support.decisions import Decisions, real_files, records_in
from support.heritage import Heritage, load_places, real_places, samples

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


@pytest.fixture(scope="session")
def sample_budget(tmp_path_factory: pytest.TempPathFactory) -> Budget:
    """The samples of all sources, loaded."""
    return load_sample(tmp_path_factory.mktemp("sample-budget"))


@pytest.fixture(scope="session")
def real_budget(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Budget:
    """The municipality's six days of April 2016, loaded."""
    daily = shared / "data" / "budget" / "thessaloniki-daily-2016-04"
    return load_from(tmp_path_factory.mktemp("real-budget"), daily)


@pytest.fixture(params=["sample", pytest.param("real", marks=[pytest.mark.shared, pytest.mark.slow])])
def budget(request: pytest.FixtureRequest) -> Budget:
    """A loaded budget: the sample, and the real one where it is there."""
    found: Budget = request.getfixturevalue(f"{request.param}_budget")
    return found


@pytest.fixture(scope="session")
def sample_heritage(sample_budget: Budget) -> Heritage:
    """Heritage as the samples have it: they are loaded with the budget's."""
    settings = sample_budget.settings
    return Heritage(samples(settings), settings, sample_budget.report.outcomes, sample_budget.store)


@pytest.fixture(scope="session")
def real_heritage(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Heritage:
    """The real monuments, UNESCO's list and institutions' records, loaded."""
    return load_places(tmp_path_factory.mktemp("real-heritage"), real_places(shared))


@pytest.fixture(params=["sample", pytest.param("real", marks=pytest.mark.shared)])
def heritage(request: pytest.FixtureRequest) -> Heritage:
    """Loaded heritage: the samples, and the real files where they are there."""
    found: Heritage = request.getfixturevalue(f"{request.param}_heritage")
    return found


@pytest.fixture(scope="session")
def sample_city(tmp_path_factory: pytest.TempPathFactory) -> places.Places:
    """The samples of the sources of places, and of the monuments that are tied to them, loaded."""
    return places.load_places(tmp_path_factory.mktemp("sample-places"), places.samples())


@pytest.fixture(scope="session")
def real_city(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> places.Places:
    """The real boundaries, administrative units, census and monuments, loaded."""
    return places.load_places(tmp_path_factory.mktemp("real-places"), places.real_files(shared))


@pytest.fixture(params=["sample", pytest.param("real", marks=pytest.mark.shared)])
def city(request: pytest.FixtureRequest) -> places.Places:
    """Loaded places: the samples, and the real files where they are there."""
    found: places.Places = request.getfixturevalue(f"{request.param}_city")
    return found


@pytest.fixture(scope="session")
def sample_sensors(tmp_path_factory: pytest.TempPathFactory) -> sensors.Loaded:
    """The samples of the sources of sensors, loaded."""
    return sensors.load_sensors(tmp_path_factory.mktemp("sample-sensors"), dict.fromkeys(sensors.SOURCES))


@pytest.fixture(scope="session")
def real_air(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> sensors.Loaded:
    """The city's sheet of stations and those of two stations, loaded."""
    return sensors.load_air(shared, tmp_path_factory.mktemp("real-air"))


@pytest.fixture(scope="session")
def real_uplinks(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> sensors.Loaded:
    """The lines of The Things Stack's Storage Integration, loaded."""
    place = shared / "data" / "sensors" / "tts-storage-decoded.jsonl"
    return sensors.load_sensors(tmp_path_factory.mktemp("real-uplinks"), {"things-stack-uplinks": place})


@pytest.fixture(scope="session")
def sample_decisions(sample_budget: Budget) -> Decisions:
    """The decisions of the samples: they are loaded with the budget's."""
    settings = sample_budget.settings
    folder = settings.resources.mappings / "decisions" / "sample"
    loaded = Heritage({"decisions": folder}, settings, sample_budget.report.outcomes, sample_budget.store)
    return Decisions(loaded, records_in(folder))


@pytest.fixture(scope="session")
def real_decisions(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Decisions:
    """Diavgeia's real searches and single decisions, loaded."""
    folder = real_files(shared, tmp_path_factory.mktemp("decision-files"))
    loaded = load_places(tmp_path_factory.mktemp("real-decisions"), {"decisions": folder})
    return Decisions(loaded, records_in(folder))


@pytest.fixture(params=["sample", pytest.param("real", marks=pytest.mark.shared)])
def decisions(request: pytest.FixtureRequest) -> Decisions:
    """Loaded decisions: the samples, and the real ones where they are there."""
    found: Decisions = request.getfixturevalue(f"{request.param}_decisions")
    return found


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
    """Say how many tests did not run, and what they wanted."""
    for wanted in (NOT_THERE, browser.NOT_THERE, browser.NO_EDITOR, r.NOT_THERE):
        skipped = [
            report for report in terminalreporter.stats.get("skipped", []) if wanted in str(report.longrepr)
        ]
        if skipped:
            terminalreporter.write_line(f"{wanted}: {len(skipped)} tests not run")
    yield
