"""Both engines say the same of the samples, as they are and broken in every way we could think of."""

import re
from dataclasses import dataclass

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from support.benches import SHAPES as BENCH_SHAPES
from support.benches import STREET, bench, is_a, named, says, seats

from kamara.config import Settings
from kamara.loaders.derivation.description import derivation_folders, read_derivation
from kamara.loaders.errors import LoadError
from kamara.loaders.pipeline import load
from kamara.loaders.source import read_sources
from kamara.loaders.validation import open_engine
from kamara.resources import DEFAULT_BASE, bundled

XSD = "http://www.w3.org/2001/XMLSchema#"
FEW = 3
# Where values cannot be compared pySHACL says nothing, or fails: see the last tests.
PAIRS = {"LessThanConstraintComponent", "LessThanOrEqualsConstraintComponent"}
# What a limit inside of sh:or finds is not told, so whether it can be compared cannot be seen.
CHOICES = {"OrConstraintComponent"}
LIMITS = {
    f"{limit}{kind}ConstraintComponent" for limit in ("Min", "Max") for kind in ("Inclusive", "Exclusive")
}
NUMBER = re.compile(r'"[+-]?\d+(\.\d+)?" \(xsd:(decimal|integer)\)')
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

LITERALS = [
    *('""', '" "', '"12x"', '"Καμάρα"', '"Καμάρα"@el', '"Arch"@en', '"Arc"@fr', '"x"@el-GR'),
    *(f'"{text}"^^<{XSD}decimal>' for text in ("1", "-1", "0.001", "1234.567", "12x", "+5", "007.10")),
    *(f'"{text}"^^<{XSD}integer>' for text in ("1", "-3", "1.0", "x")),
    *(
        f'"{text}"^^<{XSD}date>'
        for text in ("2016-04-01", "1900-01-01", "2999-12-31", "2016-13-45", "1/4/2016")
    ),
    *(f'"{text}"^^<{XSD}gYear>' for text in ("2016", "16")),
    *(f'"{text}"^^<{XSD}boolean>' for text in ("true", "maybe")),
]
IRIS = [f"<{DEFAULT_BASE}id/organization/0>", "<https://x.example/>", f"<{DEFAULT_BASE}def/BudgetLine>"]


def subject(line):
    return line.split(" ", 1)[0]


def predicate(line):
    return line.split(" ", 2)[1]


@st.composite
def broken(draw, groups):
    """The lines of a few things, one to three of them changed."""
    lines = [
        line for group in draw(st.lists(st.sampled_from(groups), min_size=1, max_size=2)) for line in group
    ]
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        lines[place : place + 1] = draw(changed(lines[place]))
        if not lines:
            break
    return sorted(set(lines))


def changed(line):
    """What may become of one line: it vanishes, doubles with another value, changes value or predicate."""
    new = st.sampled_from([*LITERALS, *IRIS]).map(
        lambda value: f"{subject(line)} {predicate(line)} {value} ."
    )
    strange = st.just(f"{subject(line)} <https://x.example/p> {line.split(' ', 2)[2].strip()}")
    return st.one_of(
        st.just([]),
        new.map(lambda other: [other]),
        new.map(lambda other: [line, other]),
        strange.map(lambda o: [line, o]),
    )


def few(things):
    """The first of these things, and their parts."""
    names = tuple(subject(thing[0])[:-1] for thing in things[:FEW])
    return [thing for thing in things if subject(thing[0])[:-1].startswith(names)]


@dataclass(frozen=True, repr=False)
class Sample:
    """The lines of every thing in the samples, by type."""

    things: dict[str, list[list[str]]]

    def some(self, kinds):
        """A few things of each of these types, with their parts."""
        return [thing for kind in sorted(kinds) for thing in few(self.things.get(kind, ()))]

    def types(self):
        """What every thing is."""
        everything = (line for group in self.things.values() for thing in group for line in thing)
        return [line for line in everything if f"<{TYPE}>" in line]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    where = Settings(data_dir=tmp_path_factory.mktemp("data"))
    report = load(where, list(read_sources(where.resources).values()))
    store = ox.Store.read_only(str(report.version.store))
    things = {}
    for subject in sorted(
        {quad.subject for quad in store if quad.subject.value.startswith(f"{DEFAULT_BASE}id/")}, key=str
    ):
        kind = subject.value.removeprefix(f"{DEFAULT_BASE}id/").partition("/")[0]
        quads = store.quads_for_pattern(subject, None, None)
        things.setdefault(kind, []).append(sorted(f"{q.subject} {q.predicate} {q.object} ." for q in quads))
    return Sample(things)


def engines(files):
    """Both engines, for these shapes."""
    return [open_engine(name, files, DEFAULT_BASE, 10_000) for name in ("shacl", "pyshacl")]


@pytest.fixture(scope="module")
def judged():
    """Of each set of shapes that a dataset keeps: both engines, and the types that it is kept for."""
    resources = bundled()
    found = {}
    for dataset in (*read_sources(resources).values(), *map(read_derivation, derivation_folders(resources))):
        found.setdefault(tuple(sorted(dataset.about.shapes)), set()).update(dataset.about.owns)
    return [
        (engines([resources.shapes / f"{name}.ttl" for name in names]), kinds)
        for names, kinds in found.items()
    ]


@pytest.fixture(scope="module")
def benches():
    """Both engines, for the shapes of benches."""
    return engines([BENCH_SHAPES])


def comparable(violation):
    """Whether both engines can be expected to see it."""
    if violation.component in LIMITS:
        return NUMBER.fullmatch(violation.found) is not None
    return violation.component not in PAIRS | CHOICES


def agreed(both, lines, context=()):
    """What both engines say; they must agree in every part of it."""
    rust, pyshacl = both
    try:
        second = pyshacl.validate(lines, context)
    except LoadError:
        reject()
    first = rust.validate(lines, context)
    assert [*filter(comparable, first)] == [*filter(comparable, second)]
    return first


def test_every_sample_conforms_by_both(judged, sample):
    for both, kinds in judged:
        some = [line for thing in sample.some(kinds) for line in thing]
        assert agreed(both, some, sample.types()) == []


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_engines_agree_on_broken_samples(judged, sample, data):
    both, kinds = data.draw(st.sampled_from([one for one in judged if sample.some(one[1])]))
    agreed(both, data.draw(broken(sample.some(kinds))))


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_engines_agree_on_broken_benches(benches, data):
    full = bench(
        says("code", '"AB12"'),
        says("street", f"<{STREET}>"),
        says("material", f"<{DEFAULT_BASE}def/wood>"),
        says("owner", '"the city"'),
        says("placed", f'"2016-04-01"^^<{XSD}date>'),
        says("removed", f'"2017-04-01"^^<{XSD}date>'),
        is_a("Street", STREET),
        named('"Εγνατία"@el', STREET),
    )
    plate = [
        is_a("Plate", f"{DEFAULT_BASE}id/plate/1"),
        says("text", '"Καμάρα"', f"{DEFAULT_BASE}id/plate/1"),
    ]
    agreed(benches, data.draw(broken([full, plate])))


def components(violations):
    return {violation.component for violation in violations}


def test_both_compare_dates_of_a_pair(benches):
    placed, removed = (
        says(what, f'"{day}"^^<{XSD}date>')
        for what, day in (("placed", "2020-01-01"), ("removed", "2019-01-01"))
    )
    for engine in benches:
        assert components(engine.validate(bench(placed, removed))) == {"LessThanOrEqualsConstraintComponent"}


def test_known_difference_a_date_is_not_under_a_decimal_limit_only_by_the_engine_in_use(benches):
    """SHACL section 4.3: a value that cannot be compared is a violation."""
    rust, pyshacl = (
        components(engine.validate(bench(seats_line=says("seats", f'"2016-04-01"^^<{XSD}date>'))))
        for engine in benches
    )
    assert rust - pyshacl == {"MaxExclusiveConstraintComponent"}


def test_known_difference_an_exponent_is_no_decimal_only_by_the_engine_in_use(benches):
    """XML Schema part 2, section 3.3.3: a decimal has no exponent; Python's Decimal reads one."""
    rust, pyshacl = (components(engine.validate(bench(seats_line=seats("1e1")))) for engine in benches)
    assert rust - pyshacl >= {"DatatypeConstraintComponent"}


def test_known_difference_pyshacl_fails_on_a_pair_that_cannot_be_compared(benches):
    rust, pyshacl = benches
    placed, removed = (
        says(what, f'"{day}"^^<{XSD}date>')
        for what, day in (("placed", "2016-04-01"), ("removed", "1/4/2016"))
    )
    pair = bench(placed, removed)
    assert "LessThanOrEqualsConstraintComponent" in components(rust.validate(pair))
    with pytest.raises(LoadError, match=r"pySHACL fails on this batch: .*use the engine shacl"):
        pyshacl.validate(pair)
