"""Pinned results on the disk: one folder each, its record and, while there is room, its answer."""

from __future__ import annotations

import shutil
from pathlib import Path

from pydantic import ValidationError

from kamara.sparql import durable
from kamara.sparql.errors import ResultError
from kamara.sparql.layout import Layout
from kamara.sparql.results.record import ResultRecord, is_result_id
from kamara.sparql.versions import Versions

_RECORD, _ANSWER, _REMOVED = "record.json", "answer", "removed"


class ResultArchive:
    """The pinned results of a data folder. Several processes may read it and add to it."""

    def __init__(self, layout: Layout) -> None:
        self.folder = layout.results

    def all(self) -> list[ResultRecord]:
        """Every record, the oldest first."""
        names = [path.parent.name for path in self.folder.glob(f"[0-9a-f]*/{_RECORD}")]
        return sorted(map(self.get, names), key=lambda record: (record.pinned, record.id))

    def get(self, name: str) -> ResultRecord:
        """The record of this name. Raises ResultError when there is none; `gone` when there was."""
        if not is_result_id(name):
            raise _unknown(name)
        path = self.folder / name / _RECORD
        try:
            return ResultRecord.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            if (self.folder / name / _REMOVED).exists():
                raise ResultError(
                    "was removed", where=name, remedy="ask its query again", gone=True
                ) from error
            raise _unknown(name) from error
        except ValidationError as error:
            raise ResultError(
                "is damaged or from another version of Kamara", where=str(path), remedy="restore a backup"
            ) from error

    def has(self, name: str) -> bool:
        """Whether there is a result of this name."""
        return (self.folder / name / _RECORD).exists()

    def answer(self, record: ResultRecord) -> Path | None:
        """The file that holds the answer; None when it has to be made again."""
        path = self.folder / record.id / _ANSWER
        return path if path.exists() else None

    def kept_bytes(self) -> int:
        """Bytes that the answers take together."""
        return sum(path.stat().st_size for path in self.folder.glob(f"[0-9a-f]*/{_ANSWER}"))

    def add(self, record: ResultRecord, answer: Path | None) -> None:
        """Keep a record, and the file with its answer, which moves here; all of it or nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        staged = self.folder / f".{record.id}.tmp"
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir()
        if answer is not None:
            answer.rename(staged / _ANSWER)
        (staged / _RECORD).write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
        durable.sync_tree(staged)
        shutil.rmtree(self.folder / record.id, ignore_errors=True)
        durable.move(staged, self.folder / record.id)

    def remove(self, record: ResultRecord, versions: Versions) -> None:
        """Forget a result but that it was there; its version may go when no other result cites it."""
        folder = self.folder / record.id
        durable.write_bytes(folder / _REMOVED, b"")
        for name in (_RECORD, _ANSWER):
            (folder / name).unlink(missing_ok=True)
        durable.sync_folder(folder)
        if not any(other.version == record.version for other in self.all()):
            versions.uncite(record.version)

    def forget(self, iri: str, versions: Versions) -> None:
        """After the erasure of a thing: no answer stays that may hold it, no question that names it.

        What can still be made again as it was stays; the versions must have been made again before.
        """
        for path in self.folder.glob(f"*/{_ANSWER}"):
            path.unlink()
        for record in self.all():
            if record.mentions(iri):
                self.remove(record, versions)
            else:
                versions.cite(versions.get(record.version))


def _unknown(name: str) -> ResultError:
    return ResultError("there is no such result", where=name[:60], remedy="look at its address again")
