"""Records of erased things cut out of raw snapshots."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from kamara.loaders.decoding import Lines
from kamara.loaders.derive import Deriver, Suspect
from kamara.loaders.errors import LoadError
from kamara.loaders.snapshots import RawFiles, SourceFile
from kamara.loaders.source import Source
from kamara.sparql.changeset import Snapshot
from kamara.sparql.erasure import key_pattern


class Redactor:
    """Cuts records out of what is kept of a source's files.

    Of a table, the lines of records that describe an erased thing go, in those that name one its key goes,
    and the others stay as they are. Of any other format nothing is kept.
    """

    def __init__(self, raw: RawFiles, source: Source, deriver: Deriver, scratch: Path) -> None:
        self._raw = raw
        self._source = source
        self._deriver = deriver
        self._scratch = scratch

    def cut(self, snapshot: Snapshot, iri: str = "") -> Snapshot:
        """The snapshot without the records of erased things.

        A record that cannot be attributed to any thing goes too when it holds the key of `iri`.
        """
        if not snapshot.raw:
            return snapshot
        try:
            with self._raw.unpacked(snapshot, self._source) as file:
                return self._without(snapshot, file, iri)
        except LoadError:
            # What can no longer be read cannot be cut either.
            return self._raw.replace(snapshot, None)

    def _without(self, snapshot: Snapshot, file: SourceFile, iri: str) -> Snapshot:
        suspects = list(self._deriver.suspects(file))
        encoding = self._deriver.table_encoding(file)
        if encoding is None:
            return self._raw.replace(snapshot, None) if suspects else snapshot
        by_line = {
            n: suspect for suspect in suspects for n in range(suspect.first_line, suspect.last_line + 1)
        }
        source = Lines(file.path, encoding, file.path.stat().st_size + 1)
        rest = self._scratch / f"{snapshot.sha256}.rest"
        with rest.open("w", encoding=encoding, newline="") as kept:
            for number, line in enumerate(chain.from_iterable(source.blocks()), 1):
                kept.write(_cleared(line, by_line[number], iri) if number in by_line else line)
        try:
            return self._raw.replace(snapshot, rest) if by_line else snapshot
        finally:
            rest.unlink()


def _cleared(line: str, suspect: Suspect, iri: str) -> str:
    """What may be kept of a line of a suspect record."""
    if suspect.describes or (iri and not suspect.names and key_pattern(iri).search(line)):
        return ""
    for name in suspect.names:
        line = key_pattern(name).sub("", line)
    return line
