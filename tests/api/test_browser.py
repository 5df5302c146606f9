"""The page /sparql as a person meets it, in a real browser. Chromium: Debian's package `chromium`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import browser, r
from support.browser import Page, browsing
from support.graph import FixedVersions, numbers, publish
from support.town import found_town
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.config import Settings
from kamara.resources import bundled

pytestmark = [pytest.mark.slow, pytest.mark.skipif(browser.PROGRAM is None, reason=browser.NOT_THERE)]
HAS_EDITOR = (bundled().root / "site" / "static" / "vendor" / "yasqe.min.js").is_file()
with_editor = pytest.mark.skipif(not HAS_EDITOR, reason=browser.NO_EDITOR)

READY = "document.documentElement.dataset.editor === 'ready'"
ROWS = "document.querySelectorAll('#answer tbody tr').length"
VALUE = "document.querySelector('#query').value"
LIMITS = {"workers": 1, "deadline_seconds": 4, "job_seconds": 5}
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    versions = FixedVersions(publish(tmp_path_factory.mktemp("versions"), numbers(2000)))
    with running(create_app(Settings(query=LIMITS), versions)) as served:  # type: ignore[arg-type]
        yield served


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browsing(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture
def page(address: str, tab: Page) -> Page:
    """The page with its editor ready, in English, and nothing complained of yet."""
    tab.complaints.clear()
    tab.go(f"{address}/sparql.en.html")
    tab.until(READY)
    return tab


def replace(page: Page, query: str) -> None:
    """Type a query in the place of what stands in the editor."""
    page.evaluate("document.querySelector('.CodeMirror-code').focus()")
    page.press("a", control=True, commands=["selectAll"])
    page.type(query)


def ask(page: Page, query: str) -> None:
    """Type a query and ask it with the keyboard."""
    replace(page, query)
    page.press("Enter", control=True)
    page.until("document.querySelector('#cancel').hidden && !document.querySelector('#answer').hidden")


@with_editor
def test_a_typed_query_shows_its_rows(page: Page) -> None:
    ask(page, "SELECT ?s ?n { ?s <urn:p:value> ?n } ORDER BY ?n LIMIT 3")
    assert page.text("#answer table").split() == [
        "The",
        "answer",
        "s",
        "n",
        *["urn:s:0", "0", "urn:s:1", "1", "urn:s:2", "2"],
    ]
    assert "Rows: 3" in page.text("#answer [role=status]")
    assert "seconds · version 1" in page.text("#answer [role=status]")
    assert page.complaints == []


@with_editor
def test_a_long_answer_is_cut_and_says_so(page: Page) -> None:
    ask(page, "SELECT * { ?s ?p ?o }")
    assert page.evaluate(ROWS) == 1000
    assert "The first 1000 rows are shown" in page.text("#answer [role=status]")


@with_editor
def test_columns_sort_by_number(page: Page) -> None:
    ask(page, "SELECT ?n { VALUES ?n { 10 9 -1 100 } }")
    page.click("#answer th button")
    assert page.text("#answer tbody").split() == ["-1", "9", "10", "100"]
    page.click("#answer th button")
    assert page.text("#answer tbody").split() == ["100", "10", "9", "-1"]
    assert page.evaluate("document.querySelector('#answer th').getAttribute('aria-sort')") == "descending"


@with_editor
def test_every_kind_of_answer_is_shown(page: Page) -> None:
    ask(page, "ASK {}")
    assert "Yes" in page.text("#answer")
    ask(page, "SELECT * { ?s <urn:none> ?o }")
    assert "Nothing was found." in page.text("#answer")
    ask(page, "CONSTRUCT { <urn:a> <urn:b> 'γ' } {}")
    assert '<urn:a> <urn:b> "γ"' in page.text("#answer pre")
    assert page.complaints == []


@with_editor
def test_terms_are_written_as_they_are_and_never_as_markup(page: Page) -> None:
    ask(
        page,
        "SELECT * { VALUES (?a ?b ?c) {"
        " ('<img src=x onerror=alert(1)>\\t\"q\" \\\\' 'ναι'@el <javascript:alert(1)>) } }",
    )
    assert page.text("#answer tbody td") == '<img src=x onerror=alert(1)>\t"q" \\'.replace("\t", " ")
    assert page.evaluate("document.querySelector('#answer td:nth-child(2) span').lang") == "el"
    assert page.evaluate("document.querySelectorAll('#answer td a, #answer img').length") == 0
    assert page.complaints == []


@with_editor
def test_our_own_things_are_linked_to_this_server(page: Page, address: str) -> None:
    ask(
        page,
        "SELECT * { VALUES ?t {"
        " <https://data.thessaloniki.gr/id/a/1> <http://www.w3.org/2004/02/skos/core#Concept> } }",
    )
    found = page.evaluate(
        "[...document.querySelectorAll('#answer td a')].map((a) => [a.href, a.textContent])"
    )
    assert found == [
        [f"{address}/id/a/1", "https://data.thessaloniki.gr/id/a/1"],
        ["http://www.w3.org/2004/02/skos/core#Concept", "skos:Concept"],
    ]


@with_editor
def test_a_refusal_says_what_to_do(page: Page) -> None:
    ask(page, "SELECT * { ?s ?p ")
    assert "line 1" in page.text("#answer [role=alert]")
    ask(page, "ASK { SERVICE <http://elsewhere.example/> { ?s ?p ?o } }")
    page.click("#answer .refusal button")
    page.until(f"{VALUE} === 'ASK {{  }}'")
    page.click("#run")
    page.until("document.querySelector('#answer strong')?.textContent === 'Yes'")


@with_editor
def test_a_faulty_line_is_named_while_typing(page: Page) -> None:
    replace(page, "SELECT * {\n?s ?p ?o ) }")
    page.until("document.querySelector('#fault').textContent.startsWith('Line 2')")
    replace(page, COUNT)
    page.until("document.querySelector('#fault').textContent === ''")


@with_editor
def test_the_ontologys_terms_complete_with_their_prefix(page: Page) -> None:
    replace(page, "SELECT ?s { ?s a Munic")
    page.press("Space", control=True)
    page.until("document.querySelector('.CodeMirror-hints')")
    assert "kam:Municipality" in page.text(".CodeMirror-hints")
    page.press("Enter")
    page.until(f"{VALUE}.includes('kam:')")
    assert page.evaluate(VALUE).startswith("PREFIX kam: <https://data.thessaloniki.gr/def/>\nSELECT ?s")


@with_editor
def test_a_greek_page_completes_greek_names(address: str, tab: Page) -> None:
    tab.go(f"{address}/sparql.el.html")
    tab.until(READY)
    replace(tab, "SELECT ?s { ?s a δημο")
    tab.press("Space", control=True)
    tab.until("document.querySelector('.CodeMirror-hints')")
    assert "kam:MunicipalUnit  Δημοτική ενότητα" in tab.text(".CodeMirror-hints")
    tab.press("Enter")
    tab.until(f"{VALUE}.endsWith('SELECT ?s {{ ?s a kam:MunicipalBody')")
    tab.type(" ; αδει")
    tab.press("Space", control=True)
    tab.until("document.querySelector('.CodeMirror-hints')?.innerText.includes('dcterms:license')")


@with_editor
def test_the_keyboard_leaves_the_editor(page: Page) -> None:
    replace(page, COUNT)
    page.press("Tab")
    assert page.evaluate("document.querySelector('.yasqe').contains(document.activeElement)") is False


@with_editor
def test_a_reader_of_the_screen_is_told_what_the_editor_is(page: Page) -> None:
    role = "document.querySelector('.yasqe [role=textbox]')"
    assert page.evaluate(f"{role}.getAttribute('aria-label')") == "Query"
    assert page.evaluate(f"{role}.getAttribute('aria-describedby')") == "fault keys limits"
    tree = page.call("Accessibility.getFullAXTree")["nodes"]
    unnamed = [
        node["role"]["value"]
        for node in tree
        if node.get("role", {}).get("value") in {"button", "combobox", "textbox", "link", "region"}
        and not node.get("ignored")
        and not node.get("name", {}).get("value")
    ]
    assert unnamed == []


@with_editor
def test_an_example_opens_and_a_term_is_written_into_it(page: Page) -> None:
    page.evaluate("document.querySelector('#example').value = 'budget-balance'")
    page.click("#examples button")
    page.until(f"{VALUE}.startsWith('# Does the budget balance')")
    page.click("[data-terms] button")
    assert page.evaluate(f"{VALUE}.includes(document.querySelector('[data-terms] code').textContent)")


@with_editor
def test_a_permalink_brings_the_query_back(page: Page, address: str) -> None:
    query = "SELECT ?n { VALUES ?n { 'Άγιος & 100%' } } # +"
    ask(page, query)
    link = page.evaluate("document.querySelector('#permalink').href")
    assert page.evaluate("location.href") == link
    assert link.startswith(f"{address}/sparql.en.html?query=")
    page.go("about:blank#elsewhere")
    page.go(link)
    page.until(READY)
    assert page.evaluate(VALUE) == query


@with_editor
def test_the_copied_command_and_program_run(page: Page) -> None:
    replace(page, """SELECT ("it's \\"Ά\\" \\\\" AS ?text) (COUNT(*) AS ?n) { ?s ?p ?o }""")
    command = page.evaluate("document.querySelector('#as-curl').textContent")
    expected = 'text,n\r\n"it\'s ""Ά"" \\",2000\r\n'
    done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=60, check=True)
    assert done.stdout.decode() == expected
    replace(page, 'ASK { ?s ?p ?o FILTER (STR(?p) = "urn:p:value") }')
    program = page.evaluate("document.querySelector('#as-python').textContent")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=True)
    assert done.stdout == b"True\n"


@pytest.mark.parametrize(
    ("query", "printed"),
    [
        (
            """SELECT ("it's \\"Ά\\"" AS ?text) (COUNT(*) AS ?n) { ?s ?p ?o }""",
            ["text", "n", "1", "it's", '"Ά"', "2000"],
        ),
        ("ASK { ?s ?p ?o }", ["[1]", "TRUE"]),
        (
            "CONSTRUCT { <urn:x> <urn:p:n> ?n } WHERE { <urn:s:7> <urn:p:value> ?n }",
            ["<urn:x>", "<urn:p:n>", "7", "."],
        ),
    ],
)
@with_editor
def test_the_copied_program_in_r_runs(page: Page, tmp_path: Path, query: str, printed: list[str]) -> None:
    if not r.is_there():
        pytest.skip(r.NOT_THERE)
    replace(page, query)
    program = tmp_path / "program.R"
    program.write_text(page.evaluate("document.querySelector('#as-r').textContent"), encoding="utf-8")
    done = r.run(program)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == printed


@with_editor
def test_a_query_can_be_stopped(page: Page) -> None:
    replace(page, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    page.press("Enter", control=True)
    page.until("!document.querySelector('#cancel').hidden")
    page.click("#cancel")
    page.until("document.querySelector('#answer').innerText.includes('The query was stopped.')")
    ask(page, COUNT)
    assert page.text("#answer tbody") == "2000"


@with_editor
def test_a_query_that_took_too_long_is_sent_as_a_job(page: Page) -> None:
    ask(page, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
    assert page.evaluate("document.querySelector('#answer [role=alert]') !== null")
    page.click("#answer .refusal button:last-of-type")
    page.until("location.pathname.startsWith('/job/') && document.readyState === 'complete'")


@with_editor
def test_what_is_written_can_be_read_in_light_and_in_dark(page: Page) -> None:
    replace(page, "# c\nSELECT * { ?s <urn:p:value> 1 }")
    for scheme in ("light", "dark"):
        page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        ratios = page.evaluate((Path(__file__).parent / "contrast.js").read_text(encoding="utf-8"))
        assert ratios
        assert {name: ratio for name, ratio in ratios.items() if ratio < 4.5} == {}, scheme
    page.call("Emulation.setEmulatedMedia", features=[])


def test_without_a_script_the_form_answers(address: str, tab: Page) -> None:
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.go(f"{address}/sparql.en.html")
        assert tab.evaluate("document.querySelector('.yasqe')") is None
        tab.evaluate("document.querySelector('#query').focus()")
        tab.press("a", control=True, commands=["selectAll"])
        tab.type(COUNT)
        tab.press("Tab")
        tab.press("Enter")
        tab.until("location.search.startsWith('?query=')")
        tab.until("document.querySelector('#answer tbody')")
        assert tab.text("#answer tbody") == "2,000"
        assert tab.evaluate(VALUE) == COUNT
        tab.evaluate("document.querySelector('#example').value = 'budget-balance'")
        tab.evaluate("document.querySelector('#example').focus()")
        tab.press("Tab")
        tab.press("Enter")
        tab.until(f"{VALUE}.startsWith('# Does the budget balance')")
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)


def test_an_answer_is_pinned_from_the_form(tab: Page, tmp_path: Path) -> None:
    town = found_town(tmp_path)
    town.write("benches.csv", "1,Παγκάκι,,")
    town.load()
    with running(create_app(Settings(data_dir=town.settings.data_dir))) as served:
        tab.go(f"{served}/sparql.en.html")
        if HAS_EDITOR:
            tab.until(READY)
        tab.click("#pin")
        tab.until("location.pathname.startsWith('/result/') && document.readyState === 'complete'")
        assert "LIMIT 20" in tab.text("main")
