"""Which worker a query gets."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from pathlib import Path

from support.graph import numbers, publish
from support.waiting import until

from kamara.config import QuerySettings
from kamara.sparql.pool.crew import Crew
from kamara.sparql.pool.line import Line
from kamara.sparql.pool.process import WorkerProcess
from kamara.sparql.versions import Version


def crew_of(seats: int) -> Crew:
    def start(version: Version) -> WorkerProcess:
        return WorkerProcess(version, QuerySettings(), nullcontext(), crew.gone)

    crew = Crew(Line("quick", seats, 10, 60.0, rank=lambda _: 0, admits=lambda _: True), start, 0)
    return crew


def test_a_worker_that_is_ready_is_left_to_others_while_another_is_starting(tmp_path: Path) -> None:
    async def seat(version: Version) -> None:
        crew = crew_of(seats=2)
        crew.prepare(version)
        ready = crew.seat(version, b"shape")
        await until(lambda: ready.ready)
        starting = crew.seat(version, b"shape")
        for worker in (starting, ready):
            crew.free(worker)
        assert crew.seat(version, b"shape", left=1) is starting
        assert crew.seat(version, b"shape", left=1) is ready
        for worker in (starting, ready):
            crew.free(worker)
        assert crew.seat(version, b"shape") is ready
        crew.dismiss()
        await until(lambda: not crew.processes)

    asyncio.run(seat(publish(tmp_path, numbers(3))))
