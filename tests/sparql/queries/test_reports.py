"""The questions about citizens' reports; each answer is computed from the files alone."""

import json
from collections import Counter, defaultdict
from datetime import datetime
from xml.etree.ElementTree import parse

import pytest
from support.reports import BASE, athens, load_reports, public, read_data, sample, samples

IMC = sample("improvemycity")
CATEGORY, REPORT = f"{BASE}code/report-category/", f"{BASE}id/report/"
# Read off the titles by hand: installation's category -> the common one.
CATEGORIES = {8: "cleaning", 9: "lighting", 10: "roads", 11: "green", 12: "roads", 13: "other"}
SERVICES = {"pothole": "roads", "bin": "cleaning", "light": "lighting", "Roads": "roads"}
CLOSED = {4, 5, 6, 7}
HERE = (22.92, 40.6, 23.0, 40.66)  # the square that stands for the municipality in the sample
THRESHOLD = 2


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The samples, with a threshold that some counts of them reach."""
    return load_reports(tmp_path_factory.mktemp("asked-reports") / "data", samples(), threshold=THRESHOLD)


@pytest.fixture(scope="module")
def issues():
    """The public issues of ImproveMyCity."""
    return public(read_data(IMC, "issues"))


def history():
    """Issue -> the times and step numbers of its timeline."""
    steps = defaultdict(list)
    for step in read_data(IMC, "timeline"):
        steps[step["issueid"]].append((athens(step["created"]), step["id"]))
    return steps


def requests():
    """Category, whether open, time, longitude and latitude of each request of Open311 and NGSI-LD."""
    for one in json.loads((sample("open311-requests") / "requests.json").read_text(encoding="utf-8")):
        yield one["service_code"], one["status"], one["requested_datetime"], one["long"], one["lat"]
    for one in parse(sample("open311-requests-xml") / "requests.xml").getroot():
        told = {field.tag: field.text for field in one}
        yield (
            told["service_code"],
            told["status"],
            told["requested_datetime"],
            float(told["long"]),
            float(told["lat"]),
        )
    for path in sample("ngsi-issues").glob("*.jsonld"):
        entity = json.loads(path.read_text(encoding="utf-8"))
        if entity["type"] == "IssueReporting":
            yield entity["category"], "open", entity["observationDateTime"], None, None
        else:
            point = entity["location"]["value"]["coordinates"]
            time = entity["requested_datetime"]["value"]["@value"]
            yield entity["service_code"]["value"], entity["status"]["value"], time, *point


def everything(issues):
    """Category, whether open, day in Athens, longitude and latitude of every public report."""
    for issue in issues:
        where = [float(issue[name]) if issue[name] else None for name in ("longitude", "latitude")]
        made = athens(issue["created"])
        yield CATEGORIES[issue["catid"]], issue["stepid"] not in CLOSED, made, *where
    for code, status, time, lon, lat in requests():
        yield SERVICES[code], status == "open", datetime.fromisoformat(time), lon, lat


def days_to_close(issues):
    """Category -> calendar days of each report that is closed."""
    took = defaultdict(list)
    for issue in issues:
        ends = [time for time, step in history()[issue["id"]] if step in CLOSED]
        if issue["stepid"] in CLOSED:
            made = athens(issue["created"]).date()
            took[CATEGORIES[issue["catid"]]].append((min(ends).date() - made).days)
    return took


def test_open_and_closed_by_category(reports, issues):
    wanted = defaultdict(lambda: [0, 0])
    for category, is_open, *_ in everything(issues):
        wanted[category][0 if is_open else 1] += 1
    rows = reports.ask("reports-by-category")
    assert {row["category"].removeprefix(CATEGORY): [row["open"], row["closed"]] for row in rows} == wanted
    assert all(row["name_el"] and row["name_en"] for row in rows)


def test_days_to_close(reports, issues):
    wanted = {
        name: (len(days), sum(days) / len(days), max(days)) for name, days in days_to_close(issues).items()
    }
    rows = reports.ask("reports-days-to-close")
    found = {
        row["category"].removeprefix(CATEGORY): (row["reports"], row["mean_days"], row["most_days"])
        for row in rows
    }
    assert found == wanted
    assert any(days for _, days, _ in wanted.values())


@pytest.mark.parametrize("days", [0, 2, 10, 60])
def test_the_share_closed_within_some_days(reports, issues, days):
    total = Counter(CATEGORIES[issue["catid"]] for issue in issues)
    wanted = {
        name: (count, sum(took <= days for took in days_to_close(issues).get(name, ())))
        for name, count in total.items()
    }
    rows = reports.ask("reports-closed-within", days=str(days))
    found = {row["category"].removeprefix(CATEGORY): (row["reports"], row["in_time"]) for row in rows}
    assert found == wanted
    assert all(row["share"] == pytest.approx(row["in_time"] / row["reports"]) for row in rows)


@pytest.mark.parametrize("least", [1, 3])
def test_the_most_voted(reports, issues, least):
    voted = [issue for issue in issues if issue["votes"] >= least]
    wanted = [
        (f"{REPORT}{one['id']}", one["votes"]) for one in sorted(voted, key=lambda i: (-i["votes"], i["id"]))
    ]
    rows = reports.ask("reports-most-voted", least=str(least))
    assert [(row["report"], row["votes"]) for row in rows] == wanted


@pytest.mark.parametrize("number", [1, 3, 6])
def test_the_history_of_a_report(reports, issues, number):
    is_public = number in {issue["id"] for issue in issues}
    titles = {step["id"]: step["title"] for step in read_data(IMC, "steps")}
    steps = sorted(history()[number]) if is_public else []
    rows = reports.ask("reports-history", report=f"{REPORT}{number}")
    assert [(row["time"], row["name_el"]) for row in rows] == [
        (time.isoformat(), titles[step]) for time, step in steps
    ]


def test_reports_that_are_open_since_long(reports, issues):
    day = "2026-02-05"
    wanted = sum(is_open and f"{made:%Y-%m-%d}" < day for _, is_open, made, *_ in everything(issues))
    rows = reports.ask("reports-open-since", day=day)
    assert len(rows) == wanted
    assert [row["created"] for row in rows] == sorted(row["created"] for row in rows)


def test_without_a_day_all_open_reports_answer(reports, issues):
    wanted = sum(is_open for _, is_open, *_ in everything(issues))
    assert len(reports.ask("reports-open-since")) == wanted


def test_without_a_month_the_table_of_every_month_answers(reports, issues):
    rows = reports.ask("reports-by-place-and-month")
    months = sorted({f"{made:%Y-%m}" for _, _, made, *_ in everything(issues)})
    of_each = [row for one in months for row in reports.ask("reports-by-place-and-month", month=one)]
    assert of_each
    assert sorted(map(str, rows)) == sorted(map(str, of_each))


@pytest.mark.parametrize("month", ["2026-01", "2026-02", "2026-03"])
def test_reports_by_place_and_month_tell_no_small_number(reports, issues, month):
    west, south, east, north = HERE
    wanted = Counter(
        category
        for category, _, made, lon, lat in everything(issues)
        if f"{made:%Y-%m}" == month and lon is not None and west < lon < east and south < lat < north
    )
    rows = reports.ask("reports-by-place-and-month", month=month)
    assert all(row["place"] == f"{BASE}id/municipality/9031" for row in rows)
    told = {row["category"].removeprefix(CATEGORY): row for row in rows}
    assert told.keys() == wanted.keys()
    for name, count in wanted.items():
        assert told[name]["reports"] == (count if count >= THRESHOLD else None)
        assert told[name]["suppressed"] == (count < THRESHOLD)


def test_no_number_under_the_threshold_is_anywhere_in_the_table(reports):
    rows = reports.select(f"SELECT ?count {{ ?o <{BASE}def/reportCount> ?count }}")
    assert rows
    assert all(row["count"] >= THRESHOLD for row in rows)
