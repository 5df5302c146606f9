"""Several values, joins, collections and blank nodes, as `kamara map` writes them."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.mapping import PREFIXES, functions
from typer.testing import CliRunner

from kamara.cli import build_app
from kamara.loaders.errors import RecordError
from kamara.loaders.rml import compile_mapping

DEFAULT = "https://data.thessaloniki.gr/"


@pytest.fixture
def mapped(tmp_path, monkeypatch):
    """The dataset that a mapping makes of files, by their names."""
    monkeypatch.chdir(tmp_path)

    def run(mapping, **files):
        (tmp_path / "mapping.ttl").write_text(PREFIXES + mapping, encoding="utf-8")
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
        done = CliRunner().invoke(build_app(), ["map", "mapping.ttl", "made.nq"])
        if done.exception is not None:
            raise done.exception
        return dataset((tmp_path / "made.nq").read_text(encoding="utf-8"))

    return run


def dataset(text):
    found = ox.Dataset(ox.parse(text, format=ox.RdfFormat.N_QUADS))
    found.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return found


def turtle(text):
    found = ox.Dataset(ox.parse(PREFIXES + text, format=ox.RdfFormat.TRIG))
    found.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return found


def source(file, formulation, iterator=""):
    found = f"rml:iterator '{iterator}' ;" if iterator else ""
    return f'rml:logicalSource [ rml:source "{file}" ; {found} rml:referenceFormulation rml:{formulation} ]'


JSON = source("a.json", "JSONPath", "$[*]")
THING = f"rml:subjectMap [ rml:template '{DEFAULT}def/{{id}}' ]"


RDF = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"


def about(object_map, more="", subject=THING):
    """A mapping of a.json with one rule."""
    return f"{RDF}<#m> {JSON} ; {subject} ; {rule(object_map, more)} ."


def call(function, reference):
    given = f"rml:parameter fn:text ; rml:inputValueMap [ rml:reference '{reference}' ]"
    return f"rml:functionExecution [ rml:function fn:{function} ; rml:input [ {given} ] ]"


def rule(object_map, more=""):
    return f"rml:predicateObjectMap [ rml:predicate kam:p ; rml:objectMap [ {object_map} ] ; {more} ]"


def test_each_value_makes_a_triple_with_its_own_datatype(mapped):
    made = mapped(
        about("rml:reference '$.v[*]'"),
        a_json='[{"id": 1, "v": [1, 2.5, true, "x", null]}, {"id": 2, "v": 7}, {"id": 3}]',
    )
    assert made == turtle('kam:1 kam:p 1, "2.5"^^xsd:double, true, "x" .')


def test_a_template_makes_each_combination_and_terms_are_combined_freely(mapped):
    subject = f"rml:subjectMap [ rml:template '{DEFAULT}def/{{$.a[*]}}{{$.b[*]}}' ]"
    made = mapped(
        about("rml:reference '$.a[*]'", subject=subject),
        a_json='[{"a": ["x", "y"], "b": ["1", "2"]}]',
    )
    assert made == turtle(" ".join(f"kam:{name} kam:p 'x', 'y' ." for name in ("x1", "x2", "y1", "y2")))


def test_several_graphs_languages_and_functions(mapped):
    made = mapped(
        about(
            call("upper", "$.n[*]") + " ; rml:languageMap [ rml:reference '$.l[*]' ]",
            f"rml:graphMap [ rml:template '{DEFAULT}def/{{$.g[*]}}' ]",
        ),
        a_json='[{"id": 1, "n": ["a", "b"], "l": ["el", "en"], "g": ["g", "h"]}]',
    )
    content = "kam:1 kam:p 'A'@el, 'A'@en, 'B'@el, 'B'@en ."
    assert made == turtle(f"kam:g {{ {content} }} kam:h {{ {content} }}")


JOIN = """
<#child> {child} ; rml:subjectMap [ rml:template "https://data.thessaloniki.gr/def/{{id}}" ] ;
    rml:predicateObjectMap [ rml:predicate kam:p ;
        rml:objectMap [ rml:parentTriplesMap <#parent> ; {conditions} ] ] .
<#parent> {parent} ; rml:subjectMap [ rml:template "https://data.thessaloniki.gr/def/{{key}}" ] .
"""


def test_a_join_across_formats(mapped):
    made = mapped(
        JOIN.format(
            child=JSON,
            parent=source("b.xml", "XPath", "/b/i"),
            conditions="rml:joinCondition [ rml:child 'k' ; rml:parent '@k' ]",
        ),
        a_json='[{"id": "a", "k": 1}, {"id": "b", "k": "2"}, {"id": "c"}, {"id": "d", "k": 9}]',
        b_xml='<b><i k="1"><key>x</key></i><i k="2"><key>y</key></i><i k="1"><key>z</key></i>'
        "<i><key>n</key></i></b>",
    )
    assert made == turtle("kam:a kam:p kam:x, kam:z . kam:b kam:p kam:y .")


def test_where_no_parent_meets_the_conditions_stands_what_is_said_beside_them(mapped):
    otherwise = f"rml:template '{DEFAULT}def/no-{{k}}' ; "
    made = mapped(
        JOIN.format(
            child=source("a.csv", "CSV"),
            parent=source("b.csv", "CSV"),
            conditions=otherwise + "rml:joinCondition [ rml:child 'k' ; rml:parent 'k' ]",
        ),
        a_csv="id,k\na,1\nb,2\nc,\n",
        b_csv="key,k\nx,1\n",
    )
    assert made == turtle("kam:a kam:p kam:x . kam:b kam:p kam:no-2 .")


def test_every_condition_must_hold_and_maps_may_be_templates_or_functions(mapped):
    second = f"rml:childMap [ {call('lower', 'n')} ] ; rml:parentMap [ rml:template '{{m}}a' ]"
    made = mapped(
        JOIN.format(
            child=source("a.csv", "CSV"),
            parent=source("b.csv", "CSV"),
            conditions=f"rml:joinCondition [ rml:child 'k' ; rml:parent 'k' ] , [ {second} ]",
        ),
        a_csv="id,k,n\na,1,BA\nb,2,BA\nc,1,CA\n",
        b_csv="key,k,m\nx,1,b\ny,1,c\nz,2,c\n",
    )
    assert made == turtle("kam:a kam:p kam:x . kam:c kam:p kam:y .")


@given(st.lists(st.tuples(st.text('ab"\\ ', max_size=3), st.text('ab"\\ ', max_size=3)), max_size=8))
def test_keys_of_two_conditions_do_not_run_together(tmp_path_factory, pairs):
    folder = tmp_path_factory.mktemp("keys")
    text = JOIN.format(
        child=source("a.csv", "CSV"),
        parent=source("b.csv", "CSV"),
        conditions=" ; ".join(f"rml:joinCondition [ rml:child '{n}' ; rml:parent '{n}' ]" for n in "ab"),
    )
    (folder / "mapping.ttl").write_text(PREFIXES + text, encoding="utf-8")
    mapping = compile_mapping(folder / "mapping.ttl", base_iri=DEFAULT, functions=functions(folder))
    rows = [{"id": str(n), "key": f"k{n}", "a": a, "b": b} for n, (a, b) in enumerate(pairs)]
    mapping.prepare(lambda _, columns: [tuple(row[name] for name in columns) for row in rows])
    child = next(one for one in mapping.sources if one.source.path == "a.csv")
    for row in rows:
        same = {o["key"] for o in rows if row["a"] and row["b"] and (o["a"], o["b"]) == (row["a"], row["b"])}
        lines = child.map([row[name] for name in child.columns])
        assert {line.rpartition("/")[2][:-4] for line in lines} == same


def test_what_is_unknown_about_a_parent_joins_nothing(mapped):
    with pytest.raises(RecordError):
        mapped(
            JOIN.format(
                child=source("a.csv", "CSV"),
                parent=source("b.csv", "CSV"),
                conditions="rml:joinCondition [ rml:child 'k' ; rml:parent 'k' ]",
            ).replace('rml:template "https://data.thessaloniki.gr/def/{key}"', "rml:reference 'key'")
            + f"<#parent> {rule('rml:constant 1')} .",
            a_csv="id,k\na,1\n",
            b_csv="key,k\nnot an iri,1\n",
        )


def test_a_blank_node_without_a_value_is_new_for_each_record(mapped):
    made = mapped(
        about("rml:reference '$.v[*]'", subject="rml:subjectMap [ rml:termType rml:BlankNode ]"),
        a_json='[{"v": [1]}, {"v": [1]}, {"v": [2, 3]}]',
    )
    assert made == turtle("[] kam:p 1 . [] kam:p 1 . [] kam:p 2, 3 .")


GATHERED = '[{"id": 1, "v": ["a", "b"], "w": "c"}, {"id": 2}]'


@pytest.mark.parametrize(
    ("gather", "expected"),
    [
        ("rml:gatherAs rdf:List", "kam:1 kam:p ( 'a' 'b' 'c' ) ."),
        (
            "rml:gatherAs rdf:List ; rml:allowEmptyListAndContainer true",
            "kam:1 kam:p ( 'a' 'b' 'c' ) . kam:2 kam:p () .",
        ),
        (
            "rml:gatherAs rdf:List ; rml:strategy rml:cartesianProduct",
            "kam:1 kam:p ( 'a' 'c' ) , ( 'b' 'c' ) .",
        ),
        ("rml:gatherAs rdf:Bag", "kam:1 kam:p [ a rdf:Bag ; rdf:_1 'a' ; rdf:_2 'b' ; rdf:_3 'c' ] ."),
        (
            f"rml:gatherAs rdf:Seq ; rml:template '{DEFAULT}def/list{{id}}'",
            "kam:1 kam:p kam:list1 . kam:list1 a rdf:Seq ; rdf:_1 'a' ; rdf:_2 'b' ; rdf:_3 'c' .",
        ),
    ],
)
def test_terms_are_gathered(mapped, gather, expected):
    members = "rml:gather ( [ rml:reference '$.v[*]' ] [ rml:reference 'w' ] )"
    assert mapped(about(f"{members} ; {gather}"), a_json=GATHERED) == turtle(RDF + expected)


def test_a_gathering_of_gatherings_and_of_joins(mapped):
    inner = "rml:gather ( [ rml:reference 'w' ] ) ; rml:gatherAs rdf:List"
    joined = "rml:parentTriplesMap <#m> ; rml:joinCondition [ rml:child 'w' ; rml:parent 'w' ]"
    made = mapped(
        about(f"rml:gather ( [ {inner} ] [ {joined} ] ) ; rml:gatherAs rdf:List"),
        a_json='[{"id": 1, "w": "c"}, {"id": 2, "w": "c"}]',
    )
    assert made == turtle("kam:1 kam:p ( ('c') kam:1 kam:2 ) . kam:2 kam:p ( ('c') kam:1 kam:2 ) .")


def test_an_unsafe_iri_is_written_as_it_is(mapped, tmp_path):
    with pytest.raises(SyntaxError):
        mapped(
            about("rml:template '{$.v}' ; rml:termType rml:UnsafeIRI"),
            a_json='[{"id": 1, "v": "http://a b/"}]',
        )
    assert r"<http://a\u0020b/>" in (tmp_path / "made.nq").read_text()


def test_of_several_values_each_impossible_one_is_explained(tmp_path):
    text = (
        about(f"{call('greekDecimal', '$.v[*]')}", subject="rml:subjectMap [ rml:reference '$.s[*]' ]")
        + "<#n> "
        + JSON
        + f" ; rml:subjectMap [ rml:template '{DEFAULT}def/{{id}}' ; rml:class kam:T ] ."
    )
    (tmp_path / "m.ttl").write_text(PREFIXES + text, encoding="utf-8")
    (source,) = compile_mapping(tmp_path / "m.ttl", base_iri=DEFAULT, functions=functions(tmp_path)).sources
    row = {"$.v[*]": ("1,5", "ένα"), "$.s[*]": "no iri", "id": "1"}
    values = [row[name] for name in source.columns]
    with pytest.raises(RecordError, match="found 'no iri'"):
        source.map(values)
    explanation = source.explain(values)
    assert explanation.subjects == (f"{DEFAULT}def/1",)
    assert [(one.column, one.found) for one in explanation.problems] == [
        ("$.s[*]", "no iri"),
        ("$.v[*]", "ένα"),
    ]


def test_a_record_of_several_values_that_names_nothing_says_what_it_lacks(tmp_path):
    text = about("rml:reference '$.v[*]'")
    (tmp_path / "m.ttl").write_text(PREFIXES + text, encoding="utf-8")
    (source,) = compile_mapping(tmp_path / "m.ttl", base_iri=DEFAULT, functions=functions(tmp_path)).sources
    row = {"$.v[*]": ("a", "b"), "id": ""}
    (problem,) = source.explain([row[name] for name in source.columns]).problems
    assert (problem.column, problem.found) == ("id", "")
