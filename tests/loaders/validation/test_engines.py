"""What both engines must do, on a few lines."""

import pytest
from support.benches import BASE, BENCH, DECIMAL, SHAPES, STREET, bench, is_a, named, says, seats

from kamara.loaders.errors import LoadError, ShapeError, SystematicError
from kamara.loaders.validation import open_engine

XSD = "http://www.w3.org/2001/XMLSchema#"
SHAPE = f"{BASE}def/BenchShape"


def only(violations):
    (violation,) = violations
    return violation


def test_a_good_bench_has_no_violations(engine):
    assert engine.validate(bench()) == []


def test_nothing_has_no_violations(engine):
    assert engine.validate([]) == []


def test_a_missing_value_names_record_rule_and_what_was_expected(engine):
    violation = only(engine.validate([is_a("Bench"), named('"Παγκάκι"@el')]))
    assert violation.focus == BENCH
    assert violation.path == f"{BASE}def/seats"
    assert violation.component == "MinCountConstraintComponent"
    assert violation.found == ""
    assert violation.expected == {"en": "exactly 1 value", "el": "ακριβώς 1 τιμή"}
    assert violation.messages["en"] == "A bench has one number of seats, from 1 to 19."
    assert violation.messages["el"] == "Ένα παγκάκι έχει έναν αριθμό θέσεων, από 1 έως 19."
    assert violation.shape == f"{SHAPE}-seats"
    assert violation.blocks


def test_two_values_where_one_may_stand_are_both_shown(engine):
    violation = only(engine.validate(bench(seats(5))))
    assert violation.component == "MaxCountConstraintComponent"
    assert violation.found == '"4" (xsd:decimal), "5" (xsd:decimal)'


@pytest.mark.parametrize(
    ("line", "component", "found", "expected"),
    [
        (says("seats", '"four"'), "Datatype", '"four"', "a value of type xsd:decimal"),
        (seats(0), "MinInclusive", '"0" (xsd:decimal)', "1 or more"),
        (seats(20), "MaxExclusive", '"20" (xsd:decimal)', "less than 20"),
    ],
)
def test_a_bad_value_is_shown_beside_what_was_expected(engine, line, component, found, expected):
    violations = {v.component: v for v in engine.validate(bench(seats_line=line))}
    violation = violations[f"{component}ConstraintComponent"]
    assert (violation.found, violation.expected["en"]) == (found, expected)


@pytest.mark.parametrize(
    ("line", "component", "expected"),
    [
        (says("material", f"<{BASE}def/paper>"), "In", "one of: ex:wood, ex:stone"),
        (says("code", '"ab1"'), "Pattern", "a text that matches ^[A-Z]{2}[0-9]+$"),
        (says("code", '"ABC1234"'), "MaxLength", "a text of at most 6 characters"),
        (named('"Banc"@fr'), "LanguageIn", "a text in one of the languages: el, en"),
        (named('"Πάγκος"@el'), "UniqueLang", "one text a language"),
        (
            says("owner", '"7"^^<http://www.w3.org/2001/XMLSchema#integer>'),
            "Or",
            "one of: a value of type xsd:string",
        ),
        (says("street", '"Egnatia"'), "NodeKind", "an address (IRI)"),
        (says("street", f"<{STREET}>"), "Class", "a thing of class ex:Street"),
    ],
)
def test_each_constraint_says_what_it_expects(engine, line, component, expected):
    found = {violation.component: violation.expected["en"] for violation in engine.validate(bench(line))}
    assert found[f"{component}ConstraintComponent"].startswith(expected)


def test_a_shape_without_messages_gets_them_in_both_languages(engine):
    violation = only(engine.validate(bench(says("material", f"<{BASE}def/paper>"))))
    assert violation.messages == {
        "en": "expected one of: ex:wood, ex:stone",
        "el": "αναμενόταν: ένα από τα εξής: ex:wood, ex:stone",
    }


def test_a_nested_shape_is_named_by_the_shape_around_it(engine):
    assert only(engine.validate(bench(says("code", '"ab12"')))).shape == SHAPE


def test_a_path_of_more_steps_is_written_as_sparql_writes_it(engine):
    near = [says("near", f"<{BENCH}>", f"{BASE}id/x/{n}") for n in (1, 2)]
    violation = only(engine.validate(bench(*near)))
    assert violation.path == f"^<{BASE}def/near>"
    assert violation.found == f"{BASE}id/x/1, {BASE}id/x/2"


def test_a_closed_shape_names_the_property_and_those_that_are_allowed(engine):
    plate = [is_a("Plate"), says("text", '"Καμάρα"'), says("colour", '"red"')]
    violation = only(engine.validate(plate))
    assert violation.path == f"{BASE}def/colour"
    assert violation.found == '"red"'
    assert "ex:text" in violation.expected["en"]


def test_a_required_value_that_is_not_there_is_shown_with_what_is(engine):
    violation = only(engine.validate([is_a("Plate"), says("text", '"Ροτόντα"')]))
    assert (violation.found, violation.expected["el"]) == ('"Ροτόντα"', "την τιμή Καμάρα")


def test_a_warning_does_not_block(engine):
    violation = only(engine.validate(bench(says("colour", '"red"'))))
    assert (violation.severity, violation.blocks) == ("Warning", False)


def test_ill_typed_literals_leave_no_trace_on_stderr(engine, capfd):
    engine.validate(bench(seats_line=says("seats", f'"four"{DECIMAL}')))
    assert capfd.readouterr().err == ""


def test_lexical_forms_stay_as_written(engine):
    violation = only(engine.validate(bench(seats_line=seats("0020.50"))))
    assert violation.found == '"0020.50" (xsd:decimal)'


def test_context_gives_types_and_is_not_judged(engine):
    """Its street is a street, and the bench in it that has no seats belongs to another batch."""
    other = f"{BASE}id/bench/2"
    context = [is_a("Street", STREET), named('"Εγνατία"@el', STREET), is_a("Bench", other)]
    line = says("street", f"<{STREET}>")
    assert {v.component for v in engine.validate(bench(line))} >= {"ClassConstraintComponent"}
    assert engine.validate(bench(line), context) == []


def test_context_does_not_use_up_the_limit(engine):
    context = [is_a("Bench", f"{BASE}id/bench/{number}") for number in range(2, 300)]
    (violation,) = engine.validate([is_a("Bench"), named('"Παγκάκι"@el')], context)
    assert violation.focus == BENCH


def test_a_thing_that_is_only_mentioned_is_laid_on_who_mentions_it(engine):
    violations = engine.validate(bench(says("street", f"<{STREET}>")))
    nested = [v for v in violations if v.component == "MinCountConstraintComponent"]
    assert [(v.focus, v.found) for v in nested] == [(BENCH, STREET)]


def test_a_batch_with_too_many_violations_stops_the_source(engine):
    lines = [is_a("Bench", f"{BASE}id/bench/{number}") for number in range(101)]
    with pytest.raises(SystematicError, match=r"more than 100 violations in one batch.*systematic"):
        engine.validate(lines)


def test_warnings_do_not_stop_the_source(engine):
    lines = []
    for number in range(150):
        subject = f"{BASE}id/bench/{number}"
        lines += [is_a("Bench", subject), named('"Π"@el', subject), says("colour", '"red"', subject)]
        lines.append(says("seats", f'"4"{DECIMAL}', subject))
    assert {violation.severity for violation in engine.validate(lines)} == {"Warning"}


def test_a_line_that_is_not_ntriples_is_named(engine):
    with pytest.raises(LoadError, match=r"line 4 of the batch: not N-Triples: .*<a b>"):
        engine.validate(bench("<https://x.example/> <a b> <c> .\n"))


@pytest.mark.parametrize("name", ["shacl", "pyshacl"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ex:S sh:targetClass", "line 2: not Turtle"),
        ("ex:S a sh:NodeShape .", "no shape in it has a target"),
        (
            "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount ex:x ] .",
            "SHACL",
        ),
    ],
)
def test_shapes_that_cannot_be_used_are_refused_in_one_line(tmp_path, capfd, name, text, message):
    file = tmp_path / "broken.ttl"
    file.write_text(f"@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://x.example/> .\n{text}")
    with pytest.raises(ShapeError, match=message) as caught:
        open_engine(name, [file], BASE, 10)
    assert str(caught.value).startswith(str(file))
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""


def test_shapes_move_with_the_base():
    moved = open_engine("shacl", [SHAPES], "https://data.example.org/", 10)
    lines = [line.replace(BASE, "https://data.example.org/") for line in (is_a("Bench"), named('"Π"@el'))]
    assert [violation.path for violation in moved.validate(lines)] == ["https://data.example.org/def/seats"]
