from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from support.graph import FixedVersions, numbers, publish
from support.site import Page
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.api.editor import Editor, router
from kamara.api.streaming import Runner
from kamara.config import Settings
from kamara.resources import DEFAULT_BASE, bundled
from kamara.site.documents import Documents
from kamara.site.examples import Examples
from kamara.site.pages import Pages
from kamara.site.prefixes import read_prefixes
from kamara.site.terms import Terms, read_terms
from kamara.sparql.guard import inspect
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.queries import read_queries

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SAVED = read_queries(bundled().queries)
SCRIPT = re.compile(r"<script\b[^>]*>")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    versions = FixedVersions(publish(tmp_path_factory.mktemp("versions"), numbers(20)))
    settings = Settings(query={"workers": 1})  # type: ignore[arg-type]
    with (
        running(create_app(settings, versions)) as address,
        httpx.Client(base_url=address, timeout=30, headers=BROWSER) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def terms() -> Terms:
    prefixes = read_prefixes(DEFAULT_BASE)
    return read_terms(bundled().ontology, DEFAULT_BASE, prefixes)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The site's folder without an editor."""
    target = tmp_path / "site"
    ignored = shutil.ignore_patterns("vendor", "__pycache__")
    return Path(shutil.copytree(bundled().root / "site", target, ignore=ignored))


def page_of(site: Path, terms: Terms, settings: Settings | None = None) -> str:
    """The page as a server on that folder shows it."""
    settings = settings or Settings()
    inspected = {name: inspect(one.text, settings.query) for name, one in SAVED.items()}
    documents = Documents(DEFAULT_BASE, bundled(), Pages(site, live=True))
    examples = Examples(SAVED, inspected, documents.vocabulary, DEFAULT_BASE)
    runner = Runner(QueryPool(settings, FixedVersions(None)))
    app = FastAPI()
    app.include_router(router(Editor(runner, documents, examples, terms, DEFAULT_BASE)))
    with running(app) as address:
        return httpx.get(f"{address}/sparql.en.html", timeout=30).text


@pytest.mark.parametrize(("language", "label"), [("el", "Ερώτημα"), ("en", "Query")])
def test_the_page_has_an_address_in_each_language(client: httpx.Client, language: str, label: str) -> None:
    answer = client.get(f"/sparql.{language}.html")
    page = Page(answer.text)
    assert answer.status_code == 200
    assert (page.language, page.faults) == (language, [])
    assert f'<label for="query">{label}</label>' in answer.text
    assert len(page.ids) == len(set(page.ids))
    assert client.get("/sparql", headers={"Accept-Language": language}).headers["content-location"] == (
        f"sparql.{language}.html"
    )


def test_there_is_no_other_page(client: httpx.Client) -> None:
    for path in ("/sparql.fr.html", "/sparql.html", "/sparql.en.html?example=nothing", "/example/nothing.rq"):
        assert client.get(path).status_code == 404, path


def test_every_control_has_a_label(client: httpx.Client) -> None:
    text = client.get("/sparql.el.html").text
    controls = set(re.findall(r'<(?:select|textarea|input)\b[^>]* id="([^"]+)"', text))
    assert controls == {"example", "query", "format"} == set(re.findall(r'<label for="([^"]+)"', text))


def test_nothing_from_elsewhere_may_run_or_load(client: httpx.Client) -> None:
    answer = client.get("/sparql.en.html", params={"query": "</textarea><script>alert(1)</script>"})
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "<script>" not in answer.text
    # A block of data is no script; everything else is a file of this server.
    tags = SCRIPT.findall(answer.text)
    assert all(' src="static/' in tag or ' type="application/json"' in tag for tag in tags)
    assert re.findall(r'\b(?:style|on\w+)="', answer.text) == []


def test_a_query_comes_back_in_the_form_in_both_languages(client: httpx.Client) -> None:
    query = 'SELECT * { ?s ?p "Άγιος & <b>" }'
    page = client.get("/sparql.el.html", params={"query": query})
    other = re.search(r'href="(sparql\.en\.html\?query=[^"]+)"', page.text)
    assert other is not None
    for text in (page.text, client.get(f"/{other[1]}").text):
        assert "SELECT * { ?s ?p &#34;Άγιος &amp; &lt;b&gt;&#34; }</textarea>" in text
    assert 'content="noindex, nofollow"' in page.text


def test_every_saved_query_is_an_example_that_passes_as_it_stands(client: httpx.Client) -> None:
    page = client.get("/sparql.en.html").text
    assert set(re.findall(r'<option value="([a-z0-9-]+)"', page)) >= set(SAVED)
    for name, saved in SAVED.items():
        answer = client.get(f"/example/{name}.rq", headers={"Accept-Language": "el"})
        assert answer.headers["content-type"].startswith("application/sparql-query")
        assert answer.text.splitlines()[0] == f"# {saved.question['el']}"
        inspect(answer.text, Settings().query)
        missing = [
            one.name
            for one in saved.parameters.values()
            if one.default is not None and f"VALUES ?{one.name} {{" not in answer.text
        ]
        assert missing == [], name


def test_an_example_fills_the_form_without_a_script(client: httpx.Client) -> None:
    page = client.get("/sparql.en.html", params={"example": "budget-balance"}).text
    assert f"# {SAVED['budget-balance'].question['en']}" in page
    assert '<option value="budget-balance" selected>' in page


def test_a_saved_querys_page_leads_to_it(client: httpx.Client) -> None:
    page = Page(client.get("/query/budget-balance.el.html").text)
    (href,) = [href for href in page.hrefs if "example=" in href]
    assert f"# {SAVED['budget-balance'].question['el']}" in client.get(f"/query/{href}").text


def test_examples_are_grouped_by_the_domains_names(client: httpx.Client) -> None:
    groups = re.findall(r'<optgroup label="([^"]+)">', client.get("/sparql.el.html").text)
    assert {"Προϋπολογισμός", "Αποφάσεις", "Πολιτιστική κληρονομιά"} <= set(groups)
    assert groups.index("Όλων των τομέων") > groups.index("Προϋπολογισμός")


def test_terms_are_those_that_the_ontology_declares(client: httpx.Client, terms: Terms) -> None:
    answer = client.get("/terms.json")
    told = answer.json()
    assert told["languages"] == ["el", "en"]
    assert told["prefixes"]["kam"] == DEFAULT_BASE + "def/"
    assert [DEFAULT_BASE + "def/Municipality", "Δήμος", "Municipality"] in told["classes"]
    assert ["http://purl.org/dc/terms/license", "άδεια χρήσης", "licence"] in told["properties"]
    assert len(told["classes"]) == len(terms.classes)
    assert all(all(row) for kind in ("classes", "properties") for row in told[kind])
    again = client.get("/terms.json", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_terms_can_be_read_without_a_script(client: httpx.Client) -> None:
    page = client.get("/sparql.el.html").text
    assert "PREFIX kam: &lt;https://data.thessaloniki.gr/def/&gt;" in page
    assert "<li><code>kam:Municipality</code> Δήμος</li>" in page


def test_the_editor_is_used_only_when_its_files_are_there(site: Path, terms: Terms) -> None:
    without = page_of(site, terms)
    assert SCRIPT.findall(without) == []
    assert "yasqe" not in without
    (site / "static" / "vendor").mkdir()
    (site / "static" / "vendor" / "yasqe.min.js").touch()
    scripts = re.findall(r'<script\b[^>]* src="([^"]+)"', page_of(site, terms))
    assert scripts == ["static/vendor/yasqe.min.js", "static/editor/main.js"]
    assert (site / scripts[1]).is_file()


def test_without_npm_there_is_one_line_and_nothing_written(root: Path, tmp_path: Path) -> None:
    command = [
        "/bin/sh",
        str(root / "site" / "editor" / "fetch"),
        str(tmp_path / "from"),
        str(tmp_path / "to"),
    ]
    done = subprocess.run(command, env={"PATH": ""}, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (1, "npm is not here\n")
    assert list(tmp_path.iterdir()) == []


def test_what_npm_fetches_is_locked_and_names_no_host(root: Path) -> None:
    wanted = json.loads((root / "site" / "editor" / "package.json").read_text())["dependencies"]
    lock = json.loads((root / "site" / "editor" / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [name for name, one in packages.items() if "integrity" not in one or "resolved" in one] == []


def asked(client: httpx.Client, query: str, language: str = "en") -> httpx.Response:
    return client.get(f"/sparql.{language}.html", params={"query": query})


def test_without_a_script_the_answer_stands_on_the_page(client: httpx.Client) -> None:
    answer = asked(client, "SELECT ?s ?n { ?s <urn:p:value> ?n } ORDER BY ?n LIMIT 2")
    page = Page(answer.text)
    assert (answer.status_code, page.faults) == (200, [])
    assert answer.headers["kamara-version"] == "1"
    for column in ("s", "n"):
        assert f'<th scope="col">{column}</th>' in answer.text
    assert answer.text.count("<tr><td>") == 2
    assert "urn:s:1" in page.text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("ASK {}", "<strong>Yes</strong>"),
        ("ASK { <urn:a> <urn:b> <urn:c> }", "<strong>No</strong>"),
        ("SELECT * { <urn:a> <urn:b> ?c }", "Nothing was found."),
        ("SELECT * {}", "Nothing was found."),
        ("CONSTRUCT { <urn:a> <urn:b> '<i>γ' } {}", "&lt;urn:a&gt; &lt;urn:b&gt; &#34;&lt;i&gt;γ&#34;"),
        ("SELECT ('<b>x' AS ?t) {}", "&lt;b&gt;x"),
        ("SELECT (<javascript:alert(1)> AS ?t) {}", "<span>javascript:alert(1)</span>"),
    ],
)
def test_every_kind_of_answer_is_written_as_it_is(client: httpx.Client, query: str, shown: str) -> None:
    answer = asked(client, query)
    assert answer.status_code == 200
    # Behind the section stand the words that the editor's script may need.
    assert shown in answer.text.partition('id="answer"')[2].partition("</section>")[0]


def test_only_the_beginning_of_a_long_answer_is_read(client: httpx.Client) -> None:
    rows = asked(client, "SELECT * { ?a ?b ?c . ?d ?e ?f }").text
    assert rows.count("<tr><td>") == 200
    assert "the first 200 rows" in rows
    wide = "SELECT (CONCAT(STR(?a), REPLACE('x', 'x', '%s')) AS ?t) { ?a ?b ?c . ?d ?e ?f }" % ("y" * 9000)
    assert "the first" in asked(client, wide).text
    graph = "CONSTRUCT { ?a ?d ?x } { ?a ?b ?c . ?d ?e ?f BIND(REPLACE('x', 'x', '%s') AS ?x) }" % (
        "γ" * 9000
    )
    assert "The beginning is shown" in asked(client, graph).text


def test_a_refused_query_stays_in_the_form(client: httpx.Client) -> None:
    answer = asked(client, "SELECT * { ?s ?p <b> ", "el")
    assert answer.status_code == 400
    assert answer.headers["cache-control"] == "no-store"
    assert "SELECT * { ?s ?p &lt;b&gt; </textarea>" in answer.text
    assert 'role="alert"' in answer.text
    assert Page(answer.text).faults == []


def test_a_refusal_leads_to_a_query_that_passes(client: httpx.Client) -> None:
    query = "ASK { ?thing skos:prefLabel ?name }"
    answer = asked(client, query)
    assert answer.status_code == 400
    href = next(href for href in Page(answer.text).hrefs if "skos%2Fcore" in href or "skos/core" in href)
    again = client.get(f"/{href}")
    assert again.status_code == 200
    assert "<strong>No</strong>" in again.text


def test_where_nobody_may_pin_the_form_does_not_offer_it(
    client: httpx.Client, site: Path, terms: Terms
) -> None:
    closed = Settings(results={"open": False})  # type: ignore[arg-type]
    assert 'formaction="pin"' in client.get("/sparql.en.html").text
    assert 'formaction="pin"' not in page_of(site, terms, closed)
