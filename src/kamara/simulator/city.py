"""`simulate`: all domains into one folder, with the settings that load them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from kamara.errors import UsageError
from kamara.resources import Resources
from kamara.simulator.airquality import write_air_quality
from kamara.simulator.budget import write_budget
from kamara.simulator.council import write_council
from kamara.simulator.counts import YEAR_DAYS, counts_at
from kamara.simulator.decisions import write_decisions
from kamara.simulator.edm import write_edm
from kamara.simulator.expectation import Expectation
from kamara.simulator.improvemycity import write_improvemycity
from kamara.simulator.monuments import write_monuments
from kamara.simulator.open311 import write_open311
from kamara.simulator.rates import read_rates
from kamara.simulator.repository import write_repository
from kamara.simulator.thingsstack import write_devices, write_uplinks
from kamara.simulator.units import write_units
from kamara.simulator.work import Work

DOMAINS: tuple[Callable[[Work], None], ...] = (
    write_budget,
    write_air_quality,
    write_devices,
    write_uplinks,
    write_units,
    write_decisions,
    write_council,
    write_improvemycity,
    write_open311,
    write_monuments,
    write_edm,
    write_repository,
)
SETTINGS = "kamara.toml"
EXPECTED = "expected.json"
_NOTICE = "SIMULATED.txt"


def simulate(
    folder: Path, scale: float, seed: int, resources: Resources, days: int = YEAR_DAYS
) -> dict[str, Expectation]:
    """Write a city of this scale into `folder`; gives what its load must come to, by source.

    What has days (budget, readings, uplinks) has the first `days` of the year.

    The same scale and seed give the same bytes, but for the folder's own name in kamara.toml. Raises
    UsageError when the folder holds anything, or the scale is not above 0.
    """
    if not (scale > 0 and 0 < days <= YEAR_DAYS):
        wanted = f"a scale above 0, and 1 to {YEAR_DAYS} days"
        raise UsageError(
            f"a city of scale {scale} and {days} days has nothing in it", remedy=f"choose {wanted}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError("is not empty", where=str(folder), remedy="name a new folder")
    notice = Path(__file__).with_name(_NOTICE).read_text(encoding="utf-8")
    _write(folder / _NOTICE, notice.format(scale=scale, seed=seed, days=days))
    work = Work(folder, seed, counts_at(scale, days), read_rates(), resources)
    for write in DOMAINS:
        write(work)
    expected = {source: work.expected[source] for source in sorted(work.expected)}
    _write(folder / SETTINGS, _settings(folder.resolve(), list(expected)))
    content = {source: one.as_json() for source, one in expected.items()}
    _write(folder / EXPECTED, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return expected


def is_whole(folder: Path) -> bool:
    """Whether a city was written into `folder` to its end."""
    return (folder / EXPECTED).is_file()


def _settings(folder: Path, sources: list[str]) -> str:
    """A settings file that loads the city into a data folder of its own."""
    lines = [f"data_dir = {_quoted(folder / 'data')}"]
    for source in sources:
        lines += ["", f"[sources.{source}]", f"path = {_quoted(folder / source)}", "simulated = true"]
    return "\n".join(lines) + "\n"


def _quoted(path: Path) -> str:
    """A path as a string of TOML: those of JSON are such."""
    return json.dumps(str(path), ensure_ascii=False)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
