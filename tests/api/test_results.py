"""Pinned results: the very bytes for good, on a version that stays, with a citation for programs."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx
import jsonschema
import pytest
from pybtex.database import parse_string
from pybtex.richtext import Text
from support.site import Page
from support.town import BASE, Town, found_town
from support.uvicorn_thread import running
from support.waiting import wait_until

from kamara.api.app import create_app
from kamara.api.results.citation import Citation
from kamara.config import JobSettings, ResultSettings, Settings
from kamara.sparql.layout import Layout
from kamara.sparql.results.archive import ResultArchive
from kamara.sparql.versions import Versions

BENCHES = 40
ALL = "SELECT ?s ?p ?o { ?s ?p ?o }"
NAMES = f"SELECT ?name {{ ?bench a <{BASE}def/Bench> ; <http://www.w3.org/2000/01/rdf-schema#label> ?name }}"
CSL_SCHEMA = Path(__file__).with_name("csl-item.json")


@dataclass(frozen=True)
class City:
    """A town whose graph is served."""

    town: Town
    settings: Settings
    client: httpx.Client

    def pin(self, text: str = ALL, **more: str) -> httpx.Response:
        return self.client.post("/pin", data={"query": text, **more})

    def job(self, text: str = ALL, path: str = "/sparql", **more: str) -> str:
        """The address of a job that is done."""
        asked = {"query": text, **more} if text else more
        sent = self.client.get(path, params=asked, headers={"Prefer": "respond-async"})
        assert sent.status_code == 202, sent.text
        job = f"/job/{sent.json()['id']}"
        end = time.monotonic() + 60
        while (told := self.client.get(job).json())["state"] != "done":
            assert told["state"] != "failed", told
            assert time.monotonic() < end, told
            time.sleep(0.02)
        return job

    def hold(self, count: int) -> int:
        """Load so many benches; gives the number of the published version."""
        self.town.write("benches.csv", *(f"{n},Παγκάκι {n},," for n in range(count)))
        self.town.load()
        version = Versions(self.settings).current()
        assert version is not None
        return version.number


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    town = found_town(tmp_path_factory.mktemp("town"))
    limits = ResultSettings(largest_mb=1, keep_mb=1, max_mb=1, per_client=1000)
    jobs = JobSettings(per_client=100)
    settings = Settings(data_dir=town.settings.data_dir, results=limits, jobs=jobs)
    found = City(town, settings, httpx.Client())
    found.hold(BENCHES)
    with running(create_app(settings)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield City(town, settings, client)


def test_a_pinned_answer_stays_byte_by_byte_when_the_data_change(city: City) -> None:
    before = city.client.get("/sparql", params={"query": ALL, "format": "csv"})
    made = city.pin(format="csv")
    assert made.status_code == 201, made.text
    told = made.json()
    place = f"/{made.headers['location']}"
    assert place == f"/result/{told['id']}"
    assert told["address"] == f"{BASE}result/{told['id']}"
    city.hold(BENCHES + 1)
    answer = city.client.get(place)
    assert answer.content == before.content
    assert answer.content != city.client.get("/sparql", params={"query": ALL, "format": "csv"}).content
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert sha256(answer.content).hexdigest() == told["sha256"]
    assert (len(answer.content), answer.headers["kamara-version"]) == (
        told["bytes"],
        str(told["version"]["number"]),
    )
    assert len(list(csv.reader(io.StringIO(answer.text)))) == told["rows"] + 1


def test_what_was_pinned_before_has_the_address_that_it_had(city: City) -> None:
    first, again = city.pin(NAMES, format="tsv"), city.pin(NAMES, format="tsv")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["location"] == again.headers["location"]
    assert first.headers["location"] != city.pin(NAMES, format="xml").headers["location"]


def test_its_version_is_never_collected(city: City) -> None:
    number = city.pin(f"{NAMES} ORDER BY ?name").json()["version"]["number"]
    for count in range(3):
        city.hold(BENCHES + 10 + count)
    few = city.settings.model_copy(update={"versions": city.settings.versions.model_copy(update={"keep": 1})})
    Versions(few).collect()
    kept = {version.number for version in Versions(few).all()}
    assert number in kept
    assert Versions(few).get(number).cited
    assert len(kept) < number + 3


def test_an_answer_that_is_not_kept_is_made_again_on_its_version(city: City) -> None:
    told = city.pin(f"{ALL} ORDER BY ?o", format="tsv").json()
    wanted = city.client.get(f"/result/{told['id']}").content
    (city.settings.data_dir / "results" / told["id"] / "answer").unlink()
    city.hold(BENCHES + 20)
    again = city.client.get(f"/result/{told['id']}/answer.tsv")
    assert again.content == wanted
    assert city.client.get(f"/result/{told['id']}.json").json()["kept"] is False
    # What was made again does not stay on the disk.
    wait_until(lambda: not list((city.settings.data_dir / "results").glob(".*.part")))


def test_an_answer_that_comes_out_otherwise_is_gone_and_never_shown(city: City) -> None:
    told = city.pin(f"{NAMES} LIMIT 3").json()
    folder = city.settings.data_dir / "results" / told["id"]
    (folder / "answer").unlink()
    record = json.loads((folder / "record.json").read_text())
    (folder / "record.json").write_text(json.dumps({**record, "digest": "0" * 64}))
    answer = city.client.get(f"/result/{told['id']}")
    assert answer.status_code == 410
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT (NOW() AS ?t) {}", "NOW"),
        ("SELECT (rand() AS ?t) {}", "RAND"),
        ("SELECT (STRUUID() AS ?t) {}", "STRUUID"),
        ("CONSTRUCT { [] ?p ?o } { ?s ?p ?o } LIMIT 1", "blank nodes"),
        (f"SELECT ?o {{ ?s ?p ?o . ?t ?q ?r . ?u ?v ?w }} LIMIT 400000 # {'x' * 10}", "1 MiB"),
    ],
)
def test_what_could_not_be_made_again_is_not_pinned(city: City, query: str, told: str) -> None:
    answer = city.pin(query)
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "/problem/pin"
    assert told in answer.json()["detail"]


def test_a_query_that_calls_other_endpoints_is_refused(city: City) -> None:
    assert city.pin("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }").status_code in (400, 422)


def test_a_saved_query_is_pinned_with_its_parameters(city: City) -> None:
    made = city.client.post("/pin/budget-as-of", data={"day": "2016-04-08", "format": "text/csv"})
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["savedQuery"], told["parameters"]) == ("budget-as-of", {"day": "2016-04-08"})
    assert "2016-04-08" in told["title"]["el"]
    asked = city.client.get("/query/budget-as-of.csv?day=2016-04-08")
    assert city.client.get(f"/pin/../result/{told['id']}").content == asked.content
    assert city.client.post("/pin/budget-as-of?day=never").status_code == 400
    assert city.client.post("/pin/no-such").status_code == 404


def test_a_browser_is_led_from_the_saved_query_to_the_page_of_the_result(city: City) -> None:
    form = city.client.get("/query/budget-as-of.el.html?day=2016-04-08").text
    assert 'action="../pin/budget-as-of" method="post"' in form
    assert re.search(r'type="hidden" name="day" value="2016-04-08"', form)
    html = {"accept": "text/html"}
    made = city.client.post("/pin/budget-as-of", data={"day": "2016-04-08"}, headers=html)
    assert made.status_code == 303
    place = f"/pin/{made.headers['location']}"
    for language in ("el", "en"):
        answer = city.client.get(place, headers={**html, "accept-language": language})
        page = Page(answer.text)
        assert not page.faults
        assert page.language == language
        assert answer.headers["link"].startswith(f"<{BASE}result/")
        assert "@misc{" in page.text
        for href in page.hrefs:
            if href.startswith("../result/"):
                assert city.client.get(f"/result/{href}").status_code == 200, href


def test_a_parser_of_bibtex_reads_the_entry(city: City) -> None:
    told = city.pin(f"{NAMES} # 100% & {{_}}", format="csv").json()
    answer = city.client.get(f"/result/{told['id']}.bib")
    assert answer.headers["content-type"] == "application/x-bibtex; charset=utf-8"
    (entry,) = parse_string(answer.text, "bibtex").entries.values()
    assert entry.type == "misc"
    assert entry.fields["url"] == told["address"]
    assert told["title"]["en"] in entry.fields["title"]
    assert told["sha256"] in entry.fields["note"]
    assert [str(person) for person in entry.persons["author"]] == ["{Kamara}"]


def test_a_title_with_the_signs_of_tex_is_read_as_it_is(city: City) -> None:
    name = city.pin(NAMES).json()["id"]
    record = ResultArchive(Layout(city.settings.data_dir)).get(name)
    title = r"50% of A & B_c {d} #1 $2 ~ ^ \ Θεσσαλονίκη"
    written = Citation(record, {"en": title, "el": title}, "Kamara", "https://example.org/r").bibtex()
    (entry,) = parse_string(written, "bibtex").entries.values()
    plain = Text.from_latex(entry.fields["title"])
    assert "50% of A & B_c" in str(plain)
    assert str(plain).endswith("Θεσσαλονίκη")


def test_the_csl_is_what_its_schema_asks_for(city: City) -> None:
    told = city.pin(NAMES).json()
    answer = city.client.get(f"/result/{told['id']}.csl.json")
    assert answer.headers["content-type"] == "application/vnd.citationstyles.csl+json"
    jsonschema.validate(answer.json(), json.loads(CSL_SCHEMA.read_text(encoding="utf-8")))
    (item,) = answer.json()
    assert item["URL"] == told["address"]
    assert told["sha256"] in item["note"]


def test_the_answer_is_conditional_and_given_in_parts(city: City) -> None:
    told = city.pin(NAMES, format="csv").json()
    place = f"/result/{told['id']}"
    plain = {"accept-encoding": "identity"}
    whole = city.client.get(place, headers=plain)
    assert whole.headers["etag"] == f'"{told["sha256"]}"'
    fresh = city.client.get(place, headers={**plain, "if-none-match": whole.headers["etag"]})
    assert fresh.status_code == 304
    part = city.client.get(place, headers={**plain, "range": "bytes=4-13"})
    assert (part.status_code, part.content) == (206, whole.content[4:14])
    assert city.client.head(place, headers=plain).headers["content-length"] == str(told["bytes"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/result/" + "0" * 32, 404),
        ("/result/..%2f..%2fversions", 404),
        ("/result/ABC", 404),
        ("/result/abc.bib", 404),
    ],
)
def test_what_is_not_there_is_one_problem(city: City, path: str, status: int) -> None:
    answer = city.client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_representations_are_negotiated(city: City) -> None:
    place = f"/result/{city.pin(NAMES, format='csv').json()['id']}"

    def kind(accept: str) -> str:
        answer = city.client.get(place, headers={"accept": accept})
        return answer.headers["content-type"].partition(";")[0]

    assert kind("*/*") == "text/csv"
    assert kind("application/x-bibtex") == "application/x-bibtex"
    assert kind("application/json") == "application/json"
    assert city.client.get(place, headers={"accept": "image/png"}).status_code == 406
    assert city.client.get(f"{place}.docx").status_code == 404
    assert city.client.get(f"{place}/answer.json").status_code == 404
    assert city.client.get(f"{place}.rq").text == NAMES


def test_pinning_is_bounded_and_can_be_turned_off(city: City) -> None:
    def refused(status: int, **limits: object) -> None:
        results = ResultSettings.model_validate({"max": 10000, **limits})
        with running(create_app(city.settings.model_copy(update={"results": results}))) as address:
            answers = [
                httpx.post(f"{address}/pin", data={"query": f"ASK {{ ?s ?p {n} }}"}, timeout=60)
                for n in (1, 2)
            ]
            assert answers[1].status_code == status, answers[1].text
            if status == 429:
                assert answers[0].status_code in (200, 201)
                assert int(answers[1].headers["retry-after"]) > 0

    refused(403, open=False)
    refused(429, per_client=1)
    refused(422, max=1)


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_a_job_that_is_done_is_pinned_as_its_query_would_be(city: City, form: str) -> None:
    text = f"SELECT ?s (COUNT(*) AS ?{form}) {{ ?s ?p ?o }} GROUP BY ?s"
    job = city.job(text, format=form)
    answer = city.client.get(f"{job}/result")
    told = city.client.get(job).json()
    made = city.client.post(f"/job/{told['pin']}")
    assert made.status_code == 201, made.text
    assert made.json()["sha256"] == told["sha256"] == sha256(answer.content).hexdigest()
    assert (made.json()["query"], made.json()["kept"]) == (text, True)
    itself = city.pin(text, format=form)
    assert (itself.status_code, itself.json()) == (200, made.json())
    city.client.delete(job)
    pinned = city.client.get(f"/result/{made.json()['id']}/answer.{form}")
    assert pinned.content == answer.content


@pytest.mark.parametrize("form", ["ttl", "rdf", "jsonld"])
def test_a_graph_of_a_job_is_written_as_it_would_be(city: City, form: str) -> None:
    text = f"CONSTRUCT {{ ?o <urn:{form}> ?s }} WHERE {{ ?s a ?o }}"
    itself = city.pin(text, format=form)
    assert itself.status_code == 201, itself.text
    again = city.client.post(f"{city.job(text, format=form)}/pin")
    assert (again.status_code, again.json()) == (200, itself.json())


def test_a_pinned_job_of_a_saved_query_says_which_one_it_was(city: City) -> None:
    job = city.job(path="/query/budget-as-of.csv", text="", day="2016-04-08")
    made = city.client.post(f"{job}/pin").json()
    assert (made["savedQuery"], made["parameters"]) == ("budget-as-of", {"day": "2016-04-08"})
    itself = city.client.post("/pin/budget-as-of", data={"day": "2016-04-08", "format": "csv"})
    assert (itself.status_code, itself.json()["id"]) == (200, made["id"])


def test_a_job_is_pinned_on_the_version_that_answered_it(city: City) -> None:
    number = city.hold(BENCHES + 7)
    job = city.job(NAMES, format="csv")
    city.hold(BENCHES + 8)
    made = city.client.post(f"{job}/pin").json()
    assert (made["version"]["number"], made["rows"]) == (number, BENCHES + 7)
    city.hold(BENCHES)
    assert Versions(city.settings).get(number).cited
    assert city.client.get(f"/result/{made['id']}").text.count("Παγκάκι") == BENCHES + 7


def test_a_job_on_a_version_that_was_collected_is_not_pinned(city: City) -> None:
    number = city.hold(BENCHES + 9)
    job = city.job(f"{NAMES} # collected")
    city.hold(BENCHES)
    Versions(city.settings).remove(number)
    refused = city.client.post(f"{job}/pin")
    assert refused.status_code == 422
    assert f"version {number}, which is not there any more" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT (NOW() AS ?now) {}", "NOW"),
        ("SELECT ?s { ?s ?p ?o FILTER(RAND()<0.5) }", "RAND"),
        ("SELECT ?s { ?s ?p ?o } ORDER BYRAND()", "RAND"),
        ("CONSTRUCT { [] <urn:of> ?s } WHERE { ?s a ?t }", "blank nodes"),
        ("CONSTRUCT { _:b <urn:of> ?s } WHERE { ?s a ?t }", "blank nodes"),
        ("CONSTRUCT { ?s <urn:of> ( ?t ) } WHERE { ?s a ?t }", "blank nodes"),
        ("SELECT ?a ?b { ?a ?p ?o . ?b ?q ?r } LIMIT 20000", "too long to be kept"),
    ],
)
def test_a_job_whose_answer_may_come_out_otherwise_is_not_pinned(city: City, query: str, told: str) -> None:
    refused = city.client.post(f"{city.job(query)}/pin")
    assert refused.status_code == 422, refused.text
    assert told in refused.json()["detail"]


def test_a_template_without_blank_nodes_is_no_obstacle(city: City) -> None:
    query = "CONSTRUCT { ?s <urn:none> () } WHERE { ?s a ?t . [] ?p ?s }"
    assert city.client.post(f"{city.job(query)}/pin").status_code in (200, 201)


def test_a_job_that_is_not_there_or_not_done_is_not_pinned(city: City) -> None:
    assert city.client.post("/job/no-such/pin").status_code == 404
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    sent = city.client.get("/sparql", params={"query": endless}, headers={"Prefer": "respond-async"})
    job = f"/{sent.headers['location']}"
    assert city.client.post(f"{job}/pin").status_code == 409
    assert city.client.delete(job).status_code == 204


def test_a_person_pins_a_job_from_its_page(city: City) -> None:
    job = city.job(f"{NAMES} # page")
    page = Page(city.client.get(f"{job}.el.html").text)
    assert not page.faults
    assert "form" in page.tags
    led = city.client.post(f"{job}/pin", headers={"Accept": "text/html"}, follow_redirects=True)
    assert (led.status_code, led.url.path.split("/")[1]) == (200, "result")
    assert NAMES in Page(led.text).text
