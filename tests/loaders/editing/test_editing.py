"""An edited dataset beside loaded ones: nothing disturbs it, a crash tears nothing, erasure reaches it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store
from support.command import in_town
from support.town import BASE, Town, edit, found_town

from kamara.loaders.check import check
from kamara.loaders.editing import editing
from kamara.loaders.editing.change import Change, Condition, Editor, Operation
from kamara.loaders.editing.description import readable_edited
from kamara.loaders.editing.payload import read_payload
from kamara.loaders.erase import erase
from kamara.loaders.errors import ForbiddenError, InvalidEditError, PreconditionError
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.rebuild import rebuild
from kamara.sparql.versions import Versions
from kamara.sparql.watcher import Watcher

NOTES = f"{BASE}graph/notes"
EDITOR = Editor("desk", ("notes",))
STEPS = ("commit.manifest", "commit.renamed", "project.added", "publish.renamed")
CHANGING = Path(__file__).with_name("changing.py")

ABOUT = """
name = "notes"
licence = "https://creativecommons.org/licenses/by/4.0/"
source = "People of the town"
shapes = ["notes"]
owns = ["note"]
title = { el = "Σημειώσεις", en = "Notes" }
description = { el = "Σημειώσεις για παγκάκια.", en = "Notes on benches." }
"""
SHAPES = f"""
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
<{BASE}def/shape/Note> a sh:NodeShape ; sh:targetClass <{BASE}def/Note> ;
    rdfs:label "Note"@en , "Σημείωση"@el ;
    sh:property <{BASE}def/shape/Note-comment> .
<{BASE}def/shape/Note-comment> a sh:PropertyShape ; sh:path rdfs:comment ; sh:minCount 1 ;
    sh:message "A note has a text."@en , "Μια σημείωση έχει κείμενο."@el .
"""


def note(key: str, text: str = "text", bench: str = "1") -> str:
    return (
        f"<{BASE}id/note/{key}> a <{BASE}def/Note> ; <{BASE}def/next> <{BASE}id/bench/{bench}> ;"
        f' <http://www.w3.org/2000/01/rdf-schema#comment> "{text}"@en .\n'
    )


@dataclass
class Notes:
    """The town with an edited dataset."""

    town: Town

    def change(
        self, *operations: Operation, watcher: Watcher | None = None, **more: Condition
    ) -> editing.Done:
        return editing.edit(self.town.settings, Change("notes", operations, EDITOR, **more), watcher)

    def put(self, *content: str) -> editing.Done:
        return self.change(Operation("clear"), Operation("add", lines(content)))

    def published(self) -> set[str]:
        """The notes that readers see."""
        version = Versions(self.town.settings).current()
        assert version is not None
        store = Store.read_only(str(version.store))
        found = {quad.subject for quad in store.quads_for_pattern(None, None, None, NamedNode(NOTES))}
        return {one.value.rpartition("/")[2] for one in found if isinstance(one, NamedNode)} - {"notes"}

    def log(self) -> ChangeLog:
        return ChangeLog(Layout(self.town.settings.data_dir))


def lines(content: Iterable[str]) -> tuple[str, ...]:
    return read_payload("".join(content).encode(), "text/turtle", NOTES)


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    town = found_town(tmp_path)
    resources = town.settings.resources
    (resources.mappings / "notes").mkdir()
    (resources.mappings / "notes" / "edited.toml").write_text(ABOUT, encoding="utf-8")
    (resources.shapes / "notes.ttl").write_text(SHAPES, encoding="utf-8")
    return Notes(town)


def test_loading_and_editing_do_not_disturb_each_other(notes: Notes) -> None:
    notes.town.write("benches.csv", "1,Παραλία,,")
    notes.put(note("a"))
    notes.town.load()
    notes.change(Operation("add", lines([note("b")])))
    notes.town.write("benches.csv", "1,Παραλία,,", "2,Πλατεία,1,")
    notes.town.load()
    assert notes.published() == {"a", "b"}
    assert notes.town.labels() == {"1": "Παραλία", "2": "Πλατεία"}
    rebuild(notes.town.settings)
    assert notes.published() == {"a", "b"}


def test_a_change_is_one_change_set_and_one_version(notes: Notes) -> None:
    first = notes.put(note("a"), note("b"))
    before = notes.log().sequence
    second = notes.change(
        Operation("remove", lines([note("a")])),
        Operation("add", lines([note("c")])),
        Operation("add", lines([note("d")])),
    )
    assert notes.log().sequence == before + 1 == second.change
    assert second.version == (first.version or 0) + 1
    assert (second.added, second.removed) == (6, 3)
    last = notes.log().last("notes")
    assert last is not None
    assert (last.manifest.by, last.manifest.counts.records) == ("desk", 3)
    assert notes.put(note("d"), note("c"), note("b")).change == 0


def test_the_dataset_describes_itself(notes: Notes) -> None:
    done = notes.put(note("a"))
    version = Versions(notes.town.settings).current()
    assert version is not None
    text = f"SELECT * {{ GRAPH <{NOTES}> {{ <{BASE}dataset/notes> <{editing.VERSION}> ?version }} }}"
    assert [row["version"].value for row in Store.read_only(str(version.store)).query(text)] == [
        str(done.change)
    ]  # type: ignore[union-attr]


def test_what_was_erased_does_not_come_back(notes: Notes) -> None:
    notes.put(note("a", "secret words"), note("b"))
    before = notes.log().last("notes")
    erase(notes.town.settings, f"{BASE}id/note/a", {}, Watcher())
    assert notes.published() == {"b"}
    held = [line for one in notes.log().of("notes") for line in one.adds()]
    assert not any("secret" in line for line in held)
    state = editing.state_of(before.sequence if before else 0, 6 + 7)
    with pytest.raises(PreconditionError):
        notes.change(Operation("add", lines([note("c")])), condition=Condition(match=(state,)))
    with pytest.raises(InvalidEditError) as caught:
        notes.put(note("a"))
    assert caught.value.faults[0].component == "Erased"
    with pytest.raises(InvalidEditError):
        notes.change(Operation("add", (f"<{BASE}id/note/b> <{BASE}def/next> <{BASE}id/note/a~part> .\n",)))


def test_who_may_not_write_changes_nothing(notes: Notes) -> None:
    with pytest.raises(ForbiddenError):
        editing.edit(notes.town.settings, Change("notes", (Operation("clear"),), Editor("other", ())))
    with pytest.raises(ForbiddenError):
        editing.edit(notes.town.settings, Change("benches", (Operation("clear"),), Editor("x", ("benches",))))
    assert notes.log().sequence == 0


RULE = f"""
SELECT ?focus ?en ?el WHERE {{
  ?focus <{BASE}def/next> ?bench . ?other <{BASE}def/next> ?bench FILTER (?focus != ?other)
  BIND ("Two notes are about one bench." AS ?en) BIND ("Δύο σημειώσεις για ένα παγκάκι." AS ?el)
}} ORDER BY ?focus
"""


def test_a_rule_over_the_whole_dataset_is_kept(notes: Notes) -> None:
    resources = notes.town.settings.resources
    resources.rules.mkdir(parents=True, exist_ok=True)
    (resources.rules / "one-note.rq").write_text(RULE, encoding="utf-8")
    edit(resources.mappings / "notes" / "edited.toml", "owns =", 'rules = ["one-note"]\nowns =')
    notes.put(note("a", bench="1"))
    with pytest.raises(InvalidEditError, match="Two notes are about one bench"):
        notes.change(Operation("add", lines([note("b", bench="1")])))
    notes.change(Operation("add", lines([note("b", bench="2")])))
    assert notes.published() == {"a", "b"}


def test_who_changed_it_last_is_told(notes: Notes) -> None:
    notes.put(note("a"))
    (found,) = (
        one for one in json.loads(in_town(notes.town, "status", "--json").out)["datasets"] if one["by"]
    )
    assert (found["dataset"], found["by"]) == ("notes", "desk")


@pytest.mark.parametrize("step", STEPS)
def test_a_change_that_is_killed_is_whole_or_not_there(notes: Notes, step: str) -> None:
    notes.put(note("a"))
    before = notes.log().sequence
    (notes.town.folder / "change.ttl").write_text(note("b"))
    killed = subprocess.run([sys.executable, CHANGING, notes.town.folder, step], check=False, timeout=120)
    assert killed.returncode == -9
    log = notes.log()
    for one in log:
        one.verify()
    acknowledged = log.sequence > before
    assert acknowledged == (step != "commit.manifest")
    assert notes.published() in ({"a"}, {"b"})
    notes.change(Operation("add", lines([note("c")])))
    assert notes.published() == ({"b", "c"} if acknowledged else {"a", "c"})


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('owns = ["note"]', 'owns = ["bench"]', "owns 'bench', which 'benches' owns too"),
        ('name = "notes"', 'name = "other"', "is named 'other' in a folder named 'notes'"),
        ('shapes = ["notes"]', 'shapes = ["none"]', "names none.ttl, which is not in"),
        ('shapes = ["notes"]', "shapes = []", "shapes: "),
    ],
)
def test_a_description_that_cannot_be_used_is_found(notes: Notes, old: str, new: str, what: str) -> None:
    resources = notes.town.settings.resources
    edit(resources.mappings / "notes" / "edited.toml", old, new)
    assert [what in finding.what for finding in check(resources, BASE, ["edited"])] == [True]
    if "names" not in what:
        assert set(readable_edited(resources)[1]) == {"notes"}
