"""A person's own file, of every kind of RDF and of none."""

import pyoxigraph as ox
import pytest
from support.benches import BASE, SHAPES, bench

from kamara.errors import KamaraError
from kamara.loaders.validation.files import validate_file


def validate(file):
    return validate_file(file, SHAPES, engine="shacl", base_iri=BASE, max_violations=100)


@pytest.mark.parametrize("suffix", ["ttl", "nt", "nq", "trig", "rdf", "jsonld"])
def test_every_kind_of_rdf_is_read(tmp_path, suffix):
    quads = ox.parse("".join(bench()), format=ox.RdfFormat.N_TRIPLES)
    file = tmp_path / f"bench.{suffix}"
    triples = [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads]
    file.write_bytes(ox.serialize(triples, format=ox.RdfFormat.from_extension(suffix)))
    report = validate(file)
    assert (report.checked, report.violations) == (1, ())


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("broken.ttl", b"<https://x.example/a> <https://x.example/b>\n\n", 3, "line 3: not Turtle"),
        ("latin.ttl", b'<https://x.example/a> <https://x.example/b> "\xe1" .', 3, "line 1: not Turtle"),
        ("page.jsonld", b"<html>", 3, "line 1: not JSON-LD"),
        ("page.rdf", b"<html>", 3, "not RDF/XML"),
        ("table.csv", b"a,b", 2, "rename it to one of: .ttl"),
        ("empty.ttl", b"", 3, "nothing in it was checked"),
    ],
)
def test_what_is_not_rdf_is_refused_with_file_and_line(tmp_path, name, content, code, said):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(KamaraError) as caught:
        validate(file)
    assert caught.value.exit_code == code
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(file))


def test_a_relative_address_is_resolved_against_the_file(tmp_path):
    file = tmp_path / "bench.ttl"
    file.write_text(f"<#bench> a <{BASE}def/Bench> .", encoding="utf-8")
    assert {violation.focus for violation in validate(file).violations} == {f"{file.as_uri()}#bench"}


def test_a_blank_node_is_judged_too(tmp_path):
    file = tmp_path / "bench.ttl"
    file.write_text(f"[] a <{BASE}def/Bench> .", encoding="utf-8")
    assert {violation.focus for violation in validate(file).violations} == {"_:"}
