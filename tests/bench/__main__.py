"""`make bench`: mapping, validation, load and publish rates beside the bare bulk_load, all in one run."""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from bench import city, load, mapping, validation
from bench.frame import Measurement, print_table

# Mapping is timed as whole processes; over few rows the start of Python would be all that is seen.
MAPPING_FACTOR = 5


def main(rows: int, runs: int, scale: float) -> None:
    """Measure everything over a table of `rows` rows, `runs` times, and print the table of medians."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = folder / "rows.csv"
        mapping.write_rows(table, rows)
        rules = load.settle(folder)
        mapped = folder / "mapped.nq"
        kamara = Path(sys.executable).with_name("kamara")
        subprocess.run([kamara, "map", rules, mapped], cwd=folder, check=True)
        mappings = _mappings(rows * MAPPING_FACTOR, runs)
        checked = validation.measure(mapped, runs)
        bulk, *loads = load.measure(folder, table, runs)
        rates = city.measure(folder, scale)
    title = (
        f"{rows:,} rows, {runs} runs; Python {platform.python_version()}, "
        f"pyoxigraph {version('pyoxigraph')}, shacl {version('shacl')}"
    )
    print_table([bulk, *mappings, checked, *loads], bulk, title)
    city.print_rates(rates, scale)


def _mappings(rows: int, runs: int) -> list[Measurement]:
    triples = rows * mapping.TRIPLES_A_ROW
    rates = mapping.measure(runs, rows)
    return [Measurement(rate.name, triples, [triples / rate.triples_per_second]) for rate in rates]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the table, seven triples each")
    parser.add_argument("--runs", type=int, default=3, help="runs of each measurement; the median is shown")
    parser.add_argument("--scale", type=float, default=0.1, help="size of the simulated city that is loaded")
    arguments = parser.parse_args()
    main(arguments.rows, arguments.runs, arguments.scale)
