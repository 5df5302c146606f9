"""What long work shows on a terminal: a progress line while it runs, one line for what is done."""

from __future__ import annotations

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from kamara.sparql.watcher import Watcher

_PHASES = {
    "commit.begin": "writing the change set",
    "commit.acknowledged": "change set is on the disk",
    "project.begin": "bringing the store up to the log",
    "publish.begin": "publishing",
}


class ProgressWatcher(Watcher):
    """Shows steps and record counts on `console` (stderr, so that stdout stays clean)."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("starting", total=None)

    def step(self, name: str) -> None:
        """Show the phase that a step begins."""
        if name in _PHASES:
            self._progress.update(self._task, description=_PHASES[name])

    def progress(self, task: str, records: int) -> None:
        """Show how many records are read."""
        self._progress.update(self._task, description=f"{task}: {records:,} records")


def progress_line() -> Progress:
    """A progress display that goes away when it is done and is silent where there is no terminal."""
    console = Console(stderr=True)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def say(line: str) -> None:
    """One line on stdout, as it is: no markup, no wrapping."""
    Console(soft_wrap=True, highlight=False, markup=False).print(line)


def complain(line: str) -> None:
    """One line on stderr, as it is."""
    Console(stderr=True, soft_wrap=True, highlight=False, markup=False).print(line)


def table(headings: list[str], rows: list[list[str]]) -> None:
    """A plain table on stdout; columns of numbers are aligned by their reader's eye, not folded."""
    shown = Table(box=None, pad_edge=False)
    for heading in headings:
        shown.add_column(heading, overflow="fold", no_wrap=False)
    for row in rows:
        shown.add_row(*row)
    Console(markup=False, highlight=False).print(shown)
