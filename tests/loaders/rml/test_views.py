import json

import pytest
from support.mapping import BASE, PREFIXES, functions

from kamara.config import LoadSettings
from kamara.loaders.errors import MappingError
from kamara.loaders.readers import open_records, raw_records
from kamara.loaders.rml import compile_mapping
from kamara.sparql.terms import XSD

ORDERS = {
    "orders": [
        {
            "key": "A",
            "lines": [{"code": "x", "sum": 1.50}, {"code": "y", "sum": 2, "note": None}],
            "total": {"amount": 3.5, "currency": "EUR"},
            "more": {"fee": {"amount": 1}, "none": {"amount": None}},
        },
        {"key": "B", "lines": []},
        {"key": "C", "lines": [{"code": "x", "sum": 7}]},
    ]
}
MAPPING = """
<#orders> a rml:LogicalSource ; rml:source [ a rml:RelativePathSource ; rml:path "orders.json" ] ;
    rml:referenceFormulation rml:JSONPath ; rml:iterator "$.orders[*] | $.other[0:0] | $" .
<#lines> a rml:LogicalView ; rml:viewOn <#orders> ;
    rml:field [ rml:fieldName "order" ; rml:reference "$.key" ] ,
        [
            rml:fieldName "line" ; rml:iterator "$.lines[*]" ;
            rml:field [ rml:fieldName "code" ; rml:reference "$.code" ] ,
                [ rml:fieldName "sum" ; rml:reference "$.sum" ]
        ] .
<#sums> a rml:LogicalView ; rml:viewOn <#orders> ;
    rml:field [ rml:fieldName "order" ; rml:reference "$.key" ] ,
        [ rml:fieldName "sum" ; rml:iterator "$..[?@.amount]" ;
          rml:field [ rml:fieldName "amount" ; rml:reference "$.amount" ] ] .
<#order> rml:logicalSource <#orders> ;
    rml:subjectMap [ rml:template "http://ex.org/{$.key}" ; rml:class kam:Order ] .
<#line> rml:logicalSource <#lines> ;
    rml:subjectMap [ rml:template "http://ex.org/{order}~{line.#}" ] ;
    rml:predicateObjectMap [ rml:predicate kam:code ; rml:objectMap [ rml:reference "line.code" ] ] ,
        [ rml:predicate kam:sum ; rml:objectMap [ rml:reference "line.sum" ] ] .
<#sum> rml:logicalSource <#sums> ;
    rml:subjectMap [ rml:template "http://ex.org/{order}~{sum.#path}" ] ;
    rml:predicateObjectMap
        [
            rml:predicate kam:amount ;
            rml:objectMap [ rml:reference "sum.amount" ; rml:datatype xsd:decimal ]
        ] ,
        [ rml:predicate kam:kind ; rml:objectMap [ rml:reference "sum.#name" ] ] .
"""


@pytest.fixture
def compiled(tmp_path):
    def made(text):
        path = tmp_path / "mapping.rml.ttl"
        path.write_text(PREFIXES + text, encoding="utf-8")
        (source,) = compile_mapping(path, base_iri=BASE, functions=functions(tmp_path)).sources
        return source

    return made


def mapped(source, folder, content):
    path = folder / "orders.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    rows = [row.values for row in open_records(path, source.source, source.columns, {}, LoadSettings())]
    return [sorted(line.replace("http://ex.org/", "") for line in source.map(row)) for row in rows]


def kam(subject, name, value):
    return f"<{subject}> <{BASE}def/{name}> {value} .\n"


def test_what_belongs_to_a_part_stays_with_it(compiled, tmp_path):
    first, second, third = mapped(compiled(MAPPING), tmp_path, ORDERS)
    double, integer, decimal = (f"{XSD}{kind}" for kind in ("double", "integer", "decimal"))
    kind = f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}def/Order> .\n"
    assert first == sorted(
        [
            f"<A> {kind}",
            kam("A~0", "code", '"x"'),
            kam("A~0", "sum", f'"1.5"^^<{double}>'),
            kam("A~1", "code", '"y"'),
            kam("A~1", "sum", f'"2"^^<{integer}>'),
            kam("A~total", "amount", f'"3.5"^^<{decimal}>'),
            kam("A~total", "kind", '"total"'),
            kam("A~more.fee", "amount", f'"1"^^<{decimal}>'),
            kam("A~more.fee", "kind", '"fee"'),
            kam("A~more.none", "kind", '"none"'),
        ]
    )
    assert second == [f"<B> {kind}"]
    assert third == sorted([f"<C> {kind}", kam("C~0", "code", '"x"'), kam("C~0", "sum", f'"7"^^<{integer}>')])


def test_an_iterator_takes_the_alternative_that_fits_the_file(compiled, tmp_path):
    source = compiled(MAPPING)
    one = {"key": "D", "lines": []}
    assert [len(lines) for lines in mapped(source, tmp_path, one)] == [1]
    assert mapped(source, tmp_path, {"orders": []}) == []
    assert mapped(source, tmp_path, {"other": [{"key": "E"}]}) == []


def test_the_text_of_a_record_is_found_again_whatever_alternative_gave_it(compiled, tmp_path):
    source = compiled(MAPPING)
    for content, number in ((ORDERS, 3), (ORDERS["orders"][2], 1)):
        mapped(source, tmp_path, content)
        ((_, text),) = raw_records(tmp_path / "orders.json", source.source, {number}, LoadSettings())
        assert json.loads(text)["key"] == "C"


def test_a_part_that_cannot_be_mapped_is_the_fault_of_its_record(compiled, tmp_path):
    source = compiled(MAPPING)
    path = tmp_path / "orders.json"
    path.write_text(json.dumps({"key": "A", "lines": [{"code": {"x": 1}}]}), encoding="utf-8")
    (row,) = open_records(path, source.source, source.columns, {}, LoadSettings())
    assert row.values is None
    assert "$.lines[*] as line is an object" in row.problem


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('"line.sum"', '"line.total"', "no field line.total"),
        ('rml:fieldName "order"', 'rml:field "order"', "field cannot be used here"),
        ('rml:iterator "$.lines[*]"', 'rml:iterator "$.lines[*"', "is not JSONPath"),
        ("rml:viewOn <#orders>", "rml:viewOn <#nothing>", "no referenceFormulation"),
    ],
)
def test_a_view_that_says_something_else_is_refused(compiled, old, new, what):
    with pytest.raises(MappingError, match=what):
        compiled(MAPPING.replace(old, new, 1))
