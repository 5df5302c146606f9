from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from pyoxigraph import NamedNode, Quad, Store, parse
from support.robots import Rules
from support.site import BASE, GRAPH, LINE, Page, sample_store, write_site

from kamara.errors import KamaraError
from kamara.site.representations import N_TRIPLES, RDF

HOSTILE = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<id/thing/ΨΓ6ΩΩΡ5-ΘΚ4~Β> rdfs:label "Απόφαση"@el .
<id/thing/a%20b%25c> rdfs:label "space and percent"@en .
<id/thing/..%2F..%2Fpasswd> rdfs:label "<script>alert(1)</script>"@en ; rdfs:seeAlso <javascript:alert(1)> .
<id/thing/report.ttl> rdfs:label "A report"@en .
<id/thing/whole/part/1> rdfs:label "A part"@en .
<id/thing/whole%2Fpart/1> rdfs:label "Another part"@en .
<id/../../escape> rdfs:label "not ours any more"@en .
<id/thing/%2E%2E> rdfs:label "dots"@en .
"""
LONG = f"<id/thing/{'Θ' * 200}> <http://www.w3.org/2000/01/rdf-schema#label> 'long'@en ."


@pytest.fixture(scope="module")
def store() -> Store:
    return sample_store(extra=HOSTILE + LONG)


@pytest.fixture(scope="module")
def site(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("static") / "public"
    write_site(store, out)
    return out


def pages(site: Path) -> Iterator[Path]:
    yield from site.rglob("*.html")


def test_what_only_a_server_needs_is_left_out(site: Path) -> None:
    assert {path.name for path in (site / "static").iterdir()} == {"kamara.css", "kamara.svg"}


def test_robots_may_read_all_of_it(site: Path) -> None:
    assert not list(Rules((site / "robots.txt").read_text("utf-8")))


def test_every_link_leads_to_a_file(site: Path) -> None:
    followed = 0
    for path in pages(site):
        for href in Page(path.read_text("utf-8")).hrefs:
            if href.startswith(("http://", "https://", "#")):
                continue
            target = path.parent / unquote(href)
            assert target.is_file(), f"{path} -> {href}"
            assert target.resolve().is_relative_to(site.resolve())
            followed += 1
    assert followed > 100


def test_every_page_is_well_formed_and_says_its_language_and_title(site: Path) -> None:
    for path in pages(site):
        page = Page(path.read_text("utf-8"))
        assert not page.faults, f"{path}: {page.faults}"
        assert page.language == ("en" if path.name.endswith(".en.html") else "el")
        assert page.title
        assert len(page.ids) == len(set(page.ids))


def test_labels_are_text_and_never_markup(site: Path) -> None:
    page = Page((site / "doc/thing/..%2F..%2Fpasswd.en.html").read_text("utf-8"))
    assert "<script>alert(1)</script>" in page.text
    assert "script" not in page.tags
    assert not any(href.startswith("javascript") for href in page.hrefs)


def test_nothing_is_written_outside(site: Path) -> None:
    assert sorted(path.name for path in site.parent.iterdir()) == ["public"]
    assert not list(site.parent.rglob("escape*"))


@pytest.mark.parametrize(
    "name",
    ["ΨΓ6ΩΩΡ5-ΘΚ4~Β", "a b%25c", "..%2F..%2Fpasswd", "report.ttl", "whole/part/1", "%2E%2E"],
)
def test_keys_become_safe_file_names(site: Path, name: str) -> None:
    for suffix in (".el.html", ".en.html", ".ttl", ".jsonld", ".nt", ".rdf"):
        assert (site / f"doc/thing/{name}{suffix}").is_file()
    own = name.replace("%2F", "/").replace("..", "%2E%2E")
    assert (site / f"id/thing/{own}/index.html").is_file()


def test_an_encoded_slash_gives_way_to_a_slash(site: Path) -> None:
    page = Page((site / "id/thing/whole/part/1/index.html").read_text("utf-8"))
    assert page.hrefs == [f"../../../../../doc/thing/whole/part/1.{code}.html" for code in ("el", "en")]


def test_a_long_key_is_cut_and_told_apart_by_its_hash(site: Path) -> None:
    (name,) = [
        path.name for path in (site / "doc/thing").iterdir() if "ΘΘΘ" in path.name and path.suffix == ".nt"
    ]
    assert len(name.encode()) <= 255
    assert name.startswith("Θ" * 100 + "~")


def test_a_term_and_the_ontology_itself_have_documents(site: Path) -> None:
    assert (site / "doc/def/BudgetLine.ttl").is_file()
    assert (site / "doc/def/index.ttl").is_file()
    assert "BudgetLine" in (site / "def/BudgetLine/index.html").read_text("utf-8")


def test_rdf_documents_say_what_the_store_says(site: Path, store: Store) -> None:
    thing = NamedNode(LINE)
    in_store = {(q.subject, q.predicate, q.object) for q in store}
    page = NamedNode(LINE.replace("/id/", "/doc/"))
    said = {(q.subject, q.predicate, q.object) for q in store.quads_for_pattern(thing, None, None)}
    for representation in RDF:
        found = read(site / f"doc/expenditure-line/2016~10~6011.01.01{representation.suffix}")
        assert said <= found
        assert {one for one in found if one[0] != page} <= in_store


def test_a_whole_graph_can_be_downloaded(site: Path, store: Store) -> None:
    in_store = {(q.subject, q.predicate, q.object) for q in store}
    for suffix in (".nt", ".ttl"):
        assert read(site / f"doc/graph/budget-expenditure{suffix}") == in_store


def test_amounts_and_days_are_written_in_the_language_of_the_page(site: Path) -> None:
    name = "doc/expenditure-observation/2016~10~6011.01.01~draft~2016-04-01"
    greek, english = (Page((site / f"{name}.{code}.html").read_text("utf-8")).text for code in ("el", "en"))
    assert "1.755.000,00\u00a0€" in greek
    assert "1,755,000.00\u00a0€" in english
    assert "1 Απριλίου 2016" in greek
    assert "1 April 2016" in english
    assert "Οικονομικές και διοικητικές υπηρεσίες" in greek
    assert "Financial and administrative services" in english


def test_a_second_run_writes_the_same_bytes(store: Store, site: Path, tmp_path: Path) -> None:
    write_site(store, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(site)


def test_an_older_site_is_replaced_whole(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "public"
    write_site(store, out)
    (out / "left-over.html").touch()
    write_site(store, out)
    assert not (out / "left-over.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def test_a_folder_that_is_not_ours_is_refused_and_kept(store: Store, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(KamaraError, match="not a site that Kamara wrote"):
        write_site(store, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_many_referrers_are_counted_and_a_hundred_shown(tmp_path: Path) -> None:
    store = sample_store()
    store.extend(
        Quad(
            NamedNode(f"{BASE}id/note/{i:04}"), NamedNode(f"{BASE}def/kae"), NamedNode(LINE), NamedNode(GRAPH)
        )
        for i in range(1234)
    )
    write_site(store, tmp_path / "out")
    page = Page((tmp_path / "out/doc/expenditure-line/2016~10~6011.01.01.el.html").read_text("utf-8"))
    assert "100 από 1.234" in page.text
    assert sum("doc/note/" in href for href in page.hrefs) == 100
    triples = read(tmp_path / f"out/doc/expenditure-line/2016~10~6011.01.01{N_TRIPLES.suffix}")
    assert any("100 of the 1234" in str(one[2]) for one in triples)


def read(path: Path) -> set[tuple[object, object, object]]:
    return {(q.subject, q.predicate, q.object) for q in parse(path=str(path))}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
