"""Benches as N-Triples, good and bad, and the shapes file for them."""

from pathlib import Path

BASE = "https://data.thessaloniki.gr/"
BENCH = f"{BASE}id/bench/1"
STREET = f"{BASE}id/street/egnatia"
SHAPES = Path(__file__).with_name("benches.ttl")
DECIMAL = "^^<http://www.w3.org/2001/XMLSchema#decimal>"


def says(predicate, value, subject=BENCH):
    return f"<{subject}> <{BASE}def/{predicate}> {value} .\n"


def is_a(kind, subject=BENCH):
    return f"<{subject}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}def/{kind}> .\n"


def named(text, subject=BENCH):
    return f"<{subject}> <http://www.w3.org/2000/01/rdf-schema#label> {text} .\n"


def seats(number):
    return says("seats", f'"{number}"{DECIMAL}')


def bench(*more, seats_line=None):
    """The lines of a good bench, and `more`."""
    return [is_a("Bench"), named('"Παγκάκι"@el'), seats_line or seats(4), *more]
