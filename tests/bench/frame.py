"""What a measurement gives, and the table of all of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass
class Measurement:
    """The seconds that each run took over the same number of triples."""

    name: str
    triples: int
    seconds: list[float] = field(default_factory=list)

    @contextmanager
    def run(self) -> Iterator[None]:
        """Time the block as one run."""
        start = time.perf_counter()
        yield
        self.seconds.append(time.perf_counter() - start)

    @property
    def median(self) -> float:
        """Seconds of the middle run."""
        return median(self.seconds)

    @property
    def rate(self) -> float:
        """Triples a second in the middle run."""
        return self.triples / self.median


def print_table(measurements: list[Measurement], yardstick: Measurement, title: str) -> None:
    """All measurements side by side, each also as a multiple of the yardstick's rate."""
    table = Table("measurement", title=title, title_justify="left")
    for heading in ("triples", "seconds", "triples/s", f"of {yardstick.name}"):
        table.add_column(heading, justify="right")
    for one in measurements:
        table.add_row(
            one.name,
            f"{one.triples:,}",
            f"{one.median:.3f}",
            f"{one.rate:,.0f}",
            f"{one.rate / yardstick.rate:.2f}",
        )
    Console(width=120).print(table)
