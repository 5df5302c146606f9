"""Mapping rate: `kamara map` over CSV, JSON and XML with seven triples a record, beside bare loops.

All are whole processes, start, reading and writing included, one core each.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

TRIPLES_A_ROW = 7

TEMPLATE = """
@prefix rml: <http://w3id.org/rml/> .
@prefix ex: <http://example.org/def/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<#lines> rml:logicalSource [ SOURCE ] ;
  rml:subjectMap [ rml:template "http://example.org/id/line/{id}~{code}" ; rml:class ex:Line ] ;
  rml:predicateObjectMap
    [ rml:predicate rdfs:label ; rml:objectMap [ rml:reference "name" ; rml:language "el" ] ] ,
    [ rml:predicate ex:service ; rml:objectMap [ rml:template "http://example.org/code/{service}" ] ] ,
    [ rml:predicate ex:code ; rml:objectMap [ rml:reference "code" ] ] ,
    [ rml:predicate ex:amount ; rml:objectMap [ rml:reference "amount" ; rml:datatype xsd:decimal ] ] ,
    [ rml:predicate ex:day ; rml:objectMap [ rml:reference "day" ; rml:datatype xsd:date ] ] ,
    [ rml:predicate rdfs:comment ; rml:objectMap [ rml:reference "note" ] ] .
"""

WRITE = """
EX, RDFS = "http://example.org/", "http://www.w3.org/2000/01/rdf-schema#"
XSD, TYPE = "http://www.w3.org/2001/XMLSchema#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
with open("bare.nq", "w", encoding="utf-8") as out:
    for id, name, service, code, amount, day, note in records():
        s = f"<{EX}id/line/{id}~{code}>"
        out.write(
            f'{s} <{TYPE}> <{EX}def/Line> .\\n'
            f'{s} <{EX}def/code> "{code}" .\\n'
            f'{s} <{RDFS}label> "{name}"@el .\\n'
            f'{s} <{EX}def/service> <{EX}code/{service}> .\\n'
            f'{s} <{EX}def/amount> "{amount}"^^<{XSD}decimal> .\\n'
            f'{s} <{EX}def/day> "{day}"^^<{XSD}date> .\\n'
            f'{s} <{RDFS}comment> "{note}" .\\n'
        )
"""

READ_CSV = """
import csv
def records():
    with open("rows.csv", encoding="utf-8", newline="") as rows:
        reader = csv.reader(rows)
        next(reader)
        yield from reader
"""

READ_JSON = """
import json
def records():
    with open("rows.json", encoding="utf-8") as rows:
        for r in json.load(rows)["rows"]:
            yield r["id"], r["name"], r["service"], r["code"], r["amount"], r["day"], r["note"]
"""

READ_XML = """
from lxml import etree
def records():
    for _, e in etree.iterparse("rows.xml", tag="row"):
        yield [child.text for child in e]
        e.clear()
        while e.getprevious() is not None:
            del e.getparent()[0]
"""


@dataclass(frozen=True)
class Format:
    """A format: its name, the file of rows, what a mapping says of it, and how a bare loop reads it."""

    name: str
    file: str
    source: str
    read: str


FORMATS = (
    Format("CSV", "rows.csv", 'rml:source "rows.csv" ; rml:referenceFormulation rml:CSV', READ_CSV),
    Format(
        "JSON",
        "rows.json",
        'rml:source "rows.json" ; rml:iterator "$.rows[*]" ; rml:referenceFormulation rml:JSONPath',
        READ_JSON,
    ),
    Format(
        "XML",
        "rows.xml",
        'rml:source "rows.xml" ; rml:iterator "/rows/row" ; rml:referenceFormulation rml:XPath',
        READ_XML,
    ),
)
MAPPING = TEMPLATE.replace("SOURCE", FORMATS[0].source)


@dataclass(frozen=True)
class Rate:
    """Median triples a second of one way to write the same lines, and its ratio to the bare loop's."""

    name: str
    triples_per_second: float
    ratio: float


def write_rows(path: Path, rows: int) -> None:
    """A CSV of `rows` simulated lines at `path`; the same each time."""
    with path.open("w", encoding="utf-8") as file:
        file.write("id,name,service,code,amount,day,note\n")
        file.writelines(
            f"{n},Γραμμή {n % 977} του προϋπολογισμού,{n % 37},60{n % 100:02}.{n % 10:02},"
            f"{n * 7 % 100_000}.{n % 100:02},2016-04-{n % 28 + 1:02},note {n}\n"
            for n in range(rows)
        )


def write_copies(folder: Path) -> None:
    """The rows of `rows.csv` in `folder` as JSON and XML: each a record of texts."""
    with (
        (folder / "rows.csv").open(encoding="utf-8", newline="") as table,
        (folder / "rows.json").open("w", encoding="utf-8") as as_json,
        (folder / "rows.xml").open("w", encoding="utf-8") as as_xml,
    ):
        as_json.write('{"rows": [\n')
        as_xml.write("<rows>\n")
        for number, row in enumerate(csv.DictReader(table)):
            as_json.write((",\n" if number else "") + json.dumps(row, ensure_ascii=False))
            as_xml.write(
                "<row>" + "".join(f"<{key}>{text}</{key}>" for key, text in row.items()) + "</row>\n"
            )
        as_json.write("\n]}\n")
        as_xml.write("</rows>\n")


def measure(runs: int, rows: int = 1_000_000) -> list[Rate]:
    """Map `rows` rows `runs` times each way, in turns, and check that both wrote the same."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_rows(folder / "rows.csv", rows)
        write_copies(folder)
        return [rate for one in FORMATS for rate in _measure(one, folder, runs, rows)]


def _measure(one: Format, folder: Path, runs: int, rows: int) -> Iterator[Rate]:
    (folder / "mapping.ttl").write_text(TEMPLATE.replace("SOURCE", one.source), encoding="utf-8")
    kamara = [str(Path(sys.executable).with_name("kamara")), "map", "mapping.ttl", "mapped.nq"]
    loop = [sys.executable, "-c", one.read + WRITE]
    seconds = [(_timed(folder, loop), _timed(folder, kamara)) for _ in range(runs)]
    _same(folder / "bare.nq", folder / "mapped.nq")
    bare, mapped = (rows * TRIPLES_A_ROW / median(times) for times in zip(*seconds, strict=True))
    yield Rate(f"bare Python loop, {one.name}", bare, 1.0)
    yield Rate(f"kamara map, {one.name}", mapped, mapped / bare)


def _timed(folder: Path, command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, timeout=600)
    return time.perf_counter() - start


def _same(one: Path, other: Path) -> None:
    with one.open("rb") as bare, other.open("rb") as mapped:
        if any(
            set(a) != set(b) for a, b in zip(_records(bare.readline), _records(mapped.readline), strict=True)
        ):
            raise AssertionError(f"{one} and {other} differ")


def _records(readline: Callable[[], bytes]) -> Iterator[list[bytes]]:
    return iter(lambda: [readline() for _ in range(TRIPLES_A_ROW)], [b""] * TRIPLES_A_ROW)


if __name__ == "__main__":
    for rate in measure(3):
        sys.stdout.write(f"{rate.name:24} {rate.triples_per_second:12,.0f} triples/s  {rate.ratio:.2f}\n")
