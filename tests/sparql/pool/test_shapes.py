from __future__ import annotations

import pytest

from kamara.config import QuerySettings
from kamara.sparql.guard import inspect
from kamara.sparql.pool.shapes import Shapes


def shape(text: str) -> bytes:
    return inspect(text, QuerySettings()).shape


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT * { <urn:a> ?p ?o }", "SELECT * {\n  <urn:b>  ?p ?o } # b"),
        ('SELECT * { ?s ?p ?o FILTER(STR(?o) = "a") }', 'SELECT * { ?s ?p ?o FILTER(STR(?o) = "b c") }'),
        ("SELECT * { ?s ?p ?o FILTER(?o > 3) }", "SELECT * { ?s ?p ?o FILTER(?o > 4000) }"),
        ("SELECT * { ?s ?p ?o } LIMIT 10", "SELECT * { ?s ?p ?o } LIMIT 50"),
    ],
)
def test_queries_of_one_shape(one: str, other: str) -> None:
    assert shape(one) == shape(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT * { ?s <urn:a> ?o }", "SELECT * { ?s <urn:b> ?o }"),
        ("SELECT * { ?s a <urn:A> }", "SELECT * { ?s a <urn:B> }"),
        ("SELECT * { ?s ?p ?o } LIMIT 10", "SELECT * { ?s ?p ?o } LIMIT 1000000"),
        ("SELECT * { ?s ?p ?o }", "SELECT DISTINCT * { ?s ?p ?o }"),
    ],
)
def test_queries_of_other_shapes(one: str, other: str) -> None:
    assert shape(one) != shape(other)


def test_what_ran_long_is_remembered_until_it_is_quick_again_or_time_has_passed() -> None:
    clock = Clock()
    shapes = Shapes(clock)
    assert not shapes.is_long(b"x")
    assert not shapes.is_quick(b"x")
    shapes.was_long(b"x")
    assert shapes.is_long(b"x")
    shapes.was_quick(b"x")
    assert shapes.is_quick(b"x")
    shapes.was_long(b"y")
    clock.now = 1000
    assert not shapes.is_long(b"y")


def test_one_slow_run_among_quick_ones_changes_nothing() -> None:
    shapes = Shapes()
    for _ in range(3):
        shapes.was_quick(b"x")
    shapes.was_long(b"x")
    assert shapes.is_quick(b"x")
    shapes.was_long(b"x")
    assert shapes.is_long(b"x")


def test_only_so_many_shapes_are_remembered() -> None:
    shapes = Shapes()
    for number in range(5000):
        shapes.was_long(b"%d" % number)
    assert not shapes.is_long(b"0")
    assert shapes.is_long(b"4999")
    assert len(shapes._known) == 2000


def test_known_shapes_are_regular_for_some_seconds_after_one_was_quick_again() -> None:
    clock = Clock()
    shapes = Shapes(clock)
    shapes.was_quick(b"x")
    assert not shapes.are_regular
    shapes.was_quick(b"x")
    assert shapes.are_regular
    clock.now = 9
    shapes.was_long(b"x")
    shapes.was_quick(b"y")
    assert shapes.are_regular
    clock.now = 11
    assert not shapes.are_regular
