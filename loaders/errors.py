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
├── EditError           a change to an edited dataset is refused; what stood there stays
│   ├── PayloadError        what was sent cannot be read
│   ├── UnofferedError      a form of update that is not offered
│   ├── AbsentError         there is no such graph
│   ├── ForbiddenError      the editor may not write into this dataset
│   ├── PreconditionError   the graph is in another state than the editor thinks
│   ├── TooLargeError       the dataset would be larger than edited ones may be
│   └── InvalidEditError    the coming state breaks shapes, rules or ownership
├── ReasonerError       the reasoner breaks, or does not end in time
└── CheckError          `kamara check` found something
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamara.errors import KamaraError

if TYPE_CHECKING:
    from kamara.loaders.validation.violations import Violation


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


class EditError(LoadError):
    """A change to an edited dataset is refused; what stood there stays."""


class PayloadError(EditError):
    """What was sent is not RDF, not an update, or holds what no dataset can."""


class UnofferedError(EditError):
    """A form of update that is not offered."""


class AbsentError(EditError):
    """There is no such graph."""


class ForbiddenError(EditError):
    """The editor may not write into this dataset."""


class PreconditionError(EditError):
    """The graph is in another state than the one that the change is meant for."""


class TooLargeError(EditError):
    """The dataset would hold more triples than an edited one may."""


class InvalidEditError(EditError):
    """The coming state breaks shapes, rules or ownership. `faults` are the first of its violations."""

    def __init__(
        self, what: str, *, where: str = "", remedy: str = "", faults: tuple[Violation, ...] = ()
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.faults = faults


class ReasonerError(LoadError):
    """The reasoner breaks, or does not end in time: nothing is known of the ontology."""

    exit_code = 1


class CheckError(LoadError):
    """The ontology, shapes, mappings and queries do not agree."""
