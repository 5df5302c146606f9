"""SPARQL by hypothesis: queries that are right by the grammar, and the same with a wound."""

from __future__ import annotations

from hypothesis import strategies as st

VARIABLES = st.sampled_from(["?a", "?b", "?c", "$d"])
IRIS = st.sampled_from(["<urn:p:value>", "<urn:s:1>", "<urn:s:α>", "a", "x:y"])
LITERALS = st.one_of(
    st.integers().map(str),
    st.sampled_from(["1.5", "-2e300", "true", '"x"@el', '"""\n"""', '"1"^^x:int', '"Ά\\"\\u03B1"']),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters='"\\\n\r'), max_size=8).map(
        '"{}"'.format
    ),
)
PATHS = st.recursive(
    st.sampled_from(["<urn:p:value>", "a", "!<urn:q>", "!(a|^a)"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("*+?")).map(lambda two: f"({two[0]}){two[1]}"),
        st.tuples(inner, st.sampled_from("/|"), inner).map(lambda three: f"({''.join(three)})"),
        inner.map("^({})".format),
    ),
    max_leaves=4,
)
EXPRESSIONS = st.recursive(
    st.one_of(VARIABLES, LITERALS, st.sampled_from(["<urn:s:1>", "RAND()", "NOW()", "BNODE()"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "=", "<", "&&", "||"]), inner).map(
            lambda three: f"({' '.join(three)})"
        ),
        st.tuples(st.sampled_from(["STR", "!", "- ", "LANG", "STRLEN", "MD5", "ABS"]), inner).map(
            lambda two: f"{two[0]}({two[1]})"
        ),
        st.tuples(inner, inner).map(lambda two: f"REGEX(STR({two[0]}), STR({two[1]}))"),
        st.tuples(inner, inner, inner).map(lambda three: f"IF({', '.join(three)})"),
    ),
    max_leaves=5,
)
TRIPLES = st.tuples(
    st.one_of(VARIABLES, st.just("<urn:s:1>"), st.just("[]")),
    st.one_of(VARIABLES, PATHS),
    st.one_of(VARIABLES, LITERALS, IRIS.filter(lambda iri: iri != "a")),
).map(lambda three: f"{' '.join(three)} .")
GROUPS = st.recursive(
    st.lists(TRIPLES, max_size=2).map(" ".join),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"{{ {two[0]} }} UNION {{ {two[1]} }}"),
        st.tuples(
            inner, st.sampled_from(["OPTIONAL", "MINUS", "GRAPH ?g", "GRAPH <urn:g:numbers>"]), inner
        ).map(lambda three: f"{three[0]} {three[1]} {{ {three[2]} }}"),
        st.tuples(inner, EXPRESSIONS).map(lambda two: f"{two[0]} FILTER({two[1]})"),
        st.tuples(inner, EXPRESSIONS).map(lambda two: f"{two[0]} BIND({two[1]} AS ?new)"),
        st.tuples(inner, st.sampled_from(["", "NOT "])).map(
            lambda two: f"FILTER {two[1]}EXISTS {{ {two[0]} }}"
        ),
        inner.map("{{ SELECT DISTINCT ?a {{ {} }} }}".format),
        st.tuples(inner, LITERALS).map(lambda two: f"{two[0]} VALUES (?a ?b) {{ ({two[1]} UNDEF) }}"),
    ),
    max_leaves=4,
)
FORMS = st.sampled_from(
    [
        "SELECT * {{ {} }} LIMIT 50",
        "SELECT ?a (COUNT(*) AS ?n) {{ {} }} GROUP BY ?a HAVING(COUNT(*) > 0) LIMIT 50",
        "SELECT DISTINCT ?a ?b {{ {} }} ORDER BY DESC(?a) ?b LIMIT 9 OFFSET 1",
        "ASK {{ {} }}",
        "CONSTRUCT {{ ?a <urn:p> ?b . [] <urn:q> ?c }} {{ {} }} LIMIT 50",
        "DESCRIBE ?a {{ {} }} LIMIT 5",
        "SELECT (GROUP_CONCAT(?a; SEPARATOR=',') AS ?all) (SUM(?b) AS ?sum) {{ {} }}",
    ]
)
QUERIES = st.tuples(FORMS, GROUPS).map(lambda two: f"PREFIX x: <urn:x:> {two[0].format(two[1])}")


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A query in which a stretch is gone, or other bytes stand: not always UTF-8."""
    query = draw(QUERIES).encode()
    start = draw(st.integers(0, len(query)))
    end = draw(st.integers(start, min(len(query), start + 12)))
    return query[:start] + draw(st.binary(max_size=6)) + query[end:]
