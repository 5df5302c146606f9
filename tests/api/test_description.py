"""What the service says of itself at /sparql, read with another library than it was written with."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from pyoxigraph import Store
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, SH, VOID, XSD
from support.graph import FixedVersions, publish
from support.site import sample_store
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.api.description.declared import read_declared
from kamara.config import Settings
from kamara.resources import DEFAULT_BASE, bundled
from kamara.sparql.formats import FORMATS
from kamara.sparql.queries import read_queries

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SCHEMA = Namespace("https://schema.org/")
GEOF = "http://www.opengis.net/def/function/geosparql/"
FORMS = {"text/turtle": "turtle", "application/rdf+xml": "xml", "application/n-triples": "nt"}
FORMS["application/ld+json"] = "json-ld"
LIBRARY = read_queries(bundled().queries)
QUADS = list(sample_store())


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    versions = FixedVersions(publish(tmp_path_factory.mktemp("version"), QUADS))
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        query={"deadline_seconds": 7.5},  # type: ignore[arg-type]
    )
    with running(create_app(settings, versions)) as address, httpx.Client(base_url=address) as opened:
        yield opened


def described(client: httpx.Client, media_type: str) -> Graph:
    answer = client.get("/sparql", headers={"accept": media_type})
    assert answer.headers["content-type"].startswith(media_type)
    return Graph().parse(data=answer.text, format=FORMS[media_type])


@pytest.fixture(scope="module")
def graph(client: httpx.Client) -> Graph:
    return described(client, "text/turtle")


@pytest.fixture(scope="module")
def service(client: httpx.Client) -> URIRef:
    return URIRef(f"{client.base_url}/sparql".replace("//sparql", "/sparql"))


def test_it_says_the_same_in_every_format(client: httpx.Client, graph: Graph) -> None:
    for media_type in FORMS:
        assert set(described(client, media_type)) == set(graph)


def test_it_is_not_sent_again_while_the_version_stays(client: httpx.Client) -> None:
    wanted = {"accept": "text/turtle"}
    first = client.get("/sparql", headers=wanted)
    assert first.headers["kamara-version"] == "1"
    again = client.get("/sparql", headers={**wanted, "if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_it_is_one_service_at_its_own_address(graph: Graph, service: URIRef) -> None:
    assert list(graph.subjects(RDF.type, SD.Service)) == [service]
    assert list(graph.objects(service, SD.endpoint)) == [service]
    assert set(graph.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query}
    assert {str(one) for one in graph.objects(service, SD.resultFormat)} == {one.iri for one in FORMATS}
    assert SD.UnionDefaultGraph in graph.objects(service, SD.feature)
    assert {one.language for one in graph.objects(service, RDFS.label) if isinstance(one, Literal)} == {
        "el",
        "en",
    }


def test_every_graph_is_there_with_its_size_and_dataset(graph: Graph, service: URIRef) -> None:
    counted: dict[str, int] = {}
    for quad in QUADS:
        counted[quad.graph_name.value] = counted.get(quad.graph_name.value, 0) + 1
    (dataset,) = graph.objects(service, SD.defaultDataset)
    told = {}
    for named in graph.objects(dataset, SD.namedGraph):
        (name,), (content,) = graph.objects(named, SD.name), graph.objects(named, SD.graph)
        assert str(content) == str(name).replace("/graph/", "/dataset/")
        (told[str(name)],) = (size.toPython() for size in graph.objects(content, VOID.triples))
    assert told == counted
    assert list(graph.objects(None, DCTERMS.title))


def test_every_saved_query_is_there_with_its_question_and_parameters(
    client: httpx.Client, graph: Graph, service: URIRef
) -> None:
    root = str(client.base_url).rstrip("/")
    assert {str(one) for one in graph.subjects(SCHEMA.target, service)} == {
        f"{root}/query/{name}" for name in LIBRARY
    }
    for name, saved in LIBRARY.items():
        query = URIRef(f"{root}/query/{name}")
        assert SH.SPARQLExecutable in graph.objects(query, RDF.type)
        assert {
            one.language: str(one) for one in graph.objects(query, RDFS.comment) if isinstance(one, Literal)
        } == dict(saved.question)
        texts = [str(one) for by in (SH.select, SH.ask, SH.construct) for one in graph.objects(query, by)]
        assert texts == [saved.text]
        nodes = list(graph.objects(query, SH.parameter))
        variables = {str(path).rpartition("#")[2] for node in nodes for path in graph.objects(node, SH.path)}
        assert variables == set(saved.parameters)
        defaults = sum(1 for node in nodes for _ in graph.objects(node, SH.defaultValue))
        assert defaults == sum(one.default is not None for one in saved.parameters.values())


def test_a_parameter_has_the_datatype_that_is_checked(client: httpx.Client, graph: Graph) -> None:
    place = f"{str(client.base_url).rstrip('/')}/query/budget-as-of#parameter-day"
    assert list(graph.objects(URIRef(place), SH.datatype)) == [XSD.date]


def test_limits_are_those_of_the_settings(graph: Graph, service: URIRef) -> None:
    limit = URIRef(f"{DEFAULT_BASE}def/limit")
    told = {
        str(graph.value(node, SCHEMA.name)): graph.value(node, SCHEMA.value)
        for node in graph.objects(service, limit)
    }
    assert set(told) == {one.setting for one in read_declared().limit}
    assert float(str(told["query.deadline_seconds"])) == 7.5
    assert str(limit) in (bundled().ontology / "service.ttl").read_text().replace(
        "kam:", f"{DEFAULT_BASE}def/"
    )


def supported(name: str) -> bool:
    """Whether the engine knows the function; it refuses a call of an unknown one."""
    try:
        list(Store().query(f"SELECT (<{GEOF}{name}>(1) AS ?x) {{}}"))  # type: ignore[arg-type]
    except RuntimeError:
        return False
    return True


def test_the_functions_are_those_of_the_engine(graph: Graph, service: URIRef) -> None:
    told = {str(one).removeprefix(GEOF) for one in graph.objects(service, SD.extensionFunction)}
    assert [name for name in sorted(told) if not supported(name)] == []
    others = ("asGML", "asKML", "boundary", "buffer", "geometryN", "metricArea", "transform", "aggUnion")
    assert not any(supported(name) for name in others)
    pattern = re.compile(GEOF.encode() + rb"([a-z][A-Za-z0-9]*?)(?=http|[^A-Za-z0-9])")
    in_engine = {name.decode() for name in pattern.findall(engine())}
    assert {name for name in in_engine if supported(name)} <= told


def engine() -> bytes:
    """The engine's compiled code, in which the names of its functions stand."""
    import pyoxigraph.pyoxigraph as compiled

    with open(compiled.__file__, "rb") as opened:  # noqa: PTH123
        return opened.read()


def test_before_anything_is_published_there_are_no_graphs(tmp_path) -> None:
    settings = Settings(data_dir=tmp_path)
    with (
        running(create_app(settings, FixedVersions(None))) as address,
        httpx.Client(base_url=address) as client,
    ):
        found = described(client, "text/turtle")
    assert not list(found.objects(None, SD.namedGraph))
    assert list(found.subjects(RDF.type, SD.Service))
