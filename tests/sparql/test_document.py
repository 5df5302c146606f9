from __future__ import annotations

from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store
from support.site import BASE, GRAPH, LINE, OBSERVATION, sample_store

from kamara.sparql.document import Document, read_document
from kamara.sparql.labels import read_labels
from kamara.sparql.select import StoreSelect
from kamara.sparql.summary import read_summary


def document(thing: str, store: Store | None = None) -> Document:
    return read_document(StoreSelect(store or sample_store()), thing)


def test_a_document_holds_what_is_said_of_the_thing_and_who_refers_to_it() -> None:
    found = document(LINE)
    assert found.exists
    assert found.types == (f"{BASE}def/BudgetLine",)
    assert {said.graph for said in found.outgoing} == {GRAPH}
    assert [(group.predicate, group.total) for group in found.incoming] == [(f"{BASE}def/budgetLine", 1)]
    assert found.incoming[0].some[0].subject == OBSERVATION


def test_a_document_names_every_term_that_it_shows() -> None:
    labels = document(LINE).labels
    assert labels.of(LINE) == {"el": "Τακτικές αποδοχές (δοκιμή)"}
    assert labels.of(f"{BASE}def/kae") == {"el": "ΚΑΕ", "en": "Economic classification"}
    assert labels.of(f"{BASE}code/budget-service/10")["en"] == "Financial and administrative services"
    assert labels.of(f"{BASE}dataset/budget-expenditure")["en"] == "Budget expenditure"


def test_a_better_name_wins() -> None:
    more = f"""
        <{BASE}code/budget-service/10> <http://www.w3.org/2000/01/rdf-schema#label> "other"@en, "autre"@fr .
    """
    names = document(f"{BASE}code/budget-service/10", sample_store(extra=more)).labels.of(
        f"{BASE}code/budget-service/10"
    )
    assert names["en"] == "Financial and administrative services"
    assert names["fr"] == "autre"


def test_what_nobody_speaks_of_does_not_exist() -> None:
    assert not document(f"{BASE}id/expenditure-line/nothing").exists


def test_a_predicate_in_use_exists() -> None:
    assert document(f"{BASE}def/ka").exists


def test_an_iri_that_could_break_out_of_a_query_finds_nothing() -> None:
    assert not document(f"{BASE}id/x> }} {{ ?a ?b ?c").exists


def test_at_most_a_hundred_referrers_are_named_and_all_are_counted() -> None:
    store = sample_store()
    kae = NamedNode(f"{BASE}def/kae")
    store.extend(
        Quad(NamedNode(f"{BASE}id/note/{i}"), kae, NamedNode(LINE), NamedNode(GRAPH)) for i in range(2500)
    )
    (group,) = [one for one in document(LINE, store).incoming if one.predicate == kae.value]
    assert group.total == 2500
    assert len(group.some) == 100
    assert list(group.some) == sorted(group.some, key=lambda one: one.subject)


def test_a_summary_counts_by_graph_and_class() -> None:
    store = sample_store()
    summary = read_summary(StoreSelect(store), BASE)
    assert [(one.graph, one.triples) for one in summary.graphs] == [(GRAPH, len(store))]
    assert summary.triples == len(store)
    counts = {one.iri: one.things for one in summary.graphs[0].classes}
    assert counts[f"{BASE}def/BudgetLine"] == 1
    assert counts["http://www.w3.org/2004/02/skos/core#Concept"] == 2
    assert summary.of(f"{BASE}dataset/budget-expenditure") is summary.graphs[0]


def test_labels_of_files_follow_the_base(tmp_path: Path) -> None:
    (tmp_path / "terms.ttl").write_text(
        f'<{BASE}def/x> <http://www.w3.org/2000/01/rdf-schema#label> "κάτι"@el .', encoding="utf-8"
    )
    assert read_labels(tmp_path, "http://example.org/").of("http://example.org/def/x") == {"el": "κάτι"}
