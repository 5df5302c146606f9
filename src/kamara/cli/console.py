"""What long work shows on a terminal: a progress line while it runs, one line for what is done."""

from __future__ import annotations

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

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
    """Columns on stdout, aligned and never folded, so that a script can read them too."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in [headings, *rows]:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
