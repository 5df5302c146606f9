"""Who is named: legal persons, never a natural one."""

import json

import pytest
from support.decisions import DCTERMS, DEF, ID, is_legal, parties
from support.heritage import load_places

RECORD = {
    "ada": "ΔΟΚΙΜΗ-001",
    "subject": "Πληρωμή",
    "issueDate": 1457308800000,
    "organizationId": "6114",
    "decisionTypeId": "Β.2.2",
    "privateData": False,
    "status": "PUBLISHED",
}
IRI = f"{ID}decision/ΔΟΚΙΜΗ-001"


@pytest.fixture
def load(tmp_path):
    def loaded(*days):
        folder = tmp_path / "files"
        folder.mkdir(exist_ok=True)
        for record in days:
            (folder / "one.json").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
            found = load_places(tmp_path / "data", {"decisions": folder})
        return found

    return loaded


def test_of_the_parties_the_legal_ones_are_named(decisions):
    named = {
        (row["afm"], row["name"])
        for row in decisions.loaded.select(
            f"SELECT ?afm ?name {{ ?d <{DEF}party> ?p . ?p <https://schema.org/taxID> ?afm ;"
            " <https://schema.org/legalName> ?name }"
        )
    }
    assert named == {
        (afm, name.strip())
        for record in decisions.records
        for afm, name in parties(record)
        if is_legal(afm, name)
    }


def test_no_natural_person_is_in_what_is_published(decisions):
    hidden = {
        text
        for record in decisions.records
        for afm, name in parties(record)
        if not is_legal(afm, name)
        for text in (afm, name)
        if text
    }
    published = "\n".join(decisions.texts())
    assert hidden
    assert not [text for text in hidden if text in published]


def test_no_signer_creator_or_e_mail_of_the_real_files_is_published(shared, tmp_path, real_decisions):
    fixtures = shared / "data" / "decisions" / "diavgeia-api-fixtures"
    lists = fixtures / "organizations"
    places = {
        "organizations": ("organizations_active.json", "organizations_inactive_ministry.json", "an_org.json"),
        "organizational-units": ("an_orgs_units.json",),
        "positions": ("an_orgs_positions.json",),
    }
    for name, files in places.items():
        (tmp_path / name).mkdir()
        for file in files:
            (tmp_path / name / file).write_bytes((lists / file).read_bytes())
    (tmp_path / "decision-versions").mkdir()
    log = fixtures / "decisions" / "one_decisions_version_log.json"
    (tmp_path / "decision-versions" / log.name).write_bytes(log.read_bytes())
    loaded = load_places(
        tmp_path / "data", {name: tmp_path / name for name in (*places, "decision-versions")}
    )
    published = "\n".join([*real_decisions.texts(), *(str(quad.object) for quad in loaded.store)])
    creators = [version["creator"] for version in json.loads(log.read_text(encoding="utf-8"))["versions"]]
    addresses = [
        organization["odeManagerEmail"]
        for file in places["organizations"]
        for content in [json.loads((lists / file).read_text(encoding="utf-8"))]
        for organization in content.get("organizations", [content])
        if "@" in (organization["odeManagerEmail"] or "")
    ]
    signers = json.loads((lists / "an_orgs_signers.json").read_text(encoding="utf-8"))["signers"]
    names = [f"{one['firstName']} {one['lastName']}" for one in signers]
    names += [f"{one['lastName']} {one['firstName']}" for one in signers]
    assert creators and addresses and names
    leaked = [text for text in {*creators, *addresses, *names} if text in published]
    assert len(leaked) == 0


def test_a_private_decision_has_the_name_of_its_type(decisions):
    private = [record for record in decisions.records if record["privateData"]]
    assert private
    for record in private:
        titles = decisions.loaded.values(decisions.iri(record), f"{DCTERMS}title")
        assert len(titles) == 2
        assert record["subject"].strip() not in titles
    published = "\n".join(decisions.texts())
    assert not [record for record in private if record["subject"] in published]


def test_a_public_decision_has_its_subject(decisions):
    for record in decisions.records:
        if not record["privateData"]:
            assert decisions.loaded.values(decisions.iri(record), f"{DCTERMS}title") == {
                record["subject"].strip()
            }


def test_a_decision_that_becomes_private_loses_its_subject(load):
    assert load(RECORD).values(IRI, f"{DCTERMS}title") == {"Πληρωμή"}
    titles = load(RECORD | {"privateData": True}).values(IRI, f"{DCTERMS}title")
    assert titles == {"Οριστικοποίηση πληρωμής", "Finalisation of payment"}


def test_a_decision_no_longer_known_to_be_public_goes_whole(load):
    heritage = load(RECORD, RECORD | {"privateData": None})
    assert len(heritage.held("decisions")) == 1
    assert heritage.select(f"SELECT ?p {{ <{IRI}> ?p ?o }}") == []


@pytest.mark.parametrize("subject", ["Καταβολή σε 123456789", "ΑΦΜ 045678901 δικαιούχος", "(045678901)"])
def test_a_number_that_may_be_a_persons_is_marked_or_held(load, subject):
    heritage = load(RECORD | {"subject": subject})
    digits = "".join(char for char in subject if char.isdigit())
    assert not any(digits in str(quad.object) for quad in heritage.store)


@pytest.mark.parametrize(
    ("party", "named"),
    [
        ({"afm": "990000001", "afmType": "EL", "name": "ΕΤΑΙΡΕΙΑ"}, True),
        ({"afm": "090000001", "afmType": "EL", "name": "ΕΤΑΙΡΕΙΑ"}, True),
        ({"afm": "800000001", "afmType": "EL", "name": "ΕΤΑΙΡΕΙΑ"}, True),
        ({"afm": "040000001", "afmType": "EL", "name": "ΕΠΩΝΥΜΟ,,ΟΝΟΜΑ,ΠΑΤΡΩΝΥΜΟ"}, False),
        ({"afm": "990000001", "afmType": "EL", "name": "ΕΠΩΝΥΜΟ,,ΟΝΟΜΑ,ΠΑΤΡΩΝΥΜΟ"}, False),
        ({"afm": "140000001", "afmType": "EL", "name": "ΕΤΑΙΡΕΙΑ"}, False),
        ({"afm": "990000001", "afmType": "NOTEL", "name": "COMPANY"}, False),
        ({"afm": "990000001", "afmType": "EL", "name": None}, False),
        ({"afm": "99000000", "afmType": "EL", "name": "ΕΤΑΙΡΕΙΑ"}, False),
        ({"afm": None, "afmType": "EL", "name": "ΕΠΩΝΥΜΟ,,ΟΝΟΜΑ,ΠΑΤΡΩΝΥΜΟ"}, False),
        ({}, False),
    ],
)
def test_a_party_is_named_only_when_it_is_surely_a_legal_person(load, party, named):
    sponsor = {"sponsorAFMName": party, "expenseAmount": {"amount": 10, "currency": "EUR"}}
    heritage = load(RECORD | {"extraFieldValues": {"sponsor": [sponsor], "person": [party]}})
    assert heritage.held("decisions") == []
    rows = heritage.select("SELECT ?p { ?p a <http://www.w3.org/ns/org#Organization> }")
    assert len(rows) == (2 if named else 0)
    paid = heritage.select(
        f"SELECT ?r {{ ?a <{DEF}decision> <{IRI}> OPTIONAL {{ ?a <{DEF}recipient> ?r }} }}"
    )
    assert [row["r"] is not None for row in paid] == [named]
