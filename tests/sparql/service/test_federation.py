"""SERVICE over a real endpoint: joined as the W3C defines it, and only where it may go."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store
from support.endpoint import Endpoint, endpoint

from kamara.config import QuerySettings
from kamara.sparql.errors import ServiceError, ServiceRefusal
from kamara.sparql.guard import inspect
from kamara.sparql.service.endpoint import Endpoints
from kamara.sparql.service.federation import Federation

BASE = "https://data.thessaloniki.gr/"
PATHS = ("/sparql", "/slow", "/redirect", "/page", "/broken", "/packed", "/endless")


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    with endpoint() as opened:
        yield opened


def limits(server: Endpoint, **others: object) -> QuerySettings:
    """Settings that let the endpoint be called, though it is on loopback."""
    allowed = [server.url(path) for path in PATHS]
    told = {"service_allow": allowed, "service_networks": ["127.0.0.0/8"], "service_seconds": 5, **others}
    return QuerySettings.model_validate(told)


def filled(server: Endpoint, query: str, **others: object) -> str:
    federation = Federation(limits(server, **others), BASE)
    return asyncio.run(federation.fill(query.replace("URL", server.url())))


def rows(text: str) -> list[tuple[object, ...]]:
    """The rows over a store that knows the numbers of the things 0 to 4."""
    store = Store()
    store.extend(Quad(NamedNode(f"urn:s:{n}"), NamedNode("urn:p:number"), Literal(n)) for n in range(5))
    found = store.query(text, base_iri=BASE)
    assert isinstance(found, QuerySolutions)
    return [tuple(term.value if term else None for term in row) for row in found]


def test_the_solutions_are_joined_with_ours(server: Endpoint) -> None:
    query = "SELECT ?n ?name { ?s <urn:p:number> ?n SERVICE <URL> { ?s <urn:p:name> ?name } FILTER(?n > 2) }"
    assert sorted(rows(filled(server, query))) == [("3", "όνομα 3"), ("4", "όνομα 4")]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("SELECT * { SERVICE <URL> { ?s <urn:p:name> ?name } }", 50),
        ("SELECT * { SERVICE <URL> { SELECT ?s { ?s <urn:p:name> ?name } LIMIT 7 } }", 7),
        ("SELECT * { ?s <urn:p:number> ?n OPTIONAL { SERVICE <URL> { ?s <urn:p:name> 'όνομα 1' } } }", 5),
        ("SELECT * { ?s <urn:p:number> ?n MINUS { SERVICE <URL> { ?s <urn:p:name> 'όνομα 1' } } }", 4),
        ("SELECT * { ?s <urn:p:number> ?n FILTER EXISTS { SERVICE <URL> { ?s ?p 'όνομα 1' } } }", 1),
        ("PREFIX p: <urn:p:> SELECT * { SERVICE <URL> { ?s p:name ?o } . ?s p:number ?n }", 5),
        ("PREFIX u: <URL> SELECT * { SERVICE u: { <urn:s:1> ?p ?o } SERVICE u: { <urn:s:2> ?p ?q } }", 1),
        ("SELECT * { SERVICE <URL> { <urn:s:1> <urn:p:name> 'όνομα 1' } ?s <urn:p:number> ?n }", 5),
        ("SELECT * { SERVICE <URL> { <urn:s:1> <urn:p:name> 'no' } ?s <urn:p:number> ?n }", 0),
        ("SELECT * { SERVICE <URL> { ?s ?p ?o FILTER(STRENDS(?o, '} 7') || ?o = 'όνομα 7') } }", 1),
    ],
)
def test_it_stands_wherever_a_group_may(server: Endpoint, query: str, count: int) -> None:
    text = filled(server, query)
    assert not inspect(text, QuerySettings()).services
    assert len(rows(text)) == count
    by_the_engine = rows(query.replace("URL", server.url()))
    assert sorted(rows(text), key=str) == sorted(by_the_engine, key=str)


def test_a_query_without_service_stays_as_it_is(server: Endpoint) -> None:
    query = "SELECT ('SERVICE <x> {}' AS ?service) {} # SERVICE <x> {}"
    assert filled(server, query) == query


def test_the_endpoint_sees_its_group_and_nothing_of_the_client(server: Endpoint) -> None:
    filled(server, "PREFIX p: <urn:p:> SELECT ?secret { ?secret ?a 'ours' SERVICE <URL> { ?s p:name ?o } }")
    query, headers = server.asked[-1]
    assert "secret" not in query
    assert "ours" not in query
    assert headers["host"] == f"127.0.0.1:{server.server_port}"
    assert set(headers) <= {
        "host",
        "accept",
        "accept-encoding",
        "user-agent",
        "content-type",
        "content-length",
    }


@pytest.mark.parametrize("path", PATHS[1:])
def test_an_endpoint_that_does_harm_fails_alone(server: Endpoint, path: str) -> None:
    query = f"SELECT * {{ ?s <urn:p:number> ?n SERVICE <{server.url(path)}> {{ ?s ?p ?o }} }}"
    with pytest.raises(ServiceError):
        filled(server, query, service_seconds=0.5, service_mb=1)
    silent = query.replace("SERVICE", "SERVICE SILENT")
    assert len(rows(filled(server, silent, service_seconds=0.5, service_mb=1))) == 5


def test_no_redirect_is_followed(server: Endpoint) -> None:
    before = len(server.asked)
    with pytest.raises(ServiceError, match="status 307"):
        filled(server, f"ASK {{ SERVICE <{server.url('/redirect')}> {{ ?s ?p ?o }} }}")
    assert len(server.asked) == before + 1


def test_more_solutions_than_allowed_are_refused(server: Endpoint) -> None:
    with pytest.raises(ServiceError, match="service_rows"):
        filled(server, "ASK { SERVICE <URL> { ?s ?p ?o } }", service_rows=49)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { VALUES ?x { <URL> } SERVICE ?x { ?s ?p ?o } }",
        "SELECT * { SERVICE <URL> { SERVICE <URL> { ?s ?p ?o } } }",
        "SELECT * { SERVICE <http://elsewhere.example/> { ?s ?p ?o } }",
        "SELECT * { SERVICE <URL> }",
        "SELECT * {" + "SERVICE <URL> { ?s ?p ?o }" * 5 + "}",
    ],
)
def test_what_the_list_does_not_name_is_refused_before_anything_is_asked(
    server: Endpoint, query: str
) -> None:
    before = len(server.asked)
    with pytest.raises(ServiceRefusal):
        filled(server, query)
    assert len(server.asked) == before


SPELLINGS = [
    "127.0.0.1",
    "localhost",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "①②⑦.0.0.1",
    "localhost.",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_loopback_is_not_called_however_it_is_spelled(server: Endpoint, host: str) -> None:
    url = server.url(host=host)
    before = len(server.asked)
    federation = Federation(QuerySettings(service_allow=(url,)), BASE)
    with pytest.raises(ServiceError):
        asyncio.run(federation.fill(f"ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"))
    assert len(server.asked) == before


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "169.254.169.254", "::1", "fe80::1", "64:ff9b::a00:1", "2002:a00:1::", "0.0.0.0"]
)
def test_a_name_that_leads_inside_is_not_called(server: Endpoint, address: str) -> None:
    async def resolver(host: str, port: int) -> list[str]:
        return ["93.184.216.34", address]

    told = QuerySettings(service_allow=("http://open.example/sparql",))
    federation = Federation(told, BASE, Endpoints(told, resolver))
    with pytest.raises(ServiceError, match="service_networks"):
        asyncio.run(federation.fill("ASK { SERVICE <http://open.example/sparql> { ?s ?p ?o } }"))


def test_the_address_that_was_checked_is_the_one_that_is_called(server: Endpoint) -> None:
    looked_up: list[str] = []

    async def resolver(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    url = f"http://open.example:{server.server_port}/sparql"
    told = limits(server).model_copy(update={"service_allow": (url,)})
    federation = Federation(told, BASE, Endpoints(told, resolver))
    asyncio.run(federation.fill(f"ASK {{ SERVICE <{url}> {{ <urn:s:1> ?p ?o }} }}"))
    assert looked_up == ["open.example"]
    assert server.asked[-1][1]["host"] == f"open.example:{server.server_port}"
    assert federation.counts == {"answered": 1}


def test_tls_asks_for_the_name_and_takes_no_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    async def resolver(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async def refused() -> list[str | None]:
        seen: list[str | None] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self_signed(tmp_path, "open.example"))
        context.sni_callback = lambda _, name, __: seen.append(name)
        async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context) as server:
            url = f"https://open.example:{server.sockets[0].getsockname()[1]}/sparql"
            told = QuerySettings(service_allow=(url,), service_networks=("127.0.0.1",))
            federation = Federation(told, BASE, Endpoints(told, resolver))
            with pytest.raises(ServiceError, match="cannot be reached"):
                await federation.fill(f"ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}")
        return seen

    assert asyncio.run(refused()) == ["open.example"]


def self_signed(folder: Path, name: str) -> Path:
    """A file with a key and a certificate for `name`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_network_that_is_none_is_refused_in_the_settings() -> None:
    with pytest.raises(ValueError, match="service_networks"):
        QuerySettings(service_networks=("127.0.0.1/8x",))


def test_only_so_many_calls_are_made_and_paid_for_at_once(server: Endpoint) -> None:
    paying, most = 0, 0

    @contextmanager
    def counted() -> Iterator[None]:
        nonlocal paying, most
        paying += 1
        most = max(most, paying)
        yield
        paying -= 1

    async def fill() -> list[str]:
        federation = Federation(limits(server, service_parallel=2), BASE)
        query = f"ASK {{ SERVICE <{server.url()}> {{ <urn:s:1> ?p ?o }} }}"
        return await asyncio.gather(*(federation.fill(query, counted) for _ in range(12)))

    assert len(set(asyncio.run(fill()))) == 1
    assert (paying, most) == (0, 2)
