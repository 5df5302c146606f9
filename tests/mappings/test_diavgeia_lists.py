"""Diavgeia's lists: organisations, their units, positions, version logs."""

import json
from shutil import copy

import pytest
from support.decisions import CODE, ID
from support.heritage import load_places

from kamara.config import Settings

RDFS, ADMS = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/ns/adms#"
ORG, PROV = "http://www.w3.org/ns/org#", "http://www.w3.org/ns/prov#"
SAMPLES = Settings().resources.mappings
MUNICIPALITY = f"{ID}organization/6114"


@pytest.fixture
def lists(shared):
    return shared / "data" / "decisions" / "diavgeia-api-fixtures"


def load(folder, name, *files):
    place = folder / name
    place.mkdir()
    for file in files:
        copy(file, place)
    return load_places(folder / "data", {name: place})


def counts(heritage, name):
    return next(outcome.counts for outcome in heritage.outcomes if outcome.dataset == name)


def members(path, name):
    content = json.loads(path.read_text(encoding="utf-8"))
    return content.get(name, [content])


@pytest.mark.slow
@pytest.mark.parametrize("with_table", [False, True])
def test_organisations_are_all_published_and_ours_is_named_once(lists, tmp_path, with_table):
    path = lists / "organizations" / "organizations_active.json"
    table = [SAMPLES / "organizations" / "sample" / "organizations.csv"] if with_table else []
    heritage = load(tmp_path, "organizations", path, *table)
    organizations = members(path, "organizations")
    found = counts(heritage, "organizations")
    assert found.records == found.published == len(organizations) + len(table)
    names = heritage.select(
        f"SELECT ?o (COUNT(?n) AS ?names) {{ ?o a <{ORG}FormalOrganization> ; <{RDFS}label> ?n }} GROUP BY ?o"
    )
    assert {row["o"] for row in names} == {f"{ID}organization/{one['uid']}" for one in organizations}
    assert heritage.values(MUNICIPALITY, f"{RDFS}label") == {
        "Δήμος Θεσσαλονίκης",
        "Municipality of Thessaloniki",
    }
    numbers = {f"{MUNICIPALITY}~diavgeia", f"{MUNICIPALITY}~vat"}
    numbers |= {f"{MUNICIPALITY}~ypes"} if with_table else set()
    assert heritage.values(MUNICIPALITY, f"{ADMS}identifier") == numbers
    assert not any(
        "@" in quad.object.value.replace("mailto:", "@")
        for quad in heritage.store
        if "homepage" in quad.predicate.value
    )


def test_what_is_no_tax_number_or_address_is_left_out(tmp_path):
    place = tmp_path / "organizations"
    place.mkdir()
    one = {
        "uid": "1",
        "label": "ΦΟΡΕΑΣ",
        "status": "active",
        "category": "10022",
        "vatNumber": "69",
        "website": "http:// a@b.gr",
    }
    (place / "one.json").write_text(json.dumps(one, ensure_ascii=False), encoding="utf-8")
    heritage = load_places(tmp_path / "data", {"organizations": place})
    thing = f"{ID}organization/1"
    assert heritage.values(thing, f"{ADMS}identifier") == {f"{thing}~diavgeia"}
    assert heritage.values(thing, "http://xmlns.com/foaf/0.1/homepage") == set()
    assert heritage.values(thing, f"{ORG}classification") == {f"{CODE}organization-category/OTHERTYPE"}


def test_units_are_parts_of_their_parents(lists, tmp_path):
    path = lists / "organizations" / "an_orgs_units.json"
    heritage = load(tmp_path, "organizational-units", path)
    units = members(path, "units")
    assert counts(heritage, "organizational-units").published == len(units)
    own = {unit["uid"] for unit in units}
    for unit in units:
        kind = "organizational-unit" if unit["parentId"] in own else "organization"
        found = heritage.values(f"{ID}organizational-unit/{unit['uid']}", f"{ORG}subOrganizationOf")
        assert found == {f"{ID}{kind}/{unit['parentId']}"}


def test_a_unit_of_a_unit_is_part_of_it(sample_decisions):
    part = f"{ID}organizational-unit/99000000"
    assert sample_decisions.loaded.values(f"{part}3", f"{ORG}subOrganizationOf") == {f"{part}2"}
    assert sample_decisions.loaded.values(f"{part}2", f"{ORG}subOrganizationOf") == {MUNICIPALITY}


def test_positions_have_their_names(lists, tmp_path):
    path = lists / "organizations" / "an_orgs_positions.json"
    heritage = load(tmp_path, "positions", path)
    positions = members(path, "positions")
    assert counts(heritage, "positions").published == len(positions)
    for one in positions:
        assert len(heritage.values(f"{ID}position/{one['uid']}", f"{RDFS}label")) == 2


def test_a_version_log_is_published_without_its_creator(lists, tmp_path):
    path = lists / "decisions" / "one_decisions_version_log.json"
    heritage = load(tmp_path, "decision-versions", path)
    assert counts(heritage, "decision-versions").published == 1
    log = json.loads(path.read_text(encoding="utf-8"))
    rows = heritage.select("SELECT ?v ?d { ?v <http://data.europa.eu/eli/ontology#realizes> ?d }")
    assert {(row["v"], row["d"]) for row in rows} == {
        (f"{ID}decision-version/{log['ada']}~{version['versionId']}", f"{ID}decision/{log['ada']}")
        for version in log["versions"]
    }
    assert not any(
        version["creator"] in str(quad.object) for quad in heritage.store for version in log["versions"]
    )


def test_a_log_chains_its_versions(sample_decisions):
    rows = sample_decisions.loaded.select(
        f"SELECT ?v ?old {{ ?v <{PROV}wasRevisionOf> ?old FILTER CONTAINS(STR(?v), '/decision-version/') }}"
    )
    assert [(row["v"][-3:], row["old"][-3:]) for row in rows] == [("007", "700")]
