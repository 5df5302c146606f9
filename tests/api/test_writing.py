"""Writing over HTTP: a real server, a real data folder, the edited dataset that comes with the software."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from textwrap import dedent

import httpx
import pyoxigraph as ox
import pytest
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.config import Settings
from kamara.loaders.editing.payload import FORMATS
from kamara.sparql.layout import Layout
from kamara.sparql.lock import writer_lock
from kamara.sparql.log import ChangeLog
from kamara.sparql.versions import Versions

BASE = "https://data.thessaloniki.gr/"
NAME = "authority-links"
GRAPH = f"{BASE}graph/{NAME}"
LINK = f"{BASE}id/authority-link/"
TOKEN, OTHER = "desk-" + "x" * 40, "other-" + "y" * 40
TURTLE = "text/turtle"


def link(key: str, why: str = "because", thing: str = "id/organization/6114") -> str:
    """A good link as Turtle."""
    return f"""
    <{LINK}{key}> a <http://www.w3.org/1999/02/22-rdf-syntax-ns#Statement> ;
        <http://www.w3.org/1999/02/22-rdf-syntax-ns#subject> <{BASE}{thing}> ;
        <http://www.w3.org/1999/02/22-rdf-syntax-ns#predicate>
            <http://www.w3.org/2000/01/rdf-schema#seeAlso> ;
        <http://www.w3.org/1999/02/22-rdf-syntax-ns#object> <https://example.org/{key}> ;
        <http://purl.org/dc/terms/description> "{why}"@en , "επειδή"@el .
    """


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("writing")
    (folder / "token").write_text(OTHER + "\n")
    tokens = {
        "desk": {"sha256": sha256(TOKEN.encode()).hexdigest(), "datasets": [NAME]},
        "other": {"file": folder / "token"},
    }
    return Settings(
        data_dir=folder / "data",
        query={"workers": 1},  # type: ignore[arg-type]
        write={"tokens": tokens, "max_mb": 1, "max_triples": 2000, "wait_seconds": 1, "memory_mb": 300},  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def anyone(settings: Settings) -> Iterator[httpx.Client]:
    with (
        running(create_app(settings)) as address,
        httpx.Client(base_url=address, timeout=60) as opened,
    ):
        yield opened


class Desk:
    """A client that holds a token."""

    def __init__(self, client: httpx.Client, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    def send(self, method: str, body: str = "", kind: str = TURTLE, **headers: str) -> httpx.Response:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        told = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind} | told
        content = body.encode()
        return self._client.request(
            method, "/graph-store", params={"graph": GRAPH}, content=content, headers=told
        )

    def update(self, text: str, **parameters: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-update"}
        return self._client.post("/sparql", params=parameters, content=text.encode(), headers=headers)

    def read(self, accept: str = "application/n-triples") -> httpx.Response:
        """The graph as the version holds that was published last."""
        current = Versions(self._settings).current()
        while True:
            found = self._client.get("/graph-store", params={"graph": GRAPH}, headers={"Accept": accept})
            if current is None or int(found.headers.get("kamara-version", current.number)) >= current.number:
                return found

    def links(self) -> set[str]:
        """The keys of the links that stand."""
        quads = ox.parse(self.read().content, ox.RdfFormat.N_TRIPLES)
        found = {str(quad.subject)[1:-1] for quad in quads}
        return {name.removeprefix(LINK) for name in found if name.startswith(LINK)}

    def changes(self) -> int:
        return ChangeLog(Layout(self._settings.data_dir)).sequence


@pytest.fixture
def desk(anyone: httpx.Client, settings: Settings) -> Desk:
    """The client, with one link in the graph."""
    desk = Desk(anyone, settings)
    assert desk.send("PUT", link("one")).status_code in (200, 201)
    return desk


def insert(content: str, graph: str = GRAPH) -> str:
    return f"INSERT DATA {{ GRAPH <{graph}> {{ {content} }} }}"


def test_put_post_and_delete_do_what_the_protocol_says(desk: Desk) -> None:
    assert desk.links() == {"one"}
    added = desk.send("POST", link("two"))
    assert (added.status_code, added.json()["added"], added.json()["removed"]) == (200, 6, 0)
    assert desk.links() == {"one", "two"}
    replaced = desk.send("PUT", link("three")).json()
    assert (replaced["added"], replaced["removed"]) == (6, 12)
    assert desk.links() == {"three"}
    assert desk.send("DELETE").status_code == 200
    assert desk.read().status_code == 404
    assert desk.send("DELETE").status_code == 404
    assert desk.send("PUT", link("one")).status_code == 201


def test_what_was_read_can_be_sent_back_and_changes_nothing(desk: Desk) -> None:
    for kind in (TURTLE, "application/n-triples", "application/ld+json", "application/rdf+xml"):
        before = desk.changes()
        read = desk.read(kind)
        assert read.headers["content-type"].startswith(kind)
        sent = desk.send("PUT", read.text, kind)
        assert (sent.status_code, sent.json()["change"]) == (200, 0)
        assert desk.changes() == before


def test_who_wrote_and_when_is_in_the_log(desk: Desk, settings: Settings) -> None:
    sequence = desk.send("POST", link("signed")).json()["change"]
    manifest = next(one for one in ChangeLog(Layout(settings.data_dir)) if one.sequence == sequence).manifest
    assert (manifest.dataset, manifest.by, manifest.counts.added > 0) == (NAME, "desk", True)


def test_the_graphs_own_address_is_written_too(desk: Desk, anyone: httpx.Client) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": TURTLE}
    assert anyone.post(f"/graph/{NAME}", content=link("direct"), headers=headers).status_code == 200
    assert desk.links() == {"one", "direct"}


def test_an_update_may_hold_several_operations_on_one_graph(desk: Desk) -> None:
    name = f"<{LINK}one> <http://purl.org/dc/terms/description>"
    text = f"""PREFIX link: <{LINK}> PREFIX d: <http://purl.org/dc/terms/>
        DELETE DATA {{ GRAPH <{GRAPH}> {{ {name} "because"@en }} }} ;  # a comment; CLEAR ALL
        INSERT DATA {{ GRAPH <{GRAPH}> {{ link:one d:description "for }} it"@en }} }}"""
    answer = desk.update(text)
    assert (answer.status_code, answer.json()["added"], answer.json()["removed"]) == (200, 1, 1)
    assert '"for } it"@en' in desk.read().text


def test_an_update_in_a_form(desk: Desk, anyone: httpx.Client) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = anyone.post("/sparql", data={"update": insert(link("form"))}, headers=headers)
    assert answer.status_code == 200
    assert desk.links() == {"one", "form"}


@pytest.mark.parametrize(
    "text",
    [
        "CLEAR ALL",
        "DROP GRAPH <urn:x>",
        "LOAD <http://127.0.0.1:9/x>",
        "INSERT { <urn:a> <urn:b> 1 } WHERE {}",
        "DELETE WHERE { ?s ?p ?o }",
        f"WITH <{GRAPH}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
        "COPY <urn:a> TO <urn:b>",
        f"{insert('')} ; CLEAR ALL",
    ],
)
def test_other_forms_of_update_are_not_offered(desk: Desk, text: str) -> None:
    before = desk.changes()
    answer = desk.update(text)
    assert (answer.status_code, answer.headers["content-type"]) == (501, "application/problem+json")
    assert "line 1" in answer.json()["detail"]
    assert desk.changes() == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "INSERT DATA { <urn:a> <urn:b> 1 }",
        insert("<urn:a> <urn:b> ?x"),
        insert("<urn:a> <urn:b> 1") + " ; " + insert("<urn:a> <urn:b> 1", "urn:other"),
        insert("<urn:a> <urn:b> 'open"),
        insert("<urn:a> <urn:b> 1")[:-1],
        f"DELETE DATA {{ GRAPH <{GRAPH}> {{ _:a <urn:b> 1 }} }}",
        insert("{" * 20000),
        "SELECT * { ?s ?p ?o }",
        "CLEAR XYZ",
        "INSERT { <urn:a> <urn:b> 1 WHERE",
        "INSERT { " + "[" * 3000 + "]" * 3000 + " } WHERE {}",
    ],
)
def test_what_is_no_update_of_one_graph_is_refused(desk: Desk, text: str) -> None:
    answer = desk.update(text)
    assert (answer.status_code, answer.json()["status"]) == (400, 400)
    assert desk.links() == {"one"}


def test_a_dataset_beside_an_update_means_nothing_to_data(desk: Desk) -> None:
    assert desk.update(insert(link("two")), **{"using-graph-uri": GRAPH}).status_code == 200
    assert desk.links() == {"one", "two"}
    twice = desk.update("WITH <urn:g> DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }", **{"using-graph-uri": GRAPH})
    assert twice.status_code == 400


NOT_OFFERED = {
    "update_dataset_default_graph",
    "update_dataset_default_graphs",
    "update_dataset_named_graphs",
    "update_dataset_full",
    "update_post_form",
    "update_post_direct",
    "update_base_uri",
}


def test_the_w3c_tests_of_updates_pass_but_for_what_is_not_offered(
    desk: Desk, anyone: httpx.Client, shared: Path
) -> None:
    suite = shared / "acceptance"
    script = "import json, sparql_protocol as s\n" + dedent("""
        found = [(name, requests) for name, _, requests in s.w3c_tests() if any(map(s.is_update, requests))]
        for _, requests in found:
            for one in requests:
                one["body"] = (one["body"] or b"").hex()
                del one["bool"], one["format"]
        print(json.dumps(found))
    """)
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=suite, capture_output=True, text=True, timeout=60, check=True
    )
    failed = set()
    for name, requests in json.loads(told.stdout):
        for one in requests:
            headers = [*map(tuple, one["headers"]), ("Authorization", f"Bearer {TOKEN}")]
            target = "/sparql?" + one["path"].partition("?")[2]
            body = bytes.fromhex(one["body"])
            answer = anyone.request(one["method"], target, headers=headers, content=body)
            if answer.status_code // 100 not in {int(status[0]) for status in one["status"]}:
                failed.add(name)
    assert failed == NOT_OFFERED
    assert desk.links() == {"one"}


def test_a_token_is_asked_for(anyone: httpx.Client, desk: Desk) -> None:
    where = {"params": {"graph": GRAPH}, "content": link("two")}
    realm = 'Bearer realm="Kamara"'
    for credentials, status, told in (
        ([], 401, realm),
        (["Basic eDp5"], 401, realm),
        (["Bearer " + "z" * 40], 401, f'{realm}, error="invalid_token"'),
        (["Bearer"], 400, f'{realm}, error="invalid_request"'),
        ([f"Bearer {TOKEN} {TOKEN}"], 400, f'{realm}, error="invalid_request"'),
        ([f"Bearer {TOKEN}", f"Bearer {OTHER}"], 400, f'{realm}, error="invalid_request"'),
        ([f"Bearer {OTHER}"], 403, f'{realm}, error="insufficient_scope"'),
    ):
        headers = [("Content-Type", TURTLE), *(("Authorization", one) for one in credentials)]
        graph = anyone.put("/graph-store", headers=headers, **where)  # type: ignore[arg-type]
        headers[0] = ("Content-Type", "application/sparql-update")
        update = anyone.post("/sparql", content=insert(link("two")), headers=headers)
        for answer in (graph, update):
            assert (answer.status_code, answer.headers.get("www-authenticate")) == (status, told), credentials
    assert anyone.post("/sparql", data={"update": insert(link("two"))}).status_code == 401
    assert desk.links() == {"one"}


def test_only_edited_datasets_are_written(desk: Desk, anyone: httpx.Client) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": TURTLE}
    for graph in (f"{BASE}graph/organizations", f"{BASE}graph/ontology", "urn:x", f"{GRAPH}/x"):
        answer = anyone.put("/graph-store", params={"graph": graph}, content=link("x"), headers=headers)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        assert desk.update(insert(link("x"), graph)).status_code == 403
    for query in ("default", "default&graph=urn%3Ax", "", "graph=relative", "graph=urn%3Ax&graph=urn%3Ay"):
        assert anyone.put(f"/graph-store?{query}", content=link("x"), headers=headers).status_code == 400
        assert anyone.get(f"/graph-store?{query}").status_code == 400


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (link("two", why=""), "A link says why, in Greek and in English."),
        (link("two") + f"<{LINK}two> <urn:more> 1 .", "A link has a subject, a predicate, an object"),
        (link("two", thing="elsewhere"), "The subject is exactly one thing of the city"),
        (f"<{BASE}id/organization/6114> a <urn:mine> .", "The dataset does not own it"),
        (f"<{LINK}a/b> a <urn:mine> .", "The dataset does not own it"),
        (f"<{LINK}..> a <urn:mine> .", "The dataset does not own it"),
        (f"<{LINK}> a <urn:mine> .", "The dataset does not own it"),
        (f"<{BASE}dataset/{NAME}> <urn:p> 1 .", "The dataset does not own it"),
        (f"<{LINK}two> a <urn:other> .", "It is of no class that this dataset has shapes for"),
        (f"<{LINK}two> a [] .", "Blank nodes are not published"),
        (f"<{LINK}e\u0301> a <urn:mine> .", "The dataset does not own it"),
    ],
)
def test_a_state_that_breaks_the_rules_is_refused_and_nothing_of_it_stays(
    desk: Desk, body: str, message: str
) -> None:
    before = desk.changes()
    for answer in (desk.send("POST", link("good") + body), desk.send("PUT", link("good") + body)):
        told = answer.json()
        assert (answer.status_code, told["type"]) == (422, "/problem/invalid")
        first = told["violations"][0]
        assert message in first["message"]["en"]
        assert first["message"]["el"]
        assert first["focus"]
        assert first["path"] or message.startswith("A link has")
    assert desk.changes() == before
    assert desk.links() == {"one"}


def test_a_removal_that_leaves_a_broken_thing_is_refused(desk: Desk) -> None:
    name = f"<{LINK}one> <http://purl.org/dc/terms/description>"
    answer = desk.update(f'DELETE DATA {{ GRAPH <{GRAPH}> {{ {name} "because"@en }} }}')
    assert answer.status_code == 422
    assert desk.links() == {"one"}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("<urn:a> <urn:b>", TURTLE, 400),
        ("{", "application/ld+json", 400),
        ('{"@context": "http://127.0.0.1:9/", "@id": "urn:a"}', "application/ld+json", 400),
        ("<a", "application/rdf+xml", 400),
        ("<urn:a> <urn:b> <<( <urn:a> <urn:b> 1 )>> .", TURTLE, 400),
        (link("two"), "text/turtle; charset=utf-16", 415),
        (link("two"), "text/plain", 415),
        ("<urn:a> <urn:b> 1 <urn:g> .", "application/n-quads", 415),
        ("#" * (1 << 20) + "#", TURTLE, 413),
        ("".join(link(str(number)) for number in range(400)), TURTLE, 413),
    ],
)
def test_what_cannot_be_read_or_is_too_large(desk: Desk, body: str, kind: str, status: int) -> None:
    answer = desk.send("PUT", body, kind)
    assert answer.status_code == answer.json()["status"] == status
    assert desk.links() == {"one"}


def test_a_change_is_made_only_to_the_state_that_it_is_meant_for(desk: Desk) -> None:
    tag = desk.read(TURTLE).headers["etag"]
    assert desk.send("POST", link("two"), If_Match=tag).status_code == 200
    late = desk.send("PUT", link("three"), If_Match=tag)
    assert (late.status_code, late.json()["type"]) == (412, "/problem/precondition")
    assert desk.links() == {"one", "two"}
    assert desk.send("PUT", link("new"), If_None_Match="*").status_code == 412
    assert desk.send("PUT", link("three"), "application/x", If_Match=tag).status_code == 415
    assert desk.send("PUT", desk.read(TURTLE).text, If_Match=desk.read().headers["etag"]).status_code == 200
    desk.send("DELETE")
    assert desk.send("PUT", link("three"), If_Match="*").status_code == 412
    assert desk.send("PUT", link("one"), If_None_Match="*").status_code == 201


def test_a_reader_who_holds_the_state_gets_304(desk: Desk, anyone: httpx.Client) -> None:
    first = desk.read(TURTLE)
    headers = {"Accept": TURTLE, "If-None-Match": first.headers["etag"]}
    params = {"graph": GRAPH}
    assert anyone.get("/graph-store", params=params, headers=headers).status_code == 304
    head = anyone.head("/graph-store", params=params, headers={"Accept": TURTLE})
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", first.headers["etag"])
    assert anyone.get("/graph-store", params=params, headers={"Accept": "image/png"}).status_code == 406
    assert anyone.get("/graph-store", params={"graph": "urn:none"}).status_code == 404


def test_every_graph_can_be_read_without_a_token(desk: Desk, anyone: httpx.Client) -> None:
    answer = anyone.get("/graph-store", params={"graph": f"{BASE}graph/ontology"})
    assert answer.status_code == 200
    assert "etag" in answer.headers
    assert len(list(ox.parse(answer.content, ox.RdfFormat.TURTLE))) > 100


def test_while_another_process_writes_a_write_waits_then_is_told_when_to_come_again(
    desk: Desk, settings: Settings
) -> None:
    with writer_lock(Layout(settings.data_dir).lock):
        answer = desk.send("POST", link("two"))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert str(settings.data_dir) not in answer.text
    assert desk.send("POST", link("two")).status_code == 200


def test_a_payload_that_breaks_the_process_that_writes_does_not_break_the_server(desk: Desk) -> None:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 12}">' for n in range(1, 12))
    body = f"""<!DOCTYPE x [<!ENTITY e0 "{"x" * 100}">{bomb}]>
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description rdf:about="{LINK}x"><rdf:value>&e11;</rdf:value></rdf:Description></rdf:RDF>"""
    answer = desk.send("PUT", body, "application/rdf+xml")
    assert answer.status_code in (400, 500)
    assert "Traceback" not in answer.text
    assert desk.links() == {"one"}
    assert desk.send("POST", link("two")).status_code == 200


def test_of_writes_at_the_same_time_none_is_lost(desk: Desk) -> None:
    def post(key: str) -> int:
        while (status := desk.send("POST", link(key)).status_code) == 503:
            continue
        return status

    keys = [f"at-once-{number}" for number in range(4)]
    with ThreadPoolExecutor(len(keys)) as threads:
        assert list(threads.map(post, keys)) == [200] * len(keys)
    assert desk.links() == {"one", *keys}


def test_the_routes_are_described(anyone: httpx.Client) -> None:
    paths = anyone.get("/openapi.json").json()["paths"]
    assert set(paths["/graph-store"]) == {"get", "put", "post", "delete"}
    assert {one["name"] for one in paths["/graph-store"]["put"]["parameters"]} == {"graph"}
    assert set(paths["/graph/{name}"]["put"]["requestBody"]["content"]) == set(FORMATS)


def test_methods_and_preflight(anyone: httpx.Client) -> None:
    assert "PUT" in anyone.options("/graph-store").headers["allow"]
    asked = {"Origin": "http://app.example", "Access-Control-Request-Method": "PUT"}
    assert "PUT" in anyone.options("/graph-store", headers=asked).headers["access-control-allow-methods"]
    assert anyone.patch("/graph-store").status_code == 405


def test_the_sample_is_a_good_graph(desk: Desk, root: Path) -> None:
    sample = root / "mappings" / NAME / "sample" / "links.ttl"
    assert desk.send("PUT", sample.read_text(encoding="utf-8")).status_code == 200
    assert desk.links() == {"municipality~wikipedia", "rotunda~wikipedia"}


def test_off_by_default(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, query={"workers": 1}))  # type: ignore[arg-type]
    with running(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        params, headers = {"graph": GRAPH}, {"Authorization": f"Bearer {TOKEN}", "Content-Type": TURTLE}
        for method in ("PUT", "POST", "DELETE"):
            answer = client.request(method, "/graph-store", params=params, headers=headers)
            assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        assert client.post("/sparql", data={"update": "CLEAR ALL"}, headers={}).status_code == 403
        direct = {"Content-Type": "application/sparql-update"}
        assert client.post("/sparql", content="CLEAR ALL", headers=direct).status_code == 403
        assert client.get("/sparql", params={"update": "CLEAR ALL"}).status_code == 400
        assert client.options("/graph-store").headers["allow"] == "GET, HEAD, OPTIONS"
