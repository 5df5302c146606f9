from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urljoin

import httpx
import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, parse
from support.graph import FixedVersions
from support.site import BASE, GRAPH, LINE, Page, sample_store
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.config import Settings
from kamara.resources import bundled
from kamara.site.representations import HTML, RDF, RdfRepresentation, Representation
from kamara.sparql.versions import Version

ADA = "ΨΓ6ΩΩΡ5-ΘΚ4~Β"
MORE = f"""
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<id/thing/{ADA}> rdfs:label "Απόφαση"@el .
<id/thing/τόνος> rdfs:label "accents"@en .
<id/thing/a%20b%2Fc> rdfs:label "space and slash"@en .
<id/thing/report.ttl> rdfs:label "A report"@en .
<id/thing/hostile> rdfs:label "<script>alert(1)</script>"@en .
<id/thing/numbered> <http://example.org/1> "no name for RDF/XML" .
<id/thing/whole/part/1> rdfs:label "A part"@en .
<id/thing/urn:x:y> rdfs:label "colons"@en .
<id/thing/both:1> rdfs:label "plain"@en .
<id/thing/both%3A1> rdfs:label "encoded"@en .
<id/thing/o'clock+(2)> rdfs:label "delimiters"@en .
<id/thing/urn:a%3Ab%25> rdfs:label "mixed"@en .
<id/thing/%CE%91%3a> rdfs:label "as nobody should"@en .
<id/thing/hall/> rdfs:label "a slash at the end"@en .
<code/kae/index> rdfs:label "a code that is called index"@en .
"""
DOC = "/doc/expenditure-line/2016~10~6011.01.01"


@pytest.fixture(scope="module")
def store() -> Store:
    return sample_store(extra=MORE)


@pytest.fixture(scope="module")
def versions(store: Store, tmp_path_factory: pytest.TempPathFactory) -> FixedVersions:
    folder = tmp_path_factory.mktemp("version")
    return FixedVersions(publish(store, folder, 1))


@pytest.fixture(scope="module")
def client(versions: FixedVersions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    with running(create_app(settings, versions)) as address, httpx.Client(base_url=address) as opened:
        yield opened


def publish(store: Store, folder: Path, number: int) -> Version:
    place = folder / f"{number:08d}"
    place.mkdir()
    copy = Store(str(place / "store"))
    copy.bulk_extend(store)
    copy.flush()
    return Version(number, place, number, f"2026-01-0{number}T00:00:00+00:00", len(store))


def triples(content: bytes, format_: RdfFormat) -> set[tuple[object, object, object]]:
    return {(q.subject, q.predicate, q.object) for q in parse(content, format_)}


@pytest.mark.parametrize(
    ("thing", "document"),
    [
        ("/id/expenditure-line/2016~10~6011.01.01", DOC),
        ("/def/BudgetLine", "/doc/def/BudgetLine"),
        ("/def/", "/doc/def/index"),
        ("/def/kae", "/doc/def/kae"),
        ("/code/budget-service/10", "/doc/code/budget-service/10"),
        ("/code/budget-service", "/doc/code/budget-service"),
        ("/graph/budget-expenditure", "/doc/graph/budget-expenditure"),
        ("/dataset/budget-expenditure", "/doc/dataset/budget-expenditure"),
        ("/id/thing/whole/part/1", "/doc/thing/whole/part/1"),
    ],
)
def test_a_thing_leads_to_its_document(client: httpx.Client, thing: str, document: str) -> None:
    answer = client.get(thing)
    assert answer.status_code == 303
    assert not answer.headers["location"].startswith(("/", "http"))
    assert urljoin(thing, answer.headers["location"]) == document
    assert client.get(document).status_code == 200


@pytest.mark.parametrize("representation", [*RDF, *HTML], ids=lambda one: one.suffix)
def test_each_suffix_names_one_representation(client: httpx.Client, representation: Representation) -> None:
    suffix, media_type = representation.suffix, representation.media_type
    answer = client.get(DOC + suffix, headers={"accept": "image/png"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == media_type
    assert "vary" not in answer.headers or "Accept" not in answer.headers["vary"].split(", ")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "text/html"),
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("text/html;q=0.4, text/turtle;q=0.5", "text/turtle"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("application/*", "application/xhtml+xml"),
        ("text/turtle;q=0, */*", "text/html"),
        ("image/png, text/turtle;q=0.1", "text/turtle"),
    ],
)
def test_a_document_is_negotiated(client: httpx.Client, accept: str, media_type: str) -> None:
    answer = client.get(DOC, headers={"accept": accept})
    assert answer.status_code == 200
    expected = {"application/xhtml+xml": "text/html"}.get(media_type, media_type)
    assert answer.headers["content-type"].partition(";")[0] == expected
    assert "Accept" in answer.headers["vary"]
    assert "Accept-Language" in answer.headers["vary"]
    named = client.get(urljoin(DOC, answer.headers["content-location"]))
    assert named.content == answer.content
    assert named.headers["etag"] == answer.headers["etag"]


def test_what_is_not_on_offer_is_406(client: httpx.Client) -> None:
    answer = client.get(DOC, headers={"accept": "image/png"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("wish", "language"),
    [("", "el"), ("en", "en"), ("en-GB,en;q=0.9,el;q=0.1", "en"), ("el;q=0.5, en;q=0.4", "el"), ("fr", "el")],
)
def test_pages_come_in_the_language_of_the_reader(client: httpx.Client, wish: str, language: str) -> None:
    answer = client.get(DOC, headers={"accept": "text/html", "accept-language": wish})
    assert answer.headers["content-language"] == language
    page = Page(answer.text)
    assert page.language == language
    assert page.title
    assert not page.faults


@pytest.mark.parametrize("representation", RDF, ids=lambda one: one.suffix)
def test_rdf_says_what_the_store_says(
    client: httpx.Client, store: Store, representation: RdfRepresentation
) -> None:
    content = client.get(DOC + representation.suffix).content
    found = triples(content, representation.format)
    page = NamedNode(BASE.rstrip("/") + DOC)
    in_store = {(q.subject, q.predicate, q.object) for q in store}
    said = {(q.subject, q.predicate, q.object) for q in store.quads_for_pattern(NamedNode(LINE), None, None)}
    assert said <= found
    assert {one for one in found if one[0] != page} <= in_store
    assert (page, NamedNode("http://xmlns.com/foaf/0.1/primaryTopic"), NamedNode(LINE)) in found
    dataset = NamedNode(f"{BASE}dataset/budget-expenditure")
    assert (page, NamedNode("http://rdfs.org/ns/void#inDataset"), dataset) in found


@pytest.mark.parametrize("form", ["%{:02X}", "%{:02x}"])
def test_any_spelling_of_a_greek_key_finds_the_thing(client: httpx.Client, form: str) -> None:
    fully = "".join(form.format(byte) for byte in ADA.encode())
    for spelling in (quote(ADA), quote(ADA, safe=""), fully):
        answer = client.get(f"/doc/thing/{spelling}.nt")
        assert answer.status_code == 200
        assert f"<{BASE}id/thing/{ADA}>" in answer.text


def test_decomposed_accents_find_the_composed_key(client: httpx.Client) -> None:
    assert client.get("/doc/thing/" + quote("το\u0301νος") + ".nt").status_code == 200


def test_keys_with_encoded_slashes_and_dots(client: httpx.Client) -> None:
    assert client.get("/doc/thing/a%20b%2Fc.ttl").status_code == 200
    assert client.get("/id/thing/a%20b%2fc").headers["location"] == "../../doc/thing/a%20b%2Fc"
    assert client.get("/doc/thing/a%20b/c.ttl").status_code == 404
    assert (
        client.get("/doc/thing/report.ttl", headers={"accept": "text/html"}).headers["content-language"]
        == "el"
    )
    assert client.get("/doc/thing/report.ttl.ttl").headers["content-type"].startswith("text/turtle")


@pytest.mark.parametrize(
    "path",
    [
        "id/thing/urn:x:y",
        "id/thing/both:1",
        "id/thing/both%3A1",
        "id/thing/o'clock+(2)",
        "id/thing/urn:a%3Ab%25",
        "id/thing/%CE%91%3a",
        "id/thing/hall/",
        "code/kae/index",
    ],
)
def test_what_is_published_answers_at_its_own_address(client: httpx.Client, path: str) -> None:
    answer = client.get(f"/{path}", headers={"accept": "text/turtle"}, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.history[0].status_code == 303
    assert answer.history[0].request.url.raw_path == f"/{path}".encode()
    assert NamedNode(BASE + path) in {quad.subject for quad in parse(answer.content, RdfFormat.TURTLE)}
    assert f'<{BASE}{path}>; rel="describes"' in answer.headers["link"]
    place = urljoin(str(answer.url), answer.headers["content-location"])
    assert client.get(place).content == answer.content


def test_two_spellings_are_two_things_when_both_are_published(client: httpx.Client) -> None:
    for spelling, label in [("both:1", "plain"), ("both%3A1", "encoded"), ("both%3a1", "encoded")]:
        assert f'"{label}"@en' in client.get(f"/doc/thing/{spelling}.nt").text


@pytest.mark.parametrize("spelling", ["urn%3Ax%3Ay", "urn%3ax:y", "%75rn:x%3Ay"])
def test_other_spellings_lead_to_the_published_one(client: httpx.Client, spelling: str) -> None:
    assert client.get(f"/id/thing/{spelling}").headers["location"] == "../../doc/thing/urn:x:y"


@pytest.mark.parametrize(
    "path",
    [
        "/id/expenditure-line/nothing",
        "/doc/expenditure-line/nothing",
        "/doc/expenditure-line/nothing.ttl",
        "/doc/nothing",
        "/def/Nothing",
        "/id/def/BudgetLine",
        "/graph/nothing",
        "/doc/graph/nothing.nt",
        "/doc/thing/%FF%FE",
        "/id/",
        "/doc/..%2F..%2Fetc%2Fpasswd",
        "/doc/thing/x%3E%20%7D%20%7B%20%3Fa%20%3Fb%20%3Fc",
        "/index.html.bak",
    ],
)
def test_what_is_not_there_is_a_404_problem(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text


def test_a_browser_gets_a_page_for_what_is_not_there(client: httpx.Client) -> None:
    answer = client.get("/doc/thing/nothing", headers={"accept": "text/html", "accept-language": "en"})
    assert answer.status_code == 404
    page = Page(answer.text)
    assert not page.faults
    assert page.language == "en"
    assert "Not found" in page.title


@pytest.mark.parametrize(
    "path", ["/", "/index.en.html", DOC, DOC + ".ttl", "/doc/graph/budget-expenditure.nt"]
)
def test_head_gives_the_headers_of_get(client: httpx.Client, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("content-type", "etag", "last-modified", "kamara-version"):
        assert head.headers[name] == got.headers[name]


def test_other_methods_are_405(client: httpx.Client) -> None:
    assert client.post(DOC).status_code == 405
    assert client.delete("/id/expenditure-line/2016~10~6011.01.01").status_code == 405


def test_headers_link_to_the_thing_its_kind_and_other_formats(client: httpx.Client) -> None:
    answer = client.get(DOC + ".ttl")
    link = answer.headers["link"]
    assert f'<{LINE}>; rel="describes"' in link
    assert f'<{BASE}def/BudgetLine>; rel="type"' in link
    for part in link.split(", "):
        if 'rel="alternate"' in part:
            target = urljoin(DOC, part[1 : part.index(">")])
            assert client.get(target).status_code == 200


def test_what_a_client_holds_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get(DOC + ".ttl")
    for condition in (
        {"if-none-match": first.headers["etag"]},
        {"if-none-match": f'"other", W/{first.headers["etag"]}'},
        {"if-none-match": "*"},
        {"if-modified-since": first.headers["last-modified"]},
    ):
        again = client.get(DOC + ".ttl", headers=condition)
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == first.headers["etag"]
    assert client.get(DOC + ".nt", headers={"if-none-match": first.headers["etag"]}).status_code == 200
    assert client.get(DOC, headers={"if-modified-since": "yesterday"}).status_code == 200


def test_the_host_does_not_matter(client: httpx.Client) -> None:
    answer = client.get(DOC + ".nt", headers={"host": "example.org"})
    assert f"<{LINE}>" in answer.text
    assert "example.org" not in answer.text


def test_labels_are_text_and_never_markup(client: httpx.Client) -> None:
    page = Page(client.get("/doc/thing/hostile.en.html").text)
    assert "script" not in page.tags
    assert "<script>alert(1)</script>" in page.text


def test_rdf_xml_is_refused_where_it_cannot_express_the_document(client: httpx.Client) -> None:
    assert client.get("/doc/thing/numbered.ttl").status_code == 200
    refused = client.get("/doc/thing/numbered.rdf")
    assert refused.status_code == 406
    assert "Turtle" in refused.json()["detail"]
    both = client.get("/doc/thing/numbered", headers={"accept": "application/rdf+xml, text/turtle;q=0.1"})
    assert both.headers["content-type"].startswith("text/turtle")


def test_a_graph_is_sent_whole(client: httpx.Client, store: Store) -> None:
    in_store = {(q.subject, q.predicate, q.object) for q in store}
    for suffix, format_ in ((".nt", RdfFormat.N_TRIPLES), (".ttl", RdfFormat.TURTLE)):
        answer = client.get("/doc/graph/budget-expenditure" + suffix)
        assert triples(answer.content, format_) == in_store
    assert client.get("/doc/graph/budget-expenditure.rdf").status_code == 406
    page = Page(client.get("/doc/graph/budget-expenditure.en.html").text)
    assert "Graph: Budget expenditure" in page.title
    assert not page.faults


def test_every_link_of_a_page_leads_somewhere(client: httpx.Client) -> None:
    for start in (
        "/index.el.html",
        "/index.en.html",
        DOC + ".en.html",
        "/doc/dataset/budget-expenditure.el.html",
    ):
        for href in Page(client.get(start).text).hrefs:
            if not href.startswith(("http", "#")):
                target = urljoin(start, href)
                assert client.get(target).status_code == 200, f"{start} -> {target}"


def test_the_home_page_says_what_is_here(client: httpx.Client, store: Store) -> None:
    answer = client.get("/", headers={"accept": "text/html", "accept-language": "en"})
    page = Page(answer.text)
    assert not page.faults
    assert "Budget expenditure" in page.text
    assert f"{len(store)}" in page.text
    assert "8 April 2016" in page.text
    counts = client.get("/", headers={"accept": "application/json"}).json()
    assert counts["triples"] == len(store)
    assert [one["graph"] for one in counts["datasets"]] == [GRAPH]
    assert counts["datasets"][0]["title"]["en"] == "Budget expenditure"
    assert client.get("/", headers={"accept": "text/turtle"}).status_code == 406


def test_the_home_page_asks_the_saved_queries(client: httpx.Client) -> None:
    asked = [href for href in Page(client.get("/index.el.html").text).hrefs if href.startswith("query/")]
    assert set(asked) == {f"query/{path.stem}" for path in bundled().queries.glob("*.rq")}
    for href in asked:
        assert client.get(f"/{href}").status_code == 200


def test_the_home_page_has_a_part_for_each_domain(client: httpx.Client) -> None:
    text = Page(client.get("/index.en.html").text).text
    assert text.index("Budget") < text.index("Budget expenditure") < text.index("Saved queries")
    assert "Of all domains" in text
    summaries = client.get("/index.el.html").text
    assert "<summary>Προϋπολογισμός (" in summaries
    assert "<summary>Όλων των τομέων (" in summaries


def test_before_the_first_version_the_home_page_says_so(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path), FixedVersions(None))
    with running(app) as address:
        answer = httpx.get(f"{address}/", headers={"accept": "text/html", "accept-language": "en"})
        assert answer.status_code == 200
        assert "No data has been published yet" in answer.text
        assert httpx.get(f"{address}{DOC}").status_code == 503


def test_a_new_version_changes_documents_and_their_tags(store: Store, tmp_path: Path) -> None:
    versions = FixedVersions(publish(store, tmp_path, 1))
    with running(create_app(Settings(data_dir=tmp_path / "data"), versions)) as address:
        old = httpx.get(f"{address}{DOC}.nt")
        changed = sample_store(extra=f'<{LINE}> <{BASE}def/ka> "new" .')
        versions.version = publish(changed, tmp_path, 2)
        new = httpx.get(f"{address}{DOC}.nt", headers={"if-none-match": old.headers["etag"]})
        assert new.status_code == 200
        assert '"new"' in new.text
        assert new.headers["kamara-version"] == "2"
        assert httpx.get(f"{address}/index.json").json()["triples"] == len(changed)
