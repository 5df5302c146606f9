import pytest
from support.mapping import SOURCE, about, call, compiled

from kamara.loaders.errors import MappingError
from kamara.loaders.table import Dialect

THING = 'rml:template "https://data.thessaloniki.gr/id/thing/{id}"'


def object_map(text):
    return about(THING, f"kam:p ; rml:objectMap [ {text} ]")


def wrong(**inputs):
    return object_map(call("greekDecimal", **inputs))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"<#m> {SOURCE} .", "no subject or subjectMap"),
        (f"<#m> {SOURCE} ; rml:subjectMap [ {THING} ] , [ {THING} ] .", "2 values of subject and subjectMap"),
        (about(f"{THING} ; rml:termType rml:Literal"), "a subject that is a Literal"),
        (about(f"{THING} ; rml:termType rml:Leteral"), "term type Leteral is not known"),
        (
            about(f"{THING} ; rml:graphMap [ rml:reference 'g' ; rml:termType rml:Literal ]"),
            "a graph that is a Literal",
        ),
        (about(f"{THING} ; rml:clas kam:T"), "clas cannot be used here"),
        (about("rml:termType rml:IRI"), "nothing to make a term from"),
        (about(f"{THING} ; rml:reference 'id'"), "reference and template"),
        (about("rml:template 'http://example.org/{id'"), "has no partner"),
        (about("rml:template 'http://example.org/{}'"), "has no partner"),
        (about("rml:template 'http://exa mple.org/{id}'"), "is not an IRI"),
        (about("rml:template kam:T"), "a template that is not text"),
        (about(THING, "kam:p"), "a rule without an object"),
        (object_map("rml:reference 'a' ; rml:language 'greek'"), "language tag greek is not valid"),
        (
            object_map("rml:reference 'a' ; rml:language 'el' ; rml:datatype xsd:date"),
            "both a language and a datatype",
        ),
        (object_map("rml:reference 'a' ; rml:language 'el' ; rml:termType rml:IRI"), "not a literal"),
        (object_map("rml:reference 'a' ; rml:datatype 'date'"), "datatype date is not an IRI"),
        (object_map("rml:constant []"), "a blank node"),
        (object_map(call("greekDecimals", text="rml:reference 'a'")), "no function"),
        (wrong(txt="rml:reference 'a'"), "greekDecimal has no parameter"),
        (object_map("rml:functionExecution [ rml:function fn:greekDecimal ]"), "greekDecimal needs"),
        (object_map(call("lookup", scheme="rml:constant kam:no", text="rml:reference 'a'")), "no code list"),
        (
            object_map("rml:parentTriplesMap <#things> ; rml:joinCondition [ rml:child 'a' ]"),
            "no parentMap",
        ),
        (
            object_map("rml:parentTriplesMap <#other>")
            + about(THING).replace("table", "other").replace("#things", "#other"),
            "a join of two sources without a condition",
        ),
        (object_map("rml:gather ( [ rml:reference 'a' ] ) ; rml:gatherAs rml:Set"), "rml:gatherAs"),
        (object_map("rml:gather () ; rml:gatherAs rml:List"), "rml:gather of nothing"),
        (about(THING).replace("rml:CSV", "rml:JSONPath ; rml:iterator '$.a[*]]'"), "is not JSONPath"),
        (about(THING).replace("rml:CSV", "rml:XPath ; rml:iterator '/a[1'"), "is not XPath"),
        (
            about('rml:reference "dc:title"').replace("rml:CSV", "rml:XPath ; rml:iterator '/a'"),
            "dc:title is not XPath",
        ),
        (about(THING).replace("rml:CSV", "rml:Csv"), "reference formulation Csv is not known"),
        (about(THING).replace("rml:CSV", 'rml:CSV ; rml:iterator "$"'), "has no iterator"),
        (about(THING).replace(SOURCE, "rml:logicalSource [ rml:referenceFormulation rml:CSV ]"), "no source"),
        ("<#m> a rml:TriplesMap .", "no triples map"),
        ("<#m> rml:logicalSource", "not Turtle"),
    ],
)
def test_a_mapping_that_is_refused_in_one_line_that_names_the_file(tmp_path, text, says):
    with pytest.raises(MappingError) as caught:
        compiled(tmp_path, text)
    assert says in str(caught.value)
    assert "mapping.rml.ttl" in str(caught.value) or "codes.ttl" in str(caught.value) or "code list" in says
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_the_triples_map_at_fault_is_named(tmp_path):
    good, bad = about(THING), about(f"{THING} ; rml:termType rml:Literal").replace("#things", "#broken")
    with pytest.raises(MappingError, match="triples map broken"):
        compiled(tmp_path, good + bad)


def test_a_mapping_that_is_not_there(tmp_path):
    from kamara.loaders.rml.reader import read_mapping

    with pytest.raises(MappingError, match="cannot be read"):
        read_mapping(tmp_path / "none.ttl", "http://example.org/")


def dialect(text):
    return about(THING).replace(
        '"table.csv"', f'[ a csvw:Table ; csvw:url "t.csv" ; csvw:dialect [ {text} ] ]'
    )


def test_the_dialect_lives_in_the_mapping(tmp_path):
    text = dialect('csvw:delimiter ";" ; csvw:encoding "utf-16" ; csvw:quoteChar "\'" ; csvw:header false')
    source = compiled(tmp_path, text).source
    assert source.path == "t.csv"
    assert source.dialect == Dialect(";", "'", "utf-16", header=False)


@pytest.mark.parametrize(
    "text", ['csvw:delimiter ";;"', 'csvw:encoding "klingon"', 'csvw:encoding "hex"', "csvw:trim true"]
)
def test_a_dialect_that_cannot_be_read_is_refused(tmp_path, text):
    with pytest.raises(MappingError):
        compiled(tmp_path, dialect(text))


def test_a_path_can_be_beside_the_mapping(tmp_path):
    text = about(THING).replace(
        '"table.csv"', '[ a rml:RelativePathSource ; rml:path "t.csv" ; rml:root rml:MappingDirectory ]'
    )
    assert compiled(tmp_path, text).source.path == str(tmp_path / "t.csv")
