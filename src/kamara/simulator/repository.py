"""A repository's records in Dublin Core, as OAI-PMH gives them."""

from __future__ import annotations

from datetime import date, timedelta

from kamara.simulator.work import YEAR, Work

SOURCE = "oai-records"
_DUBLIN_CORE = (
    'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def write_repository(work: Work) -> None:
    """Write `records.xml`."""
    numbers, words = work.random(SOURCE), work.words["heritage"]
    with work.writing(SOURCE, "records.xml") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        file.write('<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">\n<ListRecords>\n')
        for number in range(1, work.counts.oai_records + 1):
            kind = numbers.randrange(len(words["object_el"]))
            stamp = date(YEAR, 1, 1) + timedelta(days=numbers.randrange(365))
            file.write(f"""<record>
  <header>
    <identifier>oai:repository.example:simulated/{number}</identifier>
    <datestamp>{stamp}</datestamp>
  </header>
  <metadata>
    <oai_dc:dc {_DUBLIN_CORE}>
      <dc:title xml:lang="el">{words["object_el"][kind]} {number} του αποθετηρίου (προσομοίωση)</dc:title>
      <dc:title xml:lang="en">{words["object_en"][kind]} {number} of the repository (simulated)</dc:title>
      <dc:publisher>Προσομοιωμένο αρχείο</dc:publisher>
      <dc:type>{words["object_type"][kind].title()}</dc:type>
      <dc:identifier>https://repository.example/items/{number}</dc:identifier>
      <dc:language>el</dc:language>
      <dc:rights>http://creativecommons.org/publicdomain/zero/1.0/</dc:rights>
    </oai_dc:dc>
  </metadata>
</record>
""")
            work.expectation(SOURCE).records += 1
        file.write("</ListRecords>\n</OAI-PMH>\n")
