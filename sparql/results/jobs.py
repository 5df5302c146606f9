"""Jobs on the disk: one folder each, what is known of it and, once it is done, its answer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kamara.sparql import durable
from kamara.sparql.formats import Form, Format, named
from kamara.sparql.layout import Layout
from kamara.sparql.results.record import ResultRecord

State = Literal["waiting", "running", "done", "failed"]
_RECORD, _ANSWER, _PART = "job.json", "answer", "answer.part"


class JobRecord(BaseModel):
    """One job. Times are ISO 8601 in UTC; `seconds` is the engine's work, `size` its answer's bytes.

    `problem`: the members of RFC 9457 in English, once it has failed. `result`: what a pinned result would be
    told of its answer, once it is done.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    state: State
    form: Form
    format_name: str
    created: str
    ended: str | None = None
    expires: str | None = None
    version: int | None = None
    size: int = 0
    rows: int | None = None
    seconds: float = 0.0
    digest: str = ""
    problem: dict[str, object] | None = None
    result: ResultRecord | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ("done", "failed")

    @property
    def format(self) -> Format:
        """The format of its answer."""
        return named(self.format_name, self.form)


class JobFiles:
    """The jobs of a data folder. One server writes them."""

    def __init__(self, layout: Layout) -> None:
        self._folder = layout.jobs

    def all(self) -> Iterator[JobRecord]:
        """Every job that can be read; what else stands there is removed."""
        for folder in list(self._folder.iterdir()) if self._folder.is_dir() else ():
            try:
                yield JobRecord.model_validate_json((folder / _RECORD).read_bytes())
            except (OSError, ValidationError):
                shutil.rmtree(folder, ignore_errors=True)

    def write(self, record: JobRecord) -> None:
        """Keep what is known of a job."""
        folder = self._folder / record.id
        folder.mkdir(parents=True, exist_ok=True)
        durable.write_bytes(folder / _RECORD, record.model_dump_json().encode())

    def part(self, name: str) -> Path:
        """The file that a job's answer is written to."""
        return self._folder / name / _PART

    def finish(self, name: str) -> None:
        """The answer is whole."""
        durable.sync_file(self.part(name))
        durable.move(self.part(name), self.answer(name))

    def answer(self, name: str) -> Path:
        """The file with the whole answer."""
        return self._folder / name / _ANSWER

    def drop_part(self, name: str) -> None:
        """Nobody will finish the answer."""
        self.part(name).unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Forget a job and its answer."""
        shutil.rmtree(self._folder / name, ignore_errors=True)
