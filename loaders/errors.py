"""Errors of the way in.

LoadError
├── SourceError         source.toml or the source's files
│   ├── EncodingError   the bytes are not in the stated encoding
│   ├── TableError      headings or rows do not fit the mapping
│   ├── RecordError     one record cannot be mapped: it goes to quarantine
│   ├── FetchError      a server does not give the source's files
│   │   └── AddressError    it is at an address that nothing is fetched from
│   └── ArchiveError    an archive is broken, or holds what it may not
├── MappingError        the RML mapping cannot be compiled
├── ShapeError          a shapes file cannot be used
├── SystematicError     so many violations that the fault is not in single records
├── OwnershipError      a batch describes another dataset's things
├── RuleError           a rule over the whole dataset is broken
├── DerivationError     a dataset cannot be derived from others by its rules
├── ReasonerError       the reasoner breaks, or does not end in time
└── CheckError          `kamara check` found something
"""

from __future__ import annotations

from kamara.errors import KamaraError


class LoadError(KamaraError):
    """A source cannot be loaded; what was there before stays."""

    exit_code = 3


class SourceError(LoadError):
    """The source's description or its files are wrong."""


class EncodingError(SourceError):
    """Bytes that are not in the stated encoding."""


class TableError(SourceError):
    """A table whose headings or rows do not fit."""


class RecordError(SourceError):
    """One record cannot be mapped. `column`, `found` and `expected` say why, for a person.

    `expected_el` says in Greek what `expected` says in English.
    """

    def __init__(
        self, what: str, *, column: str = "", found: str = "", expected: str = "", expected_el: str = ""
    ) -> None:
        super().__init__(what)
        self.column = column
        self.found = found
        self.expected = expected
        self.expected_el = expected_el or expected


class FetchError(SourceError):
    """A server does not give what was asked for; what was there before stays."""


class AddressError(FetchError):
    """A server at a private, loopback, link-local or otherwise non-public address."""


class ArchiveError(SourceError):
    """A packed file that is broken, or unpacks to what it may not."""


class MappingError(LoadError):
    """The RML mapping cannot be compiled."""


class ShapeError(LoadError):
    """A shapes file cannot be used."""


class SystematicError(LoadError):
    """A batch has so many violations that the fault is in the mapping, the shapes or the whole source."""


class OwnershipError(LoadError):
    """A batch asserts triples about things that another dataset owns."""


class RuleError(LoadError):
    """A rule over the whole dataset is broken; nothing was published."""


class DerivationError(LoadError):
    """A dataset cannot be derived from others; what it held before stays."""


class ReasonerError(LoadError):
    """The reasoner breaks, or does not end in time: nothing is known of the ontology."""

    exit_code = 1


class CheckError(LoadError):
    """The ontology, shapes, mappings and queries do not agree."""
