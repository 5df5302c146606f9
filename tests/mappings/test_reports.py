"""Citizens' reports from their files into the graph: every record counted, nobody's data in it."""

import json
import re

import pytest
from support.reports import (
    BASE,
    CITY,
    NO_DATE,
    athens,
    change_issue,
    load_reports,
    public,
    read_data,
    real_places,
    records,
    sample,
    sample_copy,
    samples,
)

from kamara.config import Settings
from kamara.loaders.privacy.grid import snap
from kamara.loaders.source import read_sources

ADMS, DCTERMS, KAM = "http://www.w3.org/ns/adms#", "http://purl.org/dc/terms/", f"{BASE}def/"
POINT = re.compile(r"POINT\((\S+) (\S+)\)")
IMC = sample("improvemycity")


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The samples of all sources of reports."""
    return load_reports(tmp_path_factory.mktemp("sample-reports") / "data", samples())


@pytest.fixture(scope="module")
def real(shared, tmp_path_factory):
    """The real files of Open311 and NGSI-LD."""
    folder = tmp_path_factory.mktemp("real-reports")
    return load_reports(folder / "data", real_places(shared, folder / "files"))


@pytest.fixture
def opted_in():
    """The sources, where those of reports opt in to publishing text."""
    sources = read_sources(Settings().resources)
    for name in CITY:
        about = sources[name].about
        opened = about.privacy.model_copy(update={"publish_text": True})
        sources[name] = type(sources[name])(
            sources[name].folder, about.model_copy(update={"privacy": opened})
        )
    return sources


def all_text(reports):
    """Everything that the published store holds of reports, as one text."""
    graphs = {f"{BASE}graph/{name}" for name in CITY}
    return "\n".join(str(quad) for quad in reports.store if quad.graph_name.value in graphs)


def points(reports):
    return [tuple(map(float, match.groups())) for match in POINT.finditer(all_text(reports))]


# The files and the graph


@pytest.mark.parametrize("dataset", [name for name in CITY if name != "improvemycity"])
def test_each_record_of_a_sample_is_published(reports, dataset):
    total = records(sample(dataset))
    assert reports.counts(dataset) == (total, total, 0)


def test_each_record_of_improvemycity_is_published_or_held(reports):
    issues, steps = read_data(IMC, "issues"), read_data(IMC, "timeline")
    hidden = {issue["id"] for issue in issues} - {issue["id"] for issue in public(issues)}
    held = len(hidden) + sum(step["issueid"] in hidden for step in steps)
    total = len(issues) + len(steps) + len(read_data(IMC, "categories")) + len(read_data(IMC, "steps"))
    assert hidden
    assert reports.counts("improvemycity") == (total, total - held, held)


@pytest.mark.parametrize("dataset", ["open311-requests", "open311-requests-xml", "open311-services"])
def test_each_real_record_of_open311_is_published(real, shared, tmp_path, dataset):
    total = records(real_places(shared, tmp_path)[dataset])
    assert total
    assert real.counts(dataset) == (total, total, 0)


def test_each_real_entity_is_published_in_either_form(real, shared):
    folder = shared / "data" / "issues" / "ngsi-ld"
    total = len(list(folder.glob("*.jsonld")))
    assert real.counts("ngsi-issues") == (total, total, 0)
    kinds = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.jsonld")]
    wanted = {entity["id"] for entity in kinds if entity["type"] != "services"}
    rows = real.select(f"SELECT ?id {{ ?r a <{KAM}Report> ; <{DCTERMS}identifier> ?id }}")
    assert wanted <= {row["id"] for row in rows}


def test_the_two_forms_of_an_entity_say_the_same(shared, tmp_path):
    folder = shared / "data" / "issues" / "ngsi-ld"
    told = []
    for form in ("IssueReporting-example.jsonld", "IssueReporting-example-normalized.jsonld"):
        loaded = load_reports(tmp_path / form, {"ngsi-issues": folder / form})
        told.append({line for line in all_text(loaded).splitlines() if "/id/ngsi-report/" in line})
    assert told[0] == told[1] != set()


def test_real_requests_keep_what_their_files_say(real, shared):
    path = shared / "data" / "issues" / "open311-fixtures" / "service_requests.json"
    for request in json.loads(path.read_text(encoding="utf-8")):
        thing = f"id/open311-report/{request['service_request_id']}"
        assert real.values(thing, f"{ADMS}status") == {f"{BASE}code/report-status/{request['status']}"}
        assert real.values(thing, "https://schema.org/category") == {request["service_name"]}
        service = f"{BASE}id/open311-service/{request['service_code']}"
        assert real.values(thing, f"{KAM}sourceCategory") == {service}


@pytest.mark.parametrize("issue", public(read_data(IMC, "issues")), ids=lambda issue: str(issue["id"]))
def test_an_issue_keeps_its_times_votes_and_step(reports, issue):
    thing = f"id/report/{issue['id']}"
    assert reports.values(thing, f"{DCTERMS}created") == {athens(issue["created"]).isoformat()}
    changed = set() if issue["updated"] == NO_DATE else {athens(issue["updated"]).isoformat()}
    assert reports.values(thing, f"{DCTERMS}modified") == changed
    assert reports.values(thing, f"{KAM}votes") == {float(issue["votes"])}
    status = {1: "open", 2: "open", 3: "open", 4: "closed", 5: "closed", 6: "closed", 7: "closed"}
    assert reports.values(thing, f"{ADMS}status") == {f"{BASE}code/report-status/{status[issue['stepid']]}"}


def test_the_history_is_that_of_the_timeline(reports):
    shown = {issue["id"] for issue in public(read_data(IMC, "issues"))}
    wanted = {
        (f"{BASE}id/report/{step['issueid']}", athens(step["created"]).isoformat())
        for step in read_data(IMC, "timeline")
        if step["issueid"] in shown
    }
    rows = reports.select(
        "PREFIX prov: <http://www.w3.org/ns/prov#> "
        "SELECT ?report ?time { ?step a prov:Activity ; prov:used ?report ; prov:startedAtTime ?time }"
    )
    assert {(row["report"], row["time"]) for row in rows} == wanted


def test_a_step_of_no_issue_stays_out(tmp_path):
    place = sample_copy("improvemycity", tmp_path)
    path = place / "timeline.json"
    answer = json.loads(path.read_text(encoding="utf-8"))
    answer["data"].append({**answer["data"][0], "issueid": 77, "description": "κείμενο"})
    path.write_text(json.dumps(answer), encoding="utf-8")
    loaded = load_reports(tmp_path / "data", {"improvemycity": place})
    assert "report/77" not in all_text(loaded)
    assert any("report/77" in name for held in loaded.held("improvemycity") for name in held.subjects)


def test_a_step_that_nobody_knows_holds_its_report_with_a_reason(tmp_path):
    place = sample_copy("improvemycity", tmp_path)
    change_issue(place, 2, stepid_title="Κάτι άλλο")
    loaded = load_reports(tmp_path / "data", {"improvemycity": place})
    reasons = [r for held in loaded.held("improvemycity") for r in held.reasons if r.path.endswith("status")]
    assert "report-status" in reasons[0].messages["en"]
    assert "report-status" in reasons[0].messages["el"]


# Privacy


def test_no_word_of_a_report_is_published_by_default(reports):
    text = all_text(reports)
    for issue in read_data(IMC, "issues"):
        assert f'"{issue["title"]}"@el' not in text
        assert issue["description"] not in text
    assert "Οδός" not in text
    assert "foto.jpg" not in text


def test_a_source_that_opts_in_publishes_redacted_text_of_moderated_reports(tmp_path, opted_in):
    loaded = load_reports(tmp_path, samples(), opted_in)
    text = all_text(loaded)
    assert "ξεχειλίζει. Καλέστε με στο [τηλέφωνο]" in text
    assert "Στοιχεία: [email]" in text
    assert "foto.jpg" in text
    for hidden in ("2310 000000", "6900000000", "politis@", "δεν έχει εγκριθεί", "απορρίφθηκε", "Οδός"):
        assert hidden not in text


@pytest.mark.parametrize("field", ["created_by_name", "email", "phone", "comments", "address"])
def test_what_is_of_people_is_not_even_read(tmp_path, field):
    place = sample_copy("improvemycity", tmp_path)
    change_issue(place, 1, **{field: "Μυστική Τιμή"})
    assert "Μυστική" not in all_text(load_reports(tmp_path / "data", {"improvemycity": place}))


@pytest.mark.parametrize("grid", [50, 100, 400])
def test_no_position_is_finer_than_the_grid(tmp_path, grid):
    loaded = load_reports(tmp_path, samples(), grid_metres=grid)
    shown = [issue for issue in public(read_data(IMC, "issues")) if issue["latitude"]]
    found = points(loaded)
    for point in found:
        assert snap(*point, grid) == pytest.approx(point, abs=1e-6)
    for issue in shown:
        exact = float(issue["longitude"]), float(issue["latitude"])
        assert any(point == pytest.approx(snap(*exact, grid), abs=1e-6) for point in found)
        assert exact not in found


def test_a_report_is_tied_to_its_place(reports):
    assert reports.values("id/report/1", f"{DCTERMS}spatial") == {f"{BASE}id/municipality/9031"}
    assert reports.values("id/report/8", f"{DCTERMS}spatial") == set()


@pytest.mark.parametrize(
    "withdrawn", [{"moderation": True}, {"state": 0}, {"moderation": None}, {"created": "no time"}]
)
def test_what_was_public_and_no_longer_may_be_is_gone(tmp_path, withdrawn):
    place = sample_copy("improvemycity", tmp_path)
    first = load_reports(tmp_path / "data", {"improvemycity": place})
    assert first.values("id/report/1", f"{DCTERMS}identifier") == {"1"}
    change_issue(place, 1, **withdrawn)
    second = load_reports(tmp_path / "data", {"improvemycity": place})
    assert not re.search(r"/id/report/1[>~]", all_text(second))
    total, published, held = second.counts("improvemycity")
    assert total == published + held


def test_a_source_that_does_not_moderate_publishes_nothing(tmp_path):
    sources = read_sources(Settings().resources)
    source = sources["open311-requests"]
    about = source.about.model_copy(update={"privacy": type(source.about.privacy)()})
    sources["open311-requests"] = type(source)(source.folder, about)
    loaded = load_reports(tmp_path, {"open311-requests": sample("open311-requests")}, sources)
    total = records(sample("open311-requests"))
    assert loaded.counts("open311-requests") == (total, 0, total)
    assert "/id/open311-report/" not in all_text(loaded)
