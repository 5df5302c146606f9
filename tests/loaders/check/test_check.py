"""`kamara check` finds each kind of disagreement, names its place and says what to do."""

import pytest

from kamara.loaders.check import CHECKS, check
from kamara.loaders.check.links import NAMES, broken_links
from kamara.resources import DEFAULT_BASE, bundled

KAM = "https://data.thessaloniki.gr/def"
CODE = "https://data.thessaloniki.gr/code/bench"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = """
@prefix kam: <https://data.thessaloniki.gr/def/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix code: <https://data.thessaloniki.gr/code/bench/> .
"""
TERM = """kam:seats a rdf:Property ;
    rdfs:label "seats"@en , "θέσεις"@el ; rdfs:comment "How many sit."@en , "Πόσοι κάθονται."@el .
"""
SHAPE = """
kam:CheckedShape a sh:NodeShape ; sh:targetClass kam:BudgetLine ; sh:property kam:CheckedShape-ka .
kam:CheckedShape-ka a sh:PropertyShape ; sh:path kam:ka ; sh:minCount 1 ; sh:datatype xsd:string ;
    sh:message "A code."@en , "Ένας κωδικός."@el .
"""
SCHEME = """
<https://data.thessaloniki.gr/code/bench> a skos:ConceptScheme ; skos:prefLabel "Benches"@en , "Παγκάκια"@el .
code:1 a skos:Concept ; skos:inScheme <https://data.thessaloniki.gr/code/bench> ; skos:notation "1" ;
    skos:prefLabel "Wood"@en , "Ξύλο"@el .
code:2 a skos:Concept ; skos:inScheme <https://data.thessaloniki.gr/code/bench> ; skos:notation "2" ;
    skos:prefLabel "Oak"@en , "Δρυς"@el ; skos:broader code:1 .
"""
QUERY = """PREFIX kam: <https://data.thessaloniki.gr/def/>
SELECT ?line { ?line kam:ka ?ka }
"""


SAVED = (
    """# @question en Which?
# @question el Ποια;
# @param ka xsd:date 2016-04-01 Day / Ημέρα
"""
    + QUERY
)


def test_what_kamara_ships_has_no_findings():
    assert check(bundled(), DEFAULT_BASE) == []


def test_it_agrees_under_another_base_too():
    assert check(bundled(), "https://data.example.org/") == []


def test_a_sound_addition_has_no_findings(tree):
    tree.write("ontology/bench.ttl", PREFIXES + TERM)
    tree.write("shapes/bench.ttl", PREFIXES + SHAPE)
    tree.write("ontology/codes/bench.ttl", PREFIXES + SCHEME)
    tree.write("sparql/documents/bench.rq", QUERY)
    assert tree.findings() == []


@pytest.mark.parametrize(
    ("path", "text", "old", "new", "finding"),
    [
        pytest.param(
            *("ontology/bench.ttl", TERM, "kam:seats a", "kam:seats b"),
            "ontology/bench.ttl, line 9: not Turtle: Parser error",
            id="not Turtle",
        ),
        pytest.param(
            *("ontology/bench.ttl", TERM, "rdf:Property", "rdf:Propety"),
            f"ontology/bench.ttl, line 9: unknown term {RDF}Propety; did you mean {RDF}Property?",
            id="misspelt outside term",
        ),
        pytest.param(
            *("ontology/bench.ttl", TERM, "rdfs:label", "rdfs:subPropertyOf kam:buget ; rdfs:label"),
            f"ontology/bench.ttl, line 10: unknown term {KAM}/buget; did you mean",
            id="misspelt own term",
        ),
        pytest.param(
            *("ontology/bench.ttl", TERM, ', "θέσεις"@el', ""),
            f"ontology/bench.ttl, line 9: {KAM}/seats has no rdfs:label in el; add it",
            id="label in one language",
        ),
        pytest.param(
            *("ontology/bench.ttl", TERM, '; rdfs:comment "How many sit."@en , "Πόσοι κάθονται."@el', ""),
            f"ontology/bench.ttl, line 9: {KAM}/seats has no rdfs:comment; add one in el",
            id="no comment",
        ),
        pytest.param(
            *("ontology/bench.ttl", TERM, "rdfs:label", "rdfs:seeAlso [ rdf:value 1 ] ; rdfs:label"),
            f"ontology/bench.ttl, line 9: blank node under {KAM}/seats; give it an IRI",
            id="blank node",
        ),
        pytest.param(
            *("ontology/external/bench.ttl", TERM, "kam:seats a rdf:Property", "skos:prefLable rdf:value 1"),
            f"ontology/external/bench.ttl, line 9: {SKOS}prefLable has no rdf:type and "
            f"is no known term; did you mean {SKOS}prefLabel?",
            id="description of a term that does not exist",
        ),
        pytest.param(
            *("ontology/codes/bench.ttl", SCHEME, "skos:broader code:1", "skos:broader code:3"),
            f"ontology/codes/bench.ttl, line 14: unknown term {CODE}/3; did you mean",
            id="broader concept that does not exist",
        ),
        pytest.param(
            *(
                "ontology/codes/bench.ttl",
                SCHEME,
                'skos:notation "1"',
                'skos:broader code:2 ; skos:notation "1"',
            ),
            f"ontology/codes/bench.ttl, line 11: {CODE}/1 is broader than itself",
            id="cycle",
        ),
        pytest.param(
            *("ontology/codes/bench.ttl", SCHEME, 'skos:notation "2"', 'skos:notation "1"'),
            f'ontology/codes/bench.ttl, line 13: {CODE}/2 has the notation "1" of '
            f"{CODE}/1; give each concept its own",
            id="notation twice",
        ),
        pytest.param(
            *("ontology/codes/bench.ttl", SCHEME, '"Oak"@en', '"Oak"@en , "Oaken"@en'),
            f"ontology/codes/bench.ttl, line 13: {CODE}/2 has two skos:prefLabel in en",
            id="two labels in one language",
        ),
        pytest.param(
            *(
                "ontology/codes/bench.ttl",
                SCHEME,
                f"code:2 a skos:Concept ; skos:inScheme <{CODE}> ;",
            ),
            "code:2 a skos:Concept ;",
            f"ontology/codes/bench.ttl, line 13: {CODE}/2 is in no scheme",
            id="concept in no scheme",
        ),
        pytest.param(
            *("shapes/bench.ttl", SHAPE, "sh:minCount", "sh:minCuont"),
            f"shapes/bench.ttl, line 11: unknown term {SH}minCuont; did you mean {SH}minCount?",
            id="misspelt sh: term",
        ),
        pytest.param(
            *("shapes/bench.ttl", SHAPE, "sh:path kam:ka", "sh:path kam:kaa"),
            f"shapes/bench.ttl, line 11: unknown term {KAM}/kaa; did you mean {KAM}/ka?",
            id="path that does not exist",
        ),
        pytest.param(
            *("shapes/bench.ttl", SHAPE, "xsd:string", "xsd:sting"),
            f"shapes/bench.ttl, line 11: unknown term {XSD}sting; did you mean {XSD}string?",
            id="datatype that does not exist",
        ),
        pytest.param(
            *("shapes/bench.ttl", SHAPE, "xsd:string", "xsd:pattern"),
            f"shapes/bench.ttl, line 11: {XSD}pattern is no datatype",
            id="no datatype",
        ),
        pytest.param(
            *("shapes/bench.ttl", SHAPE, ', "Ένας κωδικός."@el', ""),
            f"shapes/bench.ttl, line 10: the shape of {KAM}/CheckedShape-ka has no sh:message in el; add it",
            id="message in one language",
        ),
        pytest.param(
            *("shapes/bench.ttl", SHAPE, "sh:minCount 1", "sh:maxCount 1 ; sh:class 'x'"),
            f"shapes/bench.ttl, line 10: not well-formed SHACL: {KAM}/CheckedShape-ka sh:class, "
            'found "x"; expected an address (IRI) (SHACL appendix C)',
            id="not well-formed",
        ),
        pytest.param(
            *("shapes/bench.ttl", SHAPE, "sh:targetClass kam:BudgetLine ;", ""),
            "shapes/bench.ttl: no shape in it has a target, so it would check nothing; give a shape",
            id="no target",
        ),
        pytest.param(
            *("sparql/queries/bench.rq", SAVED, "# @question el Ποια;\n", ""),
            "sparql/queries/bench.rq: needs its question in en and in el",
            id="question in one language",
        ),
        pytest.param(
            *("sparql/queries/bench.rq", SAVED, "xsd:date", "xsd:day"),
            "sparql/queries/bench.rq, line 3: the datatype xsd:day is none of",
            id="parameter of no datatype",
        ),
        pytest.param(
            *("sparql/queries/bench.rq", SAVED, "@param ka ", "@param kae "),
            "sparql/queries/bench.rq: the parameter kae stands nowhere in the query; use ?kae",
            id="parameter without use",
        ),
        pytest.param(
            *(
                "sparql/queries/bench.rq",
                SAVED,
                "{ ?line",
                "{ SERVICE <https://x.example/> { ?line kam:ka ?ka } ?line",
            ),
            "sparql/queries/bench.rq, line 5, column 16: ",
            id="query that the guard refuses",
        ),
        pytest.param(
            *("sparql/queries/bench.rq", QUERY, "kam:ka ?ka }", "kam:ka ?ka"),
            "sparql/queries/bench.rq, line 3: not SPARQL",
            id="not SPARQL",
        ),
        pytest.param(
            *("sparql/documents/bench.rq", QUERY, "kam:ka", "kam:kaa"),
            f"sparql/documents/bench.rq, line 2: unknown term {KAM}/kaa; did you mean {KAM}/ka?",
            id="misspelt term in a query",
        ),
        pytest.param(
            *("sparql/documents/bench.rq", QUERY, "thessaloniki.gr/def/", "thessaloniki.gr/deff/"),
            f"sparql/documents/bench.rq, line 2: unknown term {KAM}f/ka; did you mean {KAM}/ka?",
            id="misspelt namespace in a query",
        ),
        pytest.param(
            *("sparql/rules/bench.rq", QUERY, "?line {", "?line ?ka {"),
            "sparql/rules/bench.rq: a rule that does not select ?el, ?en, ?focus",
            id="rule without its variables",
        ),
    ],
)
def test_one_broken_thing_is_one_finding(tree, *, path, text, old, new, finding):
    assert old in text
    prefixes = "" if path.endswith(".rq") else PREFIXES
    tree.write(path, prefixes + text.replace(old, new, 1))
    (only,) = tree.findings("ontology", "codes", "shapes", "queries")
    assert only.startswith(finding)


@pytest.mark.parametrize(
    ("path", "old", "new", "finding"),
    [
        (
            "mapping.rml.ttl",
            "rml:logicalSource",
            "rml:logicalSauce",
            "unknown term http://w3id.org/rml/logicalSauce",
        ),
        (
            "mapping.rml.ttl",
            "rml:predicate rdfs:label",
            "rml:predicate rdfs:lable",
            "did you mean http://www.w3.org/2000/01/rdf-schema#label?",
        ),
        (
            "mapping.rml.ttl",
            "rml:class org:FormalOrganization",
            "rml:class org:FormalOrganisation",
            "#FormalOrganization?",
        ),
        (
            "mapping.rml.ttl",
            "rml:subjectMap [",
            "rml:subject <https://x.example/> ; rml:subjectMap [",
            "2 values of subject",
        ),
        ("source.toml", 'mode = "replace"', 'mode = "replaced"', "source.toml: mode: "),
        (
            "source.toml",
            'shapes = ["organizations"]',
            'shapes = ["organisations"]',
            "names organisations.ttl, which is not in shapes/",
        ),
        ("source.toml", "rules = []", 'rules = ["none"]', "names none.rq, which is not in rules/"),
        ("source.toml", 'pattern = "*.[cj]s*"', 'pattern = "*.xml"', "fits *.xml"),
        ("source.toml", 'mapping = "mapping.rml.ttl"', 'mapping = "other.ttl"', "there is no other.ttl"),
        ("source.toml", 'owns = ["organization"]', 'owns = ["expenditure-line"]', "owns"),
        ("source.toml", "name =", "name", "is not TOML"),
    ],
)
def test_a_broken_source_is_one_finding(tree, path, old, new, finding):
    tree.replace(f"mappings/organizations/{path}", old, new)
    (only,) = tree.findings("mappings")
    assert only.startswith("mappings/organizations/")
    assert finding in only


def test_a_function_that_does_not_exist_is_found(tree):
    tree.replace("mappings/budget-revenue/mapping.rml.ttl", "fn:greekDecimal", "fn:romanDecimal")
    (only,) = tree.findings("mappings")
    assert "romanDecimal" in only


def test_all_findings_are_given_in_the_order_of_files(tree):
    tree.write("sparql/documents/bench.rq", "SELECT")
    tree.write("ontology/bench.ttl", "@prefix")
    files = [finding.partition(",")[0] for finding in tree.findings()]
    assert files == ["ontology/bench.ttl", "sparql/documents/bench.rq"]


def test_each_subject_is_checked_by_itself(tree):
    tree.write("ontology/bench.ttl", "@prefix")
    assert set(CHECKS) == {"ontology", "codes", "shapes", "mappings", "queries", "derived", "edited", "links"}
    assert tree.findings("codes", "links") == []


def test_a_link_that_became_a_file_is_found(tmp_path):
    for name in NAMES:
        (tmp_path / "rooms" / name).mkdir(parents=True)
        (tmp_path / name).symlink_to(f"rooms/{name}")
    assert list(broken_links(tmp_path)) == []
    (tmp_path / "shapes").unlink()
    (tmp_path / "shapes").write_text("../../shapes")
    (only,) = broken_links(tmp_path)
    assert str(only).endswith("not a link to a folder; git config core.symlinks true, and check out again")


@pytest.mark.parametrize(
    ("subject", "path", "theme"),
    [
        ("mappings", "mappings/public-monuments/source.toml", "heritage"),
        ("derived", "sparql/rules/line-commitments/derived.toml", "budget"),
        ("edited", "mappings/authority-links/edited.toml", "heritage"),
    ],
)
def test_a_domain_that_is_not_in_the_code_list(tree, subject, path, theme):
    tree.replace(path, f'theme = "{theme}"', f'theme = "{theme[:-1]}"')
    (finding,) = tree.findings(subject)
    assert finding.startswith(f"{path}, theme: {theme[:-1]} is not in")
    assert f"code/dataset-theme/{theme}" in finding
