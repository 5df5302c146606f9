"""A report that a person can act on."""

import json

import pyoxigraph as ox
import pytest
from support.benches import BASE, BENCH, SHAPES, bench, is_a, named, says

from kamara.loaders.validation import open_engine
from kamara.loaders.validation.report import Report, describe, to_document, to_text, to_turtle
from kamara.loaders.validation.violations import from_json, to_json
from kamara.loaders.validation.wording import phrases

SHACL = "http://www.w3.org/ns/shacl#"


@pytest.fixture
def violations():
    return tuple(open_engine("shacl", [SHAPES], BASE, 100).validate([is_a("Bench"), named('"Παγκάκι"@el')]))


def test_one_line_tells_record_rule_found_and_expected(violations):
    assert describe(violations[0], "en") == (
        f"{BENCH}: A bench has one number of seats, from 1 to 19. "
        f"(property {BASE}def/seats; found nothing; expected exactly 1 value)"
    )
    assert describe(violations[0], "el") == (
        f"{BENCH}: Ένα παγκάκι έχει έναν αριθμό θέσεων, από 1 έως 19. "
        f"(ιδιότητα {BASE}def/seats· βρέθηκε τίποτα· αναμενόταν ακριβώς 1 τιμή)"
    )


def test_a_text_report_has_a_block_a_record_and_a_summary(violations):
    lines = to_text(Report("my.ttl", "benches", 1, violations), "el").splitlines()
    assert lines[0] == BENCH
    assert "παράβαση: Ένα παγκάκι" in lines[1]
    assert lines[-1].startswith("my.ttl: παραβάσεις: 1, προειδοποιήσεις: 0")


def test_a_report_of_nothing_wrong_says_so():
    assert (
        to_text(Report("my.ttl", "benches", 2, ()), "en") == "my.ttl: conforms to benches; nodes checked: 2"
    )


def test_json_reads_back(violations):
    document = json.loads(to_document(Report("my.ttl", "benches", 1, violations)))
    assert document["conforms"] is False
    assert tuple(from_json(each) for each in document["violations"]) == violations


def test_a_violation_reads_back_from_json(violations):
    assert from_json(json.loads(json.dumps(to_json(violations[0])))) == violations[0]


def test_turtle_is_a_shacl_report_with_messages_in_both_languages(violations):
    report = to_turtle(Report("my.ttl", "benches", 1, violations))
    triples = {
        (quad.predicate.value, str(quad.object)) for quad in ox.parse(report, format=ox.RdfFormat.TURTLE)
    }
    assert (f"{SHACL}focusNode", f"<{BENCH}>") in triples
    assert (f"{SHACL}resultPath", f"<{BASE}def/seats>") in triples
    assert {text[-3:] for predicate, text in triples if predicate == f"{SHACL}resultMessage"} == {
        "@el",
        "@en",
    }


def test_warnings_alone_conform():
    engine = open_engine("shacl", [SHAPES], BASE, 100)
    report = Report("my.ttl", "benches", 1, tuple(engine.validate(bench(says("colour", '"red"')))))
    assert report.conforms
    assert "warning" in to_text(report, "en")


def _texts(node):
    if isinstance(node, dict) and ("el" in node or "en" in node):
        yield node
    elif isinstance(node, dict):
        for part in node.values():
            yield from _texts(part)


@pytest.mark.parametrize("phrase", [*_texts(phrases())], ids=lambda phrase: str(phrase["en"])[:20])
def test_every_phrase_stands_in_both_languages(phrase):
    forms = {key.removesuffix("_el").removesuffix("_en") for key in phrase if key.startswith("one_")}
    wanted = {"el", "en", *(f"{form}_{language}" for form in forms for language in ("el", "en"))}
    assert set(phrase) == wanted
    assert str(phrase["el"]).count("{") == str(phrase["en"]).count("{")
