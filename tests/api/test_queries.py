"""Saved queries over HTTP: pages, an API with checked parameters, downloads."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.graph import FixedVersions, numbers, publish
from support.site import OBSERVATION, Page, sample_store
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.config import Settings
from kamara.resources import bundled
from kamara.sparql.queries import read_queries

LIBRARY = read_queries(bundled().queries)
NAME = "budget-as-of"
# The first thousand come at once, the last ones never.
SLOW = """# @question en Which three numbers make less than this?
# @question el Ποιοι τρεις αριθμοί κάνουν λιγότερο;
# @param most xsd:integer 1500 The sum / Το άθροισμα
SELECT ?a ?b ?c { ?a ?p ?x . ?b ?p ?y . ?c ?p ?z FILTER (?x + ?y + ?z < ?most) }
"""
CHARACTER = "http://data.openbudgets.eu/ontology/dsd/"
SELECTS = [name for name, saved in LIBRARY.items() if "SELECT" in saved.text]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    spent = f"<{OBSERVATION}> <{CHARACTER}dimension/operationCharacter> <{CHARACTER}operation/expenditure> ."
    versions = FixedVersions(publish(tmp_path_factory.mktemp("version"), sample_store(extra=spent)))
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    with running(create_app(settings, versions)) as address, httpx.Client(base_url=address) as opened:
        yield opened


def test_the_library_is_listed_with_questions_and_parameters(client: httpx.Client) -> None:
    listed = {one["name"]: one for one in client.get("/query").json()}
    assert set(listed) == set(LIBRARY)
    assert listed[NAME]["question"] == dict(LIBRARY[NAME].question)
    (day,) = listed[NAME]["parameters"]
    assert (day["name"], day["datatype"], day["default"]) == ("day", "xsd:date", None)


@pytest.mark.parametrize("name", LIBRARY)
def test_each_has_a_page_in_both_languages_and_an_answer(client: httpx.Client, name: str) -> None:
    for language in ("el", "en"):
        answer = client.get(f"/query/{name}.{language}.html")
        assert answer.status_code == 200, answer.text
        page = Page(answer.text)
        assert not page.faults
        assert page.language == language
        assert LIBRARY[name].question[language] in page.text
    assert client.get(f"/query/{name}").status_code == 200


def test_a_parameter_is_bound_and_changes_the_answer(client: httpx.Client) -> None:
    def amounts(day: str) -> list[dict[str, str]]:
        answer = client.get(f"/query/{NAME}.csv", params={"day": day})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        return list(csv.DictReader(io.StringIO(answer.text)))

    assert amounts("2016-03-31") == []
    assert amounts("") == amounts("2016-04-02")
    (amount,) = amounts("2016-04-02")
    assert amount["total"] == "1755000"


def test_the_answer_is_what_sparql_answers_to_the_text_with_the_defaults(client: httpx.Client) -> None:
    for name in SELECTS:
        direct = client.get("/query/" + name, headers={"accept": "application/sparql-results+json"})
        assert direct.status_code == 200, direct.text
        assert direct.headers["content-location"] == f"{name}.json"
        assert direct.json()["head"]["vars"]


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/query/no-such", 404, "no saved query"),
        (f"/query/{NAME}.docx", 404, "as `.docx`"),
        (f"/query/{NAME}.ttl", 404, "as `.ttl`"),
        (f"/query/{NAME}?day=yesterday", 400, "is not a day"),
        (f"/query/{NAME}?day=2016-02-30", 400, "is not a day"),
        (f"/query/{NAME}?hour=12", 400, "no parameter `hour`"),
        (f"/query/{NAME}?day=2016-04-01&day=2016-04-02", 400, "twice"),
        (f"/query/{NAME}?day=2016-04-01%22%7D%20DROP", 400, "is not a day"),
    ],
)
def test_what_is_wrong_is_one_problem(client: httpx.Client, path: str, status: int, told: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.json()["detail"]


def test_an_unchanged_answer_is_304_and_each_parameter_has_its_tag(client: httpx.Client) -> None:
    one = client.get(f"/query/{NAME}.json", params={"day": "2016-04-01"})
    tag = one.headers["etag"]
    again = {"if-none-match": tag}
    assert client.get(f"/query/{NAME}.json", params={"day": "2016-04-01"}, headers=again).status_code == 304
    assert client.get(f"/query/{NAME}.json", params={"day": "2016-04-02"}, headers=again).status_code == 200


def test_the_text_is_there_to_take_along(client: httpx.Client) -> None:
    answer = client.get(f"/query/{NAME}.rq")
    assert answer.headers["content-type"].startswith("application/sparql-query")
    assert answer.text == LIBRARY[NAME].text
    assert client.get(f"/query/{NAME}", headers={"accept": "image/png"}).status_code == 406


def test_the_form_keeps_what_was_asked_and_its_downloads_too(client: httpx.Client) -> None:
    page = Page(client.get(f"/query/{NAME}.el.html", params={"day": "2016-04-02"}).text)
    assert f"../query/{NAME}.csv?day=2016-04-02" in page.hrefs
    assert f"../query/{NAME}.en.html?day=2016-04-02" in page.hrefs


def test_openapi_tells_each_query_with_typed_parameters(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {f"/query/{name}" for name in LIBRARY} <= set(paths)
    asked = paths[f"/query/{NAME}"]["get"]
    (day,) = (one for one in asked["parameters"] if one["name"] == "day")
    assert day["schema"] == {"type": "string", "format": "date"}
    limit = next(
        one for one in paths["/query/sensors-limit-days"]["get"]["parameters"] if one["name"] == "limit"
    )
    assert limit["schema"] == {"type": "number", "default": 50.0}
    assert "text/csv" in asked["responses"]["200"]["content"]


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A library of two questions that take too long; the second one cannot be cut short."""
    folder = tmp_path_factory.mktemp("slow")
    shutil.copytree(Path(__file__).parent.parent / "support" / "town", folder / "town")
    queries = folder / "town" / "sparql" / "queries"
    queries.mkdir(parents=True)
    (queries / "town-three.rq").write_text(SLOW, encoding="utf-8")
    (queries / "town-sorted.rq").write_text(f"{SLOW}ORDER BY ?a", encoding="utf-8")
    versions = FixedVersions(publish(folder / "versions", numbers(2000)))
    limits = {"deadline_seconds": 0.7, "workers": 1}
    settings = Settings(data_dir=folder / "data", resources_dir=folder / "town", query=limits)  # type: ignore[arg-type]
    with running(create_app(settings, versions)) as address, httpx.Client(base_url=address) as opened:
        yield opened


def test_a_question_that_takes_too_long_comes_with_a_text_that_sparql_answers(slow: httpx.Client) -> None:
    refused = slow.get("/query/town-three.parquet", params={"most": "1600"})
    assert refused.status_code == 504
    rewrite = refused.json()["rewrite"]
    assert 'VALUES ?most { "1600"^^' in rewrite
    answer = slow.get("/sparql", params={"query": rewrite}, headers={"Accept": "text/csv"})
    assert answer.status_code == 200, answer.text
    assert len(answer.text.splitlines()) == 1 + 1000


def test_a_question_that_nobody_can_cut_short_comes_without_one(slow: httpx.Client) -> None:
    refused = slow.get("/query/town-sorted.csv")
    assert refused.status_code == 504
    assert "rewrite" not in refused.json()
