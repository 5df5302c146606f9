"""What the public server says of withheld reports: that they are gone, and nothing of what is in them."""

import httpx
import pytest
from support.reports import change_issue, load_reports, sample_copy
from support.uvicorn_thread import running

from kamara.api.app import create_app

SECRET = "Μυστικό Κείμενο"
EVERYTHING = """SELECT * { GRAPH ?g { ?s ?p ?o
    FILTER (CONTAINS(STR(?o), "Μυστικό") || CONTAINS(STR(?s), "/report/6")) } }"""
PLACES = ("/", "/health", "/doc/report/1", "/doc/report/6", "/id/report/6", "/query/reports-most-voted")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server: report 1 was public on Monday and is withdrawn on Tuesday, report 6 never was."""
    folder = tmp_path_factory.mktemp("served-reports")
    place = sample_copy("improvemycity", folder)
    change_issue(place, 6, title=SECRET, description=SECRET)
    load_reports(folder / "data", {"improvemycity": place})
    change_issue(place, 1, title=SECRET, moderation=True)
    loaded = load_reports(folder / "data", {"improvemycity": place})
    assert SECRET in "".join(held.raw for held in loaded.held("improvemycity"))
    with running(create_app(loaded.settings)) as base:
        yield base


def test_what_was_public_is_gone_and_what_never_was_is_not_there(server):
    def ask(path):
        return httpx.get(server + path, headers={"Accept": "text/turtle"}).status_code

    assert ask("/doc/report/1.ttl") == 410
    assert ask("/doc/report/6.ttl") == 404
    assert ask("/doc/report/2.ttl") == 200


@pytest.mark.parametrize("path", PLACES)
def test_no_page_shows_a_word_of_quarantine(server, path):
    answer = httpx.get(server + path, headers={"Accept": "text/html"}, follow_redirects=True)
    assert "Μυστικό" not in answer.text


def test_no_query_finds_a_word_of_quarantine(server):
    answer = httpx.get(
        f"{server}/sparql",
        params={"query": EVERYTHING},
        headers={"Accept": "application/sparql-results+json"},
    )
    assert answer.status_code == 200
    assert answer.json()["results"]["bindings"] == []
