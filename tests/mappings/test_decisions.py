import json
from datetime import datetime
from decimal import Decimal

import pytest
from support.decisions import CODE, DCTERMS, DEF, ELI, ID, Decisions, day_in_athens, money, records_in
from support.heritage import load_places

PROV = "http://www.w3.org/ns/prov#"
ADMS = "http://www.w3.org/ns/adms#"
BASE_RECORD = {
    "ada": "ΔΟΚΙΜΗ-001",
    "subject": "Θέμα",
    "issueDate": 1457308800000,
    "organizationId": "6114",
    "decisionTypeId": "Β.1.3",
    "privateData": False,
    "status": "PUBLISHED",
}


@pytest.fixture
def loaded(tmp_path):
    def load(*records, name="decision-{}.json"):
        folder = tmp_path / "files"
        folder.mkdir()
        for number, record in enumerate(records):
            text = json.dumps(record, ensure_ascii=False)
            (folder / name.format(number)).write_text(text, encoding="utf-8")
        return load_places(tmp_path / "data", {"decisions": folder})

    return load


def counts(heritage):
    return next(o.counts for o in heritage.outcomes if o.dataset == "decisions")


def test_every_record_of_the_files_is_published_or_held(decisions):
    found = counts(decisions.loaded)
    held = len(decisions.loaded.held("decisions"))
    assert found.records == len(decisions.records) == found.published + held
    assert found.quarantined == held == 0


def test_a_decision_says_what_its_record_says(decisions):
    for record in decisions.records:
        values = {
            f"{ELI}id_local": {record["ada"]},
            f"{ELI}number": {record["protocolNumber"]},
            f"{ELI}type_document": {f"{CODE}decision-type/{record['decisionTypeId']}"},
            f"{ELI}passed_by": {f"{ID}organization/{record['organizationId']}"},
            f"{DEF}unit": {f"{ID}organizational-unit/{unit}" for unit in record["unitIds"]},
            f"{ELI}date_document": {day_in_athens(record["issueDate"])},
            f"{ELI}date_publication": {day_in_athens(record["publishTimestamp"])},
            f"{DEF}thematicNumber": set(record["thematicCategoryIds"]),
            f"{ELI}is_realized_by": {f"{decisions.iri(record)}~version~{record['versionId']}"},
            "http://xmlns.com/foaf/0.1/page": {record["documentUrl"]},
        }
        for predicate, expected in values.items():
            assert decisions.loaded.values(decisions.iri(record), predicate) == expected, predicate


def test_a_time_is_the_same_moment_on_the_clocks_of_athens(decisions):
    for record in decisions.records:
        (found,) = decisions.loaded.values(decisions.iri(record), f"{DCTERMS}dateSubmitted")
        stamp = record["submissionTimestamp"]
        expected = stamp / 1000 if isinstance(stamp, int) else datetime.fromisoformat(stamp).timestamp()
        assert datetime.fromisoformat(found).timestamp() == pytest.approx(expected)
        assert found.endswith(("+02:00", "+03:00"))


def test_money_adds_up_exactly(decisions):
    found = decisions.amounts()
    for record in decisions.records:
        own = sorted(v for iri, v in found.items() if iri.startswith(f"{decisions.iri(record)}~"))
        assert own == sorted(money(record))
    assert sum(found.values()) == sum(sum(money(record)) for record in decisions.records)


def test_a_corrected_version_is_the_one_that_is_revised(decisions):
    rows = decisions.loaded.select(
        f"SELECT ?v ?old {{ ?v <{PROV}wasRevisionOf> ?old . FILTER CONTAINS(STR(?v), '/id/decision/') }}"
    )
    assert {(row["v"], row["old"]) for row in rows} == {
        tuple(f"{decisions.iri(r)}~version~{r[key]}" for key in ("versionId", "correctedVersionId"))
        for r in decisions.records
        if r["correctedVersionId"]
    }


def test_codes_of_our_municipality_lead_to_the_lines_of_its_budget(sample_decisions):
    lines = {
        row["line"] for row in sample_decisions.loaded.select(f"SELECT ?line {{ ?line a <{DEF}BudgetLine> }}")
    }
    rows = sample_decisions.loaded.select(
        f"SELECT ?code ?line {{ ?p <{DEF}kaeText> ?code ; <{DEF}budgetLine> ?line }}"
    )
    assert {(row["code"], row["line"]) for row in rows} == {
        (part["kae"], f"{ID}expenditure-line/{extra['financialYear']}~{part['kae'].replace('-', '~')}")
        for record in sample_decisions.records
        for extra in [record["extraFieldValues"]]
        for part in extra.get("amountWithKae") or []
    }
    assert {row["line"] for row in rows} <= lines


def test_codes_of_others_are_kept_and_lead_to_no_line(real_decisions):
    rows = real_decisions.loaded.select(
        f"SELECT ?text ?kae ?line {{ ?p <{DEF}kaeText> ?text OPTIONAL {{ ?p <{DEF}kae> ?kae }}"
        f" OPTIONAL {{ ?p <{DEF}budgetLine> ?line }} }}"
    )
    assert {(row["text"], row["kae"], row["line"]) for row in rows} == {
        ("25-6263.013", f"{CODE}kae-expenditure/6263", None),
        ("1611.0000", None, None),
        ("2410202001", None, None),
    }


def test_a_bare_code_is_municipal_in_our_municipality_only(loaded):
    records = [
        BASE_RECORD
        | {"ada": f"ΔΟΚΙΜΗ-{number}", "organizationId": number}
        | {
            "extraFieldValues": {
                "financialYear": 2016,
                "amountWithKae": [{"kae": "6641", "amountWithVAT": 5}],
            }
        }
        for number in ("6114", "5")
    ]
    rows = loaded(*records).select(
        f"SELECT ?d ?kae {{ ?p <{DEF}decision> ?d OPTIONAL {{ ?p <{DEF}kae> ?kae }} }}"
    )
    assert {(row["d"].rpartition("-")[2], row["kae"]) for row in rows} == {
        ("6114", f"{CODE}kae-expenditure/6641"),
        ("5", None),
    }


def test_related_decisions_are_links(sample_decisions):
    chain = {
        (r["d"], r["on"])
        for r in sample_decisions.loaded.select(f"SELECT ?d ?on {{ ?d <{ELI}based_on> ?on }}")
    }
    ada = f"{ID}decision/ΠΡΟΣΟΜ6114-Α"
    assert chain == {(f"{ada}04", f"{ada}02"), (f"{ada}05", f"{ada}04")}
    assert sample_decisions.loaded.values(f"{ada}14", f"{ELI}refers_to") == {f"{ada}07"}


@pytest.mark.parametrize(
    ("extra", "amounts"),
    [
        ({"newField": {"amount": 7.5, "currency": "EUR"}}, ["7.5"]),
        ({"gifts": [{"amount": 1}, {"amount": None}, {"worth": {"amount": 2}}]}, ["1", "2"]),
        ({"amountWithVAT": 12.3, "financialYear": 2016, "partialead": True}, ["12.3"]),
        ({"amountWithVAT": None, "amountWithKae": None, "sponsor": None, "person": None}, []),
        ({"sponsor": [{"expenseAmount": {"amount": 0}, "cpv": None}]}, ["0"]),
        (None, []),
    ],
)
def test_amounts_of_fields_that_nobody_foresaw_are_not_lost(loaded, extra, amounts):
    heritage = loaded(BASE_RECORD | {"extraFieldValues": extra})
    assert counts(heritage).published == 1
    found = Decisions(heritage, ()).amounts().values()
    assert sorted(found) == sorted(map(Decimal, amounts))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"decisionTypeId": "Ω.9"}, "Ω.9"),
        ({"status": "LOST"}, "LOST"),
        ({"privateData": None}, ""),
        ({"ada": "not an ada"}, "not an ada"),
        ({"issueDate": None}, ""),
        ({"subject": {"text": "x"}}, ""),
        ({"extraFieldValues": {"x": {"amount": "1.234,56"}}}, "1.234,56"),
    ],
)
def test_a_bad_record_costs_only_itself(loaded, change, named):
    good = BASE_RECORD | {"ada": "ΔΟΚΙΜΗ-002"}
    heritage = loaded({"decisions": [BASE_RECORD | change, good]})
    (held,) = heritage.held("decisions")
    assert (held.first_line, counts(heritage).published) == (1, 1)
    assert any(named in reason.found for reason in held.reasons)
    assert all(set(reason.messages) == {"el", "en"} for reason in held.reasons)


@pytest.mark.parametrize("status", ["PUBLISHED", "REVOKED", "PENDING_REVOCATION", "SUBMITTED"])
def test_a_status_is_a_concept(loaded, status):
    heritage = loaded(BASE_RECORD | {"status": status})
    assert heritage.values(f"{ID}decision/ΔΟΚΙΜΗ-001", f"{ADMS}status") == {
        f"{CODE}decision-status/{status.lower().replace('_', '-')}"
    }


def test_search_results_and_single_decisions_are_known_by_their_content(loaded, tmp_path):
    single = BASE_RECORD | {"ada": "ΔΟΚΙΜΗ-009"}
    heritage = loaded({"decisions": [BASE_RECORD], "info": {}}, single, {"decisions": []}, name="x{}.json")
    assert counts(heritage).records == len(records_in(tmp_path / "files")) == 2


def test_a_list_of_signers_tells_the_role_and_nothing_else(sample_decisions):
    roles = {"990000101": "POS_10091", "990000102": "POS_10092", "990000103": "POS_10138"}
    for record in sample_decisions.records:
        found = sample_decisions.loaded.values(sample_decisions.iri(record), f"{DEF}signedAs")
        assert found == {f"{ID}position/{roles[signer]}" for signer in record["signerIds"]}
    assert not any("ΠΡΟΣΟΜΟΙΩΣΗΣ ΟΝΟΜΑ" in text or "99000010" in text for text in sample_decisions.texts())
