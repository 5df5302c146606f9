"""Institutions' records in the Europeana Data Model, some dozens to a file, inside of OAI-PMH."""

from __future__ import annotations

from random import Random
from typing import TextIO
from xml.sax.saxutils import quoteattr

from kamara.simulator.work import Work, position

SOURCE = "edm-records"
_TO_A_FILE = 50
_NAMESPACES = """xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:dcterms="http://purl.org/dc/terms/"
    xmlns:edm="http://www.europeana.eu/schemas/edm/"
    xmlns:ore="http://www.openarchives.org/ore/terms/"
    xmlns:skos="http://www.w3.org/2004/02/skos/core#"
    xmlns:wgs84_pos="http://www.w3.org/2003/01/geo/wgs84_pos#\""""
_RIGHTS = "http://creativecommons.org/publicdomain/zero/1.0/"
# An object, its place and its web resource are records of their own for whoever counts.
_PARTS = 3


def write_edm(work: Work) -> None:
    """Write `records-0001.xml` and so on; what is wrong in some of them is in rates.toml."""
    numbers = work.random(SOURCE)
    total = work.counts.heritage_records
    for first in range(1, total + 1, _TO_A_FILE):
        with work.writing(SOURCE, f"records-{first // _TO_A_FILE + 1:04}.xml") as file:
            file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
            file.write('<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">\n<ListRecords>\n')
            for number in range(first, min(first + _TO_A_FILE, total + 1)):
                _write_record(work, numbers, number, file)
            file.write("</ListRecords>\n</OAI-PMH>\n")


def _write_record(work: Work, numbers: Random, number: int, file: TextIO) -> None:
    expected, words = work.expectation(SOURCE), work.words["heritage"]
    kind = numbers.randrange(len(words["object_el"]))
    spaced, blank = work.falls(numbers, "edm-spaces"), work.falls(numbers, "edm-empty-language")
    nameless = work.falls(numbers, "edm-without-provider")
    expected.records += _PARTS
    expected.cases["records"] += 1
    expected.cases["spaces"] += spaced
    expected.cases["empty language"] += blank
    if nameless:
        expected.quarantined["no institution"] += 1
        expected.quarantined["part of a record held back"] += _PARTS - 1
    about = f"simulated/object {number}" if spaced else f"simulated/object-{number}"
    image = f"https://institution.example/images/{number}.jpg"
    provider = "" if nameless else _provider(numbers.randrange(1, 6))
    street = f"Οδός Προσομοίωσης {numbers.randrange(1, work.counts.streets + 1)}"
    lon, lat = position(numbers)
    file.write(f"""<record><header><identifier>oai:institution.example:{number}</identifier></header><metadata>
<rdf:RDF {_NAMESPACES}>
  <edm:ProvidedCHO rdf:about={quoteattr(about)}>
    <dc:title xml:lang="el">{words["object_el"][kind]} {number} (προσομοίωση)</dc:title>
    <dc:title xml:lang="en">{words["object_en"][kind]} {number} (simulated)</dc:title>
    <dc:description xml:lang="{"" if blank else "el"}">Προσομοιωμένη εγγραφή.</dc:description>
    <dc:identifier>{about}</dc:identifier>
    <dcterms:spatial rdf:resource="#place"/>
    <edm:type>{words["object_type"][kind]}</edm:type>
  </edm:ProvidedCHO>
  <edm:WebResource rdf:about={quoteattr((" " if spaced else "") + image)}>
    <dc:format>image/jpeg</dc:format>
    <edm:rights rdf:resource="{_RIGHTS}"/>
  </edm:WebResource>
  <edm:Place rdf:about="#place">
    <wgs84_pos:lat>{lat}</wgs84_pos:lat>
    <wgs84_pos:long>{lon}</wgs84_pos:long>
    <skos:prefLabel xml:lang="el">{street}</skos:prefLabel>
  </edm:Place>
  <ore:Aggregation rdf:about={quoteattr(about + "#aggregation")}>
    <edm:aggregatedCHO rdf:resource={quoteattr(about)}/>{provider}
    <edm:isShownAt rdf:resource="https://institution.example/{number}"/>
    <edm:isShownBy rdf:resource={quoteattr((" " if spaced else "") + image)}/>
    <edm:rights rdf:resource="{_RIGHTS}"/>
  </ore:Aggregation>
</rdf:RDF>
</metadata></record>
""")


def _provider(number: int) -> str:
    return f"""
    <edm:dataProvider xml:lang="el">Προσομοιωμένος φορέας {number}</edm:dataProvider>
    <edm:dataProvider xml:lang="en">Simulated institution {number}</edm:dataProvider>"""
