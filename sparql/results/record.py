"""What is known of a pinned result: all that it takes to make it again and to see that it is the same."""

from __future__ import annotations

import json
import re
from hashlib import sha256

from pydantic import BaseModel, ConfigDict

from kamara.sparql.formats import Form, Format, named
from kamara.sparql.request import QueryRequest

_ID = re.compile(r"[0-9a-f]{32}")
_ID_DIGITS = 32


class ResultRecord(BaseModel):
    """One pinned result.

    `version`, `sequence` and `published` are those of the published version; `bindings` terms in N-Triples;
    `saved` names the saved query that it was, with `values` as they were given; `digest` is the SHA-256 of
    the answer in hexadecimal; `kamara` and `engine` the versions of the software; `pinned` ISO 8601 in UTC.
    `prefixes` are the namespaces that the writer of a graph knew beside the query's own; a record without is
    of a format that has no prefixes, or from a time when every IRI was written in full.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    sequence: int
    published: str
    text: str
    bindings: dict[str, str]
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    default_graph: str
    form: Form
    format_name: str
    saved: str | None
    values: dict[str, str]
    digest: str
    size: int
    rows: int
    pinned: str
    kamara: str
    engine: str
    prefixes: dict[str, str] | None = None

    @property
    def id(self) -> str:
        """The last part of its address: a digest of version, question, format and answer."""
        parts = [
            self.version,
            self.sequence,
            self.published,
            self.text,
            sorted(self.bindings.items()),
            self.default_graphs,
            self.named_graphs,
            self.default_graph,
            self.format_name,
            self.digest,
        ]
        return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:_ID_DIGITS]

    @property
    def format(self) -> Format:
        """The format of the answer."""
        return named(self.format_name, self.form)

    @property
    def request(self) -> QueryRequest:
        """What to ask to make it again."""
        return QueryRequest(
            self.text,
            self.format,
            self.default_graphs,
            self.named_graphs,
            bindings=self.bindings,
            in_full=self.prefixes is None,
            known_prefixes=self.prefixes,
        )

    def mentions(self, iri: str) -> bool:
        """Whether its question names this thing."""
        return any(iri in text for text in (self.text, *self.bindings.values(), *self.values.values()))


def is_result_id(text: str) -> bool:
    """Whether it could be the name of a pinned result."""
    return _ID.fullmatch(text) is not None
