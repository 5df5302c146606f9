import pytest
from support.mapping import about, call, compiled

from kamara.loaders.errors import RecordError

THING = 'rml:template "https://data.thessaloniki.gr/id/thing/{id}"'
S = "<https://data.thessaloniki.gr/id/thing/1>"
P = "<https://data.thessaloniki.gr/def/p>"
NAME = 'kam:p ; rml:objectMap [ rml:reference "name" ]'


def lines(tmp_path, text, **row):
    source = compiled(tmp_path, text)
    return source.map([row[column] for column in source.columns])


def test_a_reference_is_a_literal_and_a_template_an_iri(tmp_path):
    text = about(THING, NAME, 'kam:p ; rml:objectMap [ rml:template "http://example.org/{name}" ]')
    assert lines(tmp_path, text, id="1", name="Α/Β") == [
        f'{S} {P} "Α/Β" .\n',
        f"{S} {P} <http://example.org/Α%2FΒ> .\n",
    ]


def test_a_class_is_a_type_and_a_constant_stays(tmp_path):
    made = lines(tmp_path, about(f"{THING} ; rml:class kam:Thing", "kam:p ; rml:object 5"), id="1")
    assert made == [
        f"{S} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://data.thessaloniki.gr/def/Thing> .\n",
        f'{S} {P} "5"^^<http://www.w3.org/2001/XMLSchema#integer> .\n',
    ]


@pytest.mark.parametrize(
    ("object_map", "term"),
    [
        ('rml:reference "name" ; rml:language "el"', '"ναι"@el'),
        ('rml:reference "name" ; rml:languageMap [ rml:reference "tag" ]', '"ναι"@en-GB'),
        ('rml:reference "name" ; rml:datatype xsd:string', '"ναι"'),
        ('rml:reference "name" ; rml:datatype kam:T', '"ναι"^^<https://data.thessaloniki.gr/def/T>'),
        (
            'rml:reference "name" ; rml:datatypeMap [ rml:template "http://example.org/{tag}" ]',
            '"ναι"^^<http://example.org/en-GB>',
        ),
        ('rml:template "{name} \\\\{{id}\\\\}" ; rml:termType rml:Literal', '"ναι {1}"'),
        ('rml:reference "name" ; rml:termType rml:IRI', "<https://data.thessaloniki.gr/ναι>"),
        ('rml:template "{name}" ; rml:termType rml:URI', "<https://data.thessaloniki.gr/%CE%BD%CE%B1%CE%B9>"),
        ('rml:reference "id" ; rml:termType rml:BlankNode', "_:b1"),
        ('rml:constant "ένα \\"δύο\\""@el', '"ένα \\"δύο\\""@el'),
        ("rml:constant kam:T", "<https://data.thessaloniki.gr/def/T>"),
    ],
)
def test_terms(tmp_path, object_map, term):
    text = about(THING, f"kam:p ; rml:objectMap [ {object_map} ]")
    assert lines(tmp_path, text, id="1", name="ναι", tag="en-GB") == [f"{S} {P} {term} .\n"]


def test_an_empty_value_makes_no_triple_and_no_subject(tmp_path):
    text = about(THING, NAME, "kam:q ; rml:object kam:T")
    assert len(lines(tmp_path, text, id="1", name="")) == 1
    assert lines(tmp_path, text, id="", name="x") == []


def test_every_predicate_meets_every_object_in_every_graph(tmp_path):
    text = about(
        f"{THING} ; rml:graph kam:g",
        "kam:p , kam:q ; rml:object 1 , 2 ; rml:graphMap [ rml:template 'http://example.org/{g}' ]",
    )
    made = lines(tmp_path, text, id="1", g="x")
    assert len(made) == len(set(made)) == 8
    assert sum(line.endswith(" <https://data.thessaloniki.gr/def/g> .\n") for line in made) == 4
    assert sum(line.endswith(" <http://example.org/x> .\n") for line in made) == 4


def test_the_default_graph_can_be_named(tmp_path):
    text = about(f"{THING} ; rml:graph kam:g", "kam:p ; rml:object kam:T ; rml:graph rml:defaultGraph")
    assert f"{S} {P} <https://data.thessaloniki.gr/def/T> .\n" in lines(tmp_path, text, id="1")


def test_the_older_vocabulary_says_the_same(tmp_path):
    text = """
    <#things> old:logicalSource [ old:source "table.csv" ; old:referenceFormulation ql:CSV ] ;
        rr:subjectMap [ rr:template "https://data.thessaloniki.gr/id/thing/{id}" ; rr:class kam:Thing ] ;
        rr:predicateObjectMap [ rr:predicate kam:p ; rr:objectMap [
            rr:datatype xsd:decimal ; fnml:functionValue [
            rr:predicateObjectMap [ rr:predicate fno:executes ; rr:object fn:greekDecimal ] ,
                [ rr:predicate fn:text ; rr:objectMap [ old:reference "name" ] ] ] ] ] .
    """
    amount = call("greekDecimal", text='rml:reference "name"')
    new = about(
        f"{THING} ; rml:class kam:Thing",
        f"kam:p ; rml:objectMap [ {amount} ; rml:datatype xsd:decimal ]",
    )
    row = {"id": "1", "name": "1.234,56"}
    assert lines(tmp_path, text, **row) == lines(tmp_path, new, **row)


def test_a_function_may_call_another(tmp_path):
    inner = call("before", text='rml:reference "name"', separator='rml:constant "."')
    text = about(THING, f"kam:p ; rml:objectMap [ {call('upper', text=inner)} ]")
    assert lines(tmp_path, text, id="1", name="kae.01") == [f'{S} {P} "KAE" .\n']


def test_a_function_can_name_a_subject(tmp_path):
    notation = call(
        "notation",
        scheme="rml:constant <https://data.thessaloniki.gr/code/service>",
        text='rml:reference "name"',
    )
    key = call(
        "join",
        separator='rml:constant "~"',
        part1='rml:template "https://data.thessaloniki.gr/id/line/{id}"',
        part2=notation,
        part3=call("keyPart", text='rml:reference "ka"'),
    )
    source = compiled(tmp_path, about(key, "kam:p ; rml:object 1"))
    row = {"id": "2016", "name": "Υπηρεσίες Πρασίνου", "ka": "60/11~1"}
    (line,) = source.map([row[column] for column in source.columns])
    assert line.startswith("<https://data.thessaloniki.gr/id/line/2016~20~60%2F11%7E1> ")


def test_triples_maps_over_one_source_run_together_and_others_apart(tmp_path):
    one = about(THING, NAME)
    assert (
        len(compiled(tmp_path, one + one.replace("#things", "#others").replace("def/p", "def/q")).columns)
        == 2
    )


def test_a_triples_map_can_point_at_the_subject_of_another_on_the_same_record(tmp_path):
    text = about(THING, "kam:p ; rml:objectMap [ rml:parentTriplesMap <#parent> ]")
    parent = about('rml:template "http://example.org/{name}"').replace("#things", "#parent")
    assert lines(tmp_path, text + parent, id="1", name="x") == [f"{S} {P} <http://example.org/x> .\n"]


def test_relative_iris_take_the_base_of_the_triples_map_then_of_the_file(tmp_path):
    own = about("rml:template '{id}'", "kam:p ; rml:object 1").replace(
        "<#things>", "<#things> rml:baseIRI <http://a.org/> ;"
    )
    assert lines(tmp_path, own, id="1")[0].startswith("<http://a.org/1> ")
    assert lines(tmp_path, "@base <http://b.org/> ." + about("rml:template '{id}'", NAME), id="1", name="x")[
        0
    ].startswith("<http://b.org/1> ")


def test_addresses_move_with_the_base_functions_too(tmp_path):
    trimmed = call("trim", text='rml:reference "name"')
    source = compiled(tmp_path, about(THING, f"kam:p ; rml:objectMap [ {trimmed} ]"), "http://localhost/")
    assert source.map(["1", " x "]) == ['<http://localhost/id/thing/1> <http://localhost/def/p> "x" .\n']


def test_a_record_that_cannot_be_mapped_names_its_column(tmp_path):
    amount = call("greekDecimal", text='rml:reference "Ποσό"')
    source = compiled(tmp_path, about(THING, f"kam:p ; rml:objectMap [ {amount} ]"))
    with pytest.raises(RecordError) as caught:
        source.map(["1", "12.5"])
    assert (caught.value.column, caught.value.found) == ("Ποσό", "12.5")
    assert caught.value.expected == "a Greek decimal such as 1.234,56"
    assert caught.value.expected_el == "ελληνικός δεκαδικός όπως 1.234,56"


def test_an_explanation_has_every_problem_and_the_subjects_that_are_left(tmp_path):
    amount, day = (
        call("greekDecimal", text='rml:reference "Ποσό"'),
        call("isoDate", text='rml:reference "Ημέρα"'),
    )
    text = about(THING, f"kam:p ; rml:objectMap [ {amount} ]", f"kam:q ; rml:objectMap [ {day} ]")
    explanation = compiled(tmp_path, text).explain(["1", "ένα", "χθες"])
    assert explanation.subjects == (S[1:-1],)
    assert [(problem.column, problem.found) for problem in explanation.problems] == [
        ("Ποσό", "ένα"),
        ("Ημέρα", "χθες"),
    ]


def test_a_subject_that_fails_is_not_among_the_explained(tmp_path):
    source = compiled(tmp_path, about('rml:reference "id"', NAME))
    explanation = source.explain(["a b", "x"])
    assert explanation.subjects == ()
    assert explanation.problems[0].column == "id"


def test_a_record_that_names_nothing_says_what_it_lacks(tmp_path):
    source = compiled(tmp_path, about(THING, NAME))
    assert source.map(["", "x"]) == []
    (problem,) = source.explain(["", "x"]).problems
    assert (problem.column, problem.found) == ("id", "")


def test_a_good_record_has_nothing_to_explain(tmp_path):
    assert compiled(tmp_path, about(THING, NAME)).explain(["1", "x"]).problems == ()


def test_write_gives_the_lines_of_all_records(tmp_path):
    source = compiled(tmp_path, about(THING, NAME))
    written = []
    assert source.write(((str(n), "x") for n in range(20_000)), written.append) == 20_000
    assert "".join(written).count("\n") == 20_000
