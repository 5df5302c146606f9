"""What a dataset says of itself, in its own graph."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kamara.loaders.description import Bilingual, Described
from kamara.loaders.snapshots import SourceFile
from kamara.loaders.source import Source
from kamara.sparql.terms import RDF_TYPE, XSD, literal

_SIMULATED = Bilingual(
    el="Προσομοιωμένα δεδομένα: κανένα στοιχείο δεν είναι πραγματικό.",
    en="Simulated data: nothing in it is a fact.",
)
_DCTERMS = "http://purl.org/dc/terms/"
_VOID = "http://rdfs.org/ns/void#"
_DCAT = "http://www.w3.org/ns/dcat#"


def dataset_iri(base_iri: str, name: str) -> str:
    """The address of a dataset."""
    return f"{base_iri}dataset/{name}"


@dataclass(frozen=True)
class Origin:
    """Where the files of a snapshot are from: in words, and whether their content is simulated."""

    provenance: str
    simulated: bool = False
    note: Bilingual | None = None


def origin_of(source: Source, file: SourceFile) -> Origin:
    """What `source` says of its samples, when `file` is one of them, or else of its own files."""
    about = source.about
    if file.simulated:
        return Origin(f"Simulated files, in the format of: {about.source}", simulated=True, note=_SIMULATED)
    if not file.sample:
        return Origin(about.source)
    told = about.sample
    return Origin(told.source if told else about.source, about.simulated, told.note if told else None)


def describe_dataset(dataset: Described, base_iri: str, origin: Origin, day: date | None) -> list[str]:
    """The lines about a dataset: its names, licence, provenance, publisher, theme, last day."""
    about = dataset.about
    publisher = [("publisher", f"<{base_iri}{about.publisher}>")] if about.publisher else []
    modified = [("modified", literal(day.isoformat(), datatype=f"{XSD}date"))] if day else []
    described = [
        *_bilingual("title", about.title),
        *_bilingual("description", about.description),
        *(_bilingual("description", origin.note) if origin.note else ()),
        ("license", f"<{about.licence}>"),
        ("provenance", literal(origin.provenance, language="en")),
        *publisher,
        *modified,
    ]
    subject = f"<{dataset_iri(base_iri, dataset.name)}>"
    theme = [f"<{base_iri}code/dataset-theme/{about.theme}>"] if about.theme else []
    return [
        f"{subject} <{RDF_TYPE}> <{_DCAT}Dataset> .\n",
        f"{subject} <{RDF_TYPE}> <{_VOID}Dataset> .\n",
        f'{subject} <{base_iri}def/simulated> "{str(origin.simulated).lower()}"^^<{XSD}boolean> .\n',
        *(f"{subject} <{_DCTERMS}{term}> {value} .\n" for term, value in described),
        *(f"{subject} <{_DCAT}theme> {one} .\n" for one in theme),
    ]


def count_records(name: str, base_iri: str, records: int, held: int) -> list[str]:
    """The lines about the last snapshot of a dataset: its records, and how many of them are in quarantine."""
    subject = f"<{dataset_iri(base_iri, name)}>"
    counts = {"recordCount": records, "quarantinedCount": held}
    return [
        f"{subject} <{base_iri}def/{term}> {literal(str(count), datatype=f'{XSD}integer')} .\n"
        for term, count in counts.items()
    ]


def _bilingual(term: str, text: Bilingual) -> list[tuple[str, str]]:
    return [(term, literal(text.el, language="el")), (term, literal(text.en, language="en"))]
