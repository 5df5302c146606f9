from decimal import Decimal

import pytest
from support.budget import FOLDERS, load_from

from kamara.loaders.quarantine import held_in
from kamara.loaders.rml import FunctionRegistry, compile_mapping
from kamara.loaders.rml.codelists import CodeLists
from kamara.loaders.source import read_sources
from kamara.resources import DEFAULT_BASE, bundled
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog

APRIL_FIRST = {
    "draft": Decimal("389500000.00"),
    "revised": Decimal("402946278.94"),
    "reserved": Decimal("227298172.27"),
    "approved": Decimal("60376438.24"),
    "executed": Decimal("55694120.86"),
}


@pytest.fixture(scope="module", params=FOLDERS)
def compiled(request):
    source = read_sources(bundled())[f"budget-{request.param}"]
    functions = FunctionRegistry(DEFAULT_BASE, CodeLists.read(bundled().ontology / "codes", DEFAULT_BASE))
    (found,) = compile_mapping(source.mapping, base_iri=DEFAULT_BASE, functions=functions).sources
    return request.param, found


def record(columns, **values):
    known = {"file.year": "2016", "file.month": "04", "file.day": "01", "Περιγραφή": "Μισθοί "}
    return [known.get(name) or values.get(name, "1.234,56") for name in columns]


def test_one_row_gives_a_line_and_an_observation_a_phase(compiled):
    side, source = compiled
    row = record(source.columns, **{"Υπηρεσία": "Γενικές υπηρεσίες", "Κ.Α.": codes(side)})
    lines = source.map(row)
    subjects = {line.split(" ", 1)[0] for line in lines}
    assert len(subjects) == {"expenditure": 6, "revenue": 5}[side]
    assert len(lines) == len(set(lines))
    assert any('"Μισθοί"@el' in line for line in lines)


def codes(side):
    return {"expenditure": "6011.01.01", "revenue": "0111.01.01"}[side]


def test_a_code_of_the_other_side_is_a_problem_of_its_column(compiled):
    side, source = compiled
    other = codes("revenue" if side == "expenditure" else "expenditure")
    row = record(source.columns, **{"Υπηρεσία": "Γενικές υπηρεσίες", "Κ.Α.": other})
    assert {problem.column for problem in source.explain(row).problems} == {"Κ.Α."}


def test_every_record_is_published(budget):
    assert [
        outcome.counts.quarantined
        for outcome in budget.report.outcomes
        if outcome.dataset.startswith("budget-") and outcome.counts.quarantined
    ] == []
    published = {
        (outcome.dataset, outcome.day): outcome.counts.published for outcome in budget.report.outcomes
    }
    for side in FOLDERS:
        for day in budget.days(side):
            assert published[f"budget-{side}", day] == len(budget.rows(side, day))


def test_as_of_any_day_the_totals_are_those_of_its_file(budget):
    for side in FOLDERS:
        for day in budget.days(side):
            rows = [row for row in budget.ask("budget-as-of", day=day) if row["side"] == side]
            assert {row["phase"]: row["total"] for row in rows} == budget.totals(side, day)


@pytest.mark.slow
def test_the_first_of_april_2016(real_budget):
    rows = real_budget.ask("budget-as-of", day="2016-04-01")
    assert {row["phase"]: row["total"] for row in rows if row["side"] == "expenditure"} == APRIL_FIRST
    (draft,) = [row for row in rows if (row["side"], row["phase"]) == ("revenue", "draft")]
    assert draft["total"] == APRIL_FIRST["draft"]


@pytest.mark.slow
def test_six_days_make_one_large_change_set_and_five_small_ones(real_budget):
    for side in FOLDERS:
        sizes = [
            outcome.counts.added + outcome.counts.removed
            for outcome in real_budget.report.outcomes
            if outcome.dataset == f"budget-{side}"
        ]
        assert len(sizes) == 6
        assert max(sizes[1:]) < sizes[0] / 8


def test_a_line_that_vanishes_has_a_last_day(sample_budget):
    rows = sample_budget.select(
        """PREFIX kam: <https://data.thessaloniki.gr/def/> PREFIX schema: <https://schema.org/>
        SELECT ?through WHERE {
          ?o kam:budgetLine/kam:ka "7421.01.01" . OPTIONAL { ?o schema:validThrough ?through }
        }"""
    )
    assert [row["through"] for row in rows] == ["2016-04-07"] * 5


def test_keys_are_year_service_and_code(sample_budget):
    rows = sample_budget.select(
        "SELECT ?line WHERE { ?line a <https://data.thessaloniki.gr/def/BudgetLine> } ORDER BY ?line"
    )
    keys = {row["line"] for row in rows}
    assert {"2016~10~6011.01.01", "2016~social-policy-pde~7341.01.01", "2016~0111.01.01"} <= keys


BROKEN = {
    "an unknown service": ("Γενικές υπηρεσίες;6121", "Υπηρεσία ονείρων;6121"),
    "no service": ("Γενικές υπηρεσίες;6121", ";6121"),
    "an unknown code": (";6121.01.01;", ";6199.01.01;"),
    "a code of another form": (";6121.01.01;", ";6121.1;"),
    "no code": (";6121.01.01;", ";;"),
    "no description": ("Αντιμισθία του δημάρχου και των αντιδημάρχων", " "),
    "an amount that is not Greek": (";98.500,50;", ";98,500.50;"),
    "no amount": (";98.500,50;", ";;"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_bad_record_is_held_and_the_others_are_published(sample_budget, tmp_path, fault):
    good, bad = BROKEN[fault]
    for side, folder in sample_budget.files.items():
        file = next(folder.glob("2016_04_01*.csv"))
        text = file.read_text(encoding="utf-16")
        copy = tmp_path / "files" / FOLDERS[side] / file.name
        copy.parent.mkdir(parents=True)
        copy.write_text(text.replace(good, bad) if side == "expenditure" else text, encoding="utf-16")
    broken = load_from(tmp_path / "data", tmp_path / "files")
    counts = {outcome.dataset: outcome.counts for outcome in broken.report.outcomes}
    assert (counts["budget-expenditure"].quarantined, counts["budget-expenditure"].published) == (1, 12)
    assert counts["budget-revenue"].quarantined == 0
    (held,) = held_in(ChangeLog(Layout(broken.settings.data_dir)), "budget-expenditure")
    assert held.reasons
