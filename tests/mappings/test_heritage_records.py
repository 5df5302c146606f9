import csv
from urllib.parse import quote

from openpyxl import Workbook
from support.heritage import ID, NAMESPACES, RDF, load_places, sample_copy

from kamara.loaders.pipeline import load
from kamara.loaders.source import choose, read_sources

DCTERMS, DC, EDM = "http://purl.org/dc/terms/", NAMESPACES["dc"], NAMESPACES["edm"]
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in NAMESPACES.items())


def test_addresses_of_institutions_are_repaired(heritage):
    for root in heritage.edm():
        about = root.find("edm:ProvidedCHO", NAMESPACES).get(f"{RDF}about")
        for shown in root.iterfind("ore:Aggregation/edm:isShownAt", NAMESPACES):
            address = shown.get(f"{RDF}resource").strip()
            rows = heritage.select(
                f'{PREFIXES} SELECT ?page {{ ?o <{DCTERMS}identifier> "{about}" .'
                " ?a edm:aggregatedCHO ?o ; edm:isShownAt ?page }"
            )
            held = any(
                about.replace("/", "%2F") in name for h in heritage.held("edm-records") for name in h.subjects
            )
            assert rows == ([] if held else [{"page": address}])
    assert (
        heritage.select(f"{PREFIXES} SELECT ?s {{ ?s edm:isShownBy ?o FILTER(CONTAINS(STR(?o), ' ')) }}")
        == []
    )


def test_an_address_with_a_space_inside_is_repaired(sample_heritage):
    shown = sample_heritage.values(
        f"{ID}heritage-record/simulated%2Fphotograph%201~aggregation", f"{EDM}isShownBy"
    )
    assert shown == {"https://institution.example/images/photograph%201.jpg"}


def test_an_empty_language_tag_makes_a_text_without_a_language(sample_heritage):
    thing = f"{ID}heritage-record/simulated%2Fphotograph%201"
    rows = sample_heritage.select(f"SELECT (LANG(?o) AS ?language) {{ <{thing}> <{DC}description> ?o }}")
    assert rows == [{"language": ""}]


def test_what_a_record_refers_to_in_its_file_is_under_the_record(sample_heritage):
    thing = f"{ID}heritage-record/simulated%2Fphotograph%201"
    parts = {"creator": DC, "spatial": DCTERMS, "temporal": DCTERMS}
    keys = {
        "creator": "~agent~%23photographer",
        "spatial": "~place~%23rotunda",
        "temporal": "~time~%2320th-century",
    }
    for name, namespace in parts.items():
        (part,) = sample_heritage.values(thing, namespace + name)
        assert part == thing + keys[name]
        assert sample_heritage.values(part, f"{DCTERMS}source") == {f"{thing}~aggregation"}
        assert len(sample_heritage.values(part, "http://www.w3.org/2000/01/rdf-schema#label")) == 2


def test_image_services_are_those_of_the_files(heritage):
    stated = {
        element.get(f"{RDF}resource")
        for root in heritage.edm()
        for element in root.iterfind("edm:WebResource/svcs:has_service", NAMESPACES)
    }
    rows = heritage.select(
        f"{PREFIXES} SELECT DISTINCT ?service {{ ?a ore:aggregates/svcs:has_service ?service }}"
    )
    assert {row["service"] for row in rows} == stated
    assert stated


def test_an_oai_record_says_who_provides_it(heritage):
    for record in heritage.oai():
        identifier = record.findtext("oai:header/oai:identifier", namespaces=NAMESPACES)
        publishers = {element.text.strip() for element in record.iter(f"{{{DC}}}publisher")}
        rows = heritage.select(
            f'{PREFIXES} SELECT ?name {{ ?o <{DCTERMS}identifier> "{identifier}" .'
            " ?a edm:aggregatedCHO ?o ; edm:dataProvider ?name }"
        )
        assert {row["name"] for row in rows} == (publishers or {identifier.split(":")[1]})


def test_a_file_that_is_no_xml_is_refused_by_name_and_nothing_changes(tmp_path):
    place = sample_copy("edm-records", tmp_path)
    before = load_places(tmp_path / "data", {"edm-records": place})
    letter = place / "letter.xml"
    letter.write_text(letter.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    report = load(before.settings, choose(read_sources(before.settings.resources), ["edm-records"]), place)
    assert "letter.xml" in str(report.failures["edm-records"])
    assert not report.changed


def test_a_record_without_an_institution_is_held_and_its_parts_with_it(tmp_path):
    place = sample_copy("edm-records", tmp_path)
    photograph = place / "photograph.xml"
    lines = photograph.read_text(encoding="utf-8").splitlines(keepends=True)
    photograph.write_text("".join(line for line in lines if "edm:dataProvider" not in line), encoding="utf-8")
    heritage = load_places(tmp_path / "data", {"edm-records": place})
    assert {held.file.split()[0] for held in heritage.held("edm-records")} == {"photograph.xml"}
    left = heritage.select(
        "SELECT DISTINCT ?s { ?s ?p ?o FILTER(CONTAINS(STR(?s), '/id/heritage-record/')) }"
    )
    assert {row["s"].rpartition("/")[2].partition("~")[0] for row in left} == {"simulated%2Fletter-2"}


def test_a_workbook_gives_what_its_table_gives(sample_heritage, tmp_path):
    with (sample_heritage.places["institution-table"] / "collection.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter=";"))
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "collection.xlsx")
    heritage = load_places(tmp_path / "data", {"institution-table": tmp_path / "collection.xlsx"})
    objects = (
        "SELECT ?s ?p ?o { ?s ?p ?o FILTER(CONTAINS(STR(?s), '/id/collection-object/')) } ORDER BY ?s ?p ?o"
    )
    assert heritage.select(objects) == sample_heritage.select(objects)
    assert heritage.outcomes[-1].counts.published == len(rows) - 1


def test_titles_keep_the_four_languages_and_lose_no_text(heritage):
    held = {name for record in heritage.held("edm-records") for name in record.subjects}
    expected = set()
    for root in heritage.edm():
        about = root.find("edm:ProvidedCHO", NAMESPACES).get(f"{RDF}about")
        thing = f"{ID}heritage-record/{quote(about, safe='')}"
        own = [one for one in root.iterfind("ore:Proxy", NAMESPACES) if not is_europeanas(one)]
        for part in [root.find("edm:ProvidedCHO", NAMESPACES), *own]:
            for title in part.iterfind("dc:title", NAMESPACES):
                language = title.get(LANGUAGE, "")
                kept = language if language in ("el", "en", "fr", "de") else ""
                expected |= {(thing, title.text, kept)} if f"<{thing}>" not in held else set()
    rows = heritage.select(
        f"{PREFIXES} SELECT ?o ?t (LANG(?t) AS ?l) {{ ?o a edm:ProvidedCHO ; dc:title ?t }}"
    )
    assert {(row["o"], row["t"], row["l"]) for row in rows if "/heritage-record/" in row["o"]} == expected


def is_europeanas(proxy):
    """Whether a proxy holds what Europeana adds to an institution's record."""
    return proxy.findtext("edm:europeanaProxy", namespaces=NAMESPACES) == "true"


def test_two_objects_in_one_record_are_held(tmp_path):
    place = sample_copy("edm-records", tmp_path)
    letter = place / "letter.xml"
    second = '<edm:ProvidedCHO rdf:about="simulated/letter-3"/></rdf:RDF>'
    letter.write_text(letter.read_text(encoding="utf-8").replace("</rdf:RDF>", second), encoding="utf-8")
    heritage = load_places(tmp_path / "data", {"edm-records": place})
    (held,) = heritage.held("edm-records")
    assert held.file.startswith("letter.xml")


def test_a_deleted_record_is_none(tmp_path):
    place = sample_copy("oai-records", tmp_path)
    records = place / "records.xml"
    records.write_text(
        records.read_text(encoding="utf-8").replace("<header>", '<header status="deleted">', 1),
        encoding="utf-8",
    )
    heritage = load_places(tmp_path / "data", {"oai-records": place})
    assert heritage.held("oai-records") == []
    assert heritage.outcomes[-1].counts.published == 1


def test_edm_inside_of_oai_pmh_is_read_too(sample_heritage, tmp_path):
    letter = (sample_heritage.places["edm-records"] / "letter.xml").read_text(encoding="utf-8")
    _, _, record = letter.partition("?>")
    (tmp_path / "harvest.xml").write_text(
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><metadata>'
        f"{record}</metadata></record></ListRecords></OAI-PMH>",
        encoding="utf-8",
    )
    heritage = load_places(tmp_path / "data", {"edm-records": tmp_path / "harvest.xml"})
    thing = f"{ID}heritage-record/simulated%2Fletter-2"
    assert heritage.values(thing, f"{DC}title") == sample_heritage.values(thing, f"{DC}title")
    assert heritage.values(thing, f"{DC}title")
