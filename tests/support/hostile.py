"""Queries that mean harm: files, and those too long for files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

FILES = Path(__file__).resolve().parent.parent / "api" / "hostile"
STEP = "<urn:p:value>"


def hostile() -> Mapping[str, str]:
    """All by name."""
    written = {path.stem: path.read_bytes().decode() for path in sorted(FILES.glob("*.rq"))}
    return written | _nested() | _chained() | _long()


def _nested() -> dict[str, str]:
    return {
        "nesting-nots": f"ASK {{ FILTER({'!' * 20000}true) }}",
        "nesting-minus-signs": f"ASK {{ FILTER({'- ' * 20000}1 = 1) }}",
        "nesting-parentheses": f"ASK {{ FILTER({'(' * 9000}1{')' * 9000}) }}",
        "nesting-collections": f"ASK {{ {'(' * 3000}1{')' * 3000} ?p ?o }}",
        "nesting-blank-nodes": f"ASK {{ {'[ <urn:p> ' * 3000}1{' ]' * 3000} }}",
        "nesting-optionals": f"ASK {{ {'OPTIONAL { ?a ?b ?c ' * 3000}{'}' * 3000} }}",
        "nesting-graphs": f"ASK {{ {'GRAPH ?g { ' * 3000}{'}' * 3000} }}",
    }


def _chained() -> dict[str, str]:
    return {
        "chain-or": f"ASK {{ FILTER({' || '.join(['1 = 2'] * 5000)}) }}",
        "chain-plus": f"ASK {{ FILTER({' + '.join(['1'] * 15000)} = 1) }}",
        "chain-unions": f"ASK {{ {' UNION '.join(['{ ?a ?b ?c }'] * 3000)} }}",
        "chain-values": f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {'1 ' * 25000} }} ?s ?p ?o }}",
        "chain-in": f"ASK {{ ?s ?p ?o FILTER(?o IN ({', '.join(['-1'] * 15000)})) }}",
        "path-long": f"ASK {{ ?a {'/'.join([STEP] * 2000)} ?b }}",
        "path-choices": f"ASK {{ ?a ({'|'.join([STEP] * 1500)})* ?b }}",
    }


def _long() -> dict[str, str]:
    return {
        "iri-long": f"SELECT * {{ <urn:x:{'a' * 60000}> ?p ?o }}",
        "names-many": "SELECT * { " + " ".join(f"BIND({n} AS ?v{n})" for n in range(900)) + " }",
        "number-huge-integer": f"SELECT ({'9' * 5000} AS ?n) {{}}",
    }
