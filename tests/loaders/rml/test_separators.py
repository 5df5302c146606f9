"""Columns that hold several values, as a mapping declares them."""

from hypothesis import given
from hypothesis import strategies as st
from support.mapping import BASE, PREFIXES, functions

from kamara.config import LoadSettings
from kamara.loaders.readers import open_records
from kamara.loaders.rml import compile_mapping

MAPPING = (
    PREFIXES
    + f"""<#m> rml:logicalSource [ rml:source [ a csvw:Table ; csvw:url "a.tsv" ;
      csvw:dialect [ csvw:delimiter "\\t" ] ;
      csvw:tableSchema [ csvw:column [ csvw:name "serves" ; csvw:separator ";" ] ] ] ;
    rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "{BASE}id/action/{{id}}" ] ;
  rml:predicateObjectMap [ rml:predicate kam:serves ; rml:objectMap [ rml:reference "serves" ] ] ,
    [ rml:predicate kam:note ; rml:objectMap [ rml:reference "note" ] ] .
"""
)


def lines(folder, *rows):
    """What the mapping makes of rows of id, serves and note."""
    (folder / "mapping.ttl").write_text(MAPPING, encoding="utf-8")
    (folder / "a.tsv").write_text("\n".join(["id\tserves\tnote", *map("\t".join, rows)]) + "\n")
    (source,) = compile_mapping(folder / "mapping.ttl", base_iri=BASE, functions=functions(folder)).sources
    records = open_records(folder / "a.tsv", source.source, source.columns, {}, LoadSettings())
    return [line.removeprefix(f"<{BASE}id/action/") for row in records for line in source.map(row.values)]


def test_each_value_of_the_column_makes_a_triple_of_its_own(tmp_path):
    assert lines(tmp_path, ("1", "1.3;1.4", "a;b")) == [
        f'1> <{BASE}def/serves> "1.3" .\n',
        f'1> <{BASE}def/serves> "1.4" .\n',
        f'1> <{BASE}def/note> "a;b" .\n',
    ]


def test_one_value_or_none_is_as_in_any_column(tmp_path):
    assert lines(tmp_path, ("1", "1.3", ""), ("2", "", "x")) == [
        f'1> <{BASE}def/serves> "1.3" .\n',
        f'2> <{BASE}def/note> "x" .\n',
    ]


@given(parts=st.lists(st.text("ab.", max_size=3), max_size=5))
def test_no_value_is_lost_and_none_is_made(tmp_path_factory, parts):
    made = lines(tmp_path_factory.mktemp("parts"), ("1", ";".join(parts), ""))
    assert [line.split('"')[1] for line in made] == list(dict.fromkeys(part for part in parts if part))
