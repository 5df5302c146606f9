"""`kamara check --reason`: can every class have a member, and can all that is said hold together?"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kamara.loaders.check.findings import Finding, shown
from kamara.loaders.check.material import Material
from kamara.loaders.check.turtle import TurtleFile
from kamara.loaders.errors import ReasonerError
from kamara.loaders.reason.hermit import Hermit, missing
from kamara.loaders.reason.view import View, view
from kamara.resources import Resources


@dataclass(frozen=True)
class Verdict:
    """What the reasoner found. `not_run` says why it did not run; then there are no findings.

    `left_out` are statements that it cannot read, `classes` and `individuals` how many it saw.
    """

    findings: tuple[Finding, ...] = ()
    left_out: tuple[str, ...] = ()
    classes: int = 0
    individuals: int = 0
    not_run: str = ""


def reason(resources: Resources, base_iri: str, seconds: float) -> Verdict:
    """Run HermiT over the ontology, code lists and outside terms, for at most `seconds`.

    Raises ReasonerError when the reasoner breaks or does not end in time.
    """
    lacking = missing()
    if lacking:
        return Verdict(not_run=lacking)
    material = Material(resources, base_iri)
    files = material.turtle(material.ontology_paths)
    seen = view([triple for file in files for triple in file.triples])
    findings = sorted(map(shown, _findings(seen, files, Hermit(seconds))), key=lambda finding: finding.order)
    return Verdict(tuple(findings), seen.left_out, len(seen.classes), len(seen.individuals))


def _findings(seen: View, files: Sequence[TurtleFile], hermit: Hermit) -> Iterator[Finding]:
    for iri in seen.clashes:
        yield _about(
            iri, files, f"{iri} takes both things and values", "make it an object or a datatype property"
        )
    found = hermit.classify(seen.lines(seen.individuals))
    if found.classes != len(seen.classes):
        raise ReasonerError(
            f"owlready2 read {found.classes} of {len(seen.classes)} classes", remedy="report this"
        )
    if not found.consistent:
        yield _culprit(seen, files, hermit)
        found = hermit.classify(seen.lines(()))
    for iri in found.unsatisfiable:
        yield _about(
            iri,
            files,
            f"{iri} can have no member: its axioms contradict each other",
            "correct rdfs:subClassOf, owl:disjointWith or the like",
        )


def _culprit(seen: View, files: Sequence[TurtleFile], hermit: Hermit) -> Finding:
    """The first individual with which what is said no longer holds together, found by halving."""
    names = list(seen.individuals)
    counts = range(len(names) + 1)
    # bisect wants keys that rise: 0 while all holds together, 1 from the individual on that does not.
    count = bisect_left(counts, 1, key=lambda n: 1 - hermit.classify(seen.lines(names[:n])).consistent)
    iri = names[count - 1]
    return _about(
        iri,
        files,
        f"{iri} contradicts the ontology: it cannot be all that is said of it",
        "correct its types, or the domains, ranges and disjoint classes of its properties",
    )


def _about(iri: str, files: Sequence[TurtleFile], what: str, remedy: str) -> Finding:
    """A finding in the first file that describes `iri`, else in one that names it."""
    described = [file for file in files if any(str(t.subject) == f"<{iri}>" for t in file.triples)]
    named = described or [file for file in files if file.place(iri)] or list(files)
    return named[0].finding(iri, what, remedy)
