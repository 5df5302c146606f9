"""`kamara result`: pinned results from the command line, and what an erasure leaves of them."""

from __future__ import annotations

import asyncio
import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from pyoxigraph import QueryTriples, RdfFormat, Store, serialize
from support.command import in_town, kamara
from support.town import BASE, Town, found_town
from support.traces import places_that_hold

from kamara.resources import read_namespaces
from kamara.sparql.errors import ResultError
from kamara.sparql.formats import named
from kamara.sparql.layout import Layout
from kamara.sparql.pool.caller import Caller
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.request import QueryRequest
from kamara.sparql.results.archive import ResultArchive
from kamara.sparql.results.pinning import Pinner, Question
from kamara.sparql.results.record import ResultRecord
from kamara.sparql.versions import Versions

GROUPS = "SELECT ?p (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o } GROUP BY ?p"
EVERYTHING = "SELECT DISTINCT * { ?s ?p ?o OPTIONAL { ?o ?q ?r } }"
GRAPH = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"


def pinned(town: Town, *texts: str) -> list[ResultRecord]:
    """Pin the answers to these queries."""

    async def pin() -> list[ResultRecord]:
        versions = Versions(town.settings)
        pool = QueryPool(town.settings, versions)
        await pool.start()
        pinner, records = Pinner(pool, town.settings, versions), []
        for text in texts:
            query = pool.inspect(text)
            chosen = named("ttl" if query.form == "CONSTRUCT" else "csv", query.form)
            record, _ = await pinner.pin(Question(query, QueryRequest(text, chosen)), Caller())
            records.append(record)
        await pool.close()
        return records

    return asyncio.run(pin())


def found(folder: Path) -> Town:
    town = found_town(folder)
    town.write("benches.csv", "1,Παραλία,2,", "κρυφό,Μυστικό,1,2020", "2,Πλατεία,1,")
    town.load()
    return town


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town with pinned results whose data changed afterwards."""
    town = found(tmp_path_factory.mktemp("town"))
    pinned(town, GROUPS, EVERYTHING, GRAPH, f"ASK {{ <{BASE}id/bench/κρυφό> ?p ?o }}")
    town.write("benches.csv", "1,Παραλία,2,", "κρυφό,Μυστικό,1,2021", "2,Πλατεία,1,")
    town.load()
    return town


@pytest.fixture
def town(original: Town, tmp_path: Path) -> Town:
    folder = tmp_path / "town"
    shutil.copytree(original.folder, folder)
    places = {"data_dir": folder / "data", "resources_dir": folder / "resources"}
    return Town(folder, original.settings.model_copy(update=places))


def results(town: Town) -> ResultArchive:
    return ResultArchive(Layout(town.settings.data_dir))


def test_all_come_out_the_same_in_another_process(town: Town) -> None:
    listed = in_town(town, "result", "list")
    records = results(town).all()
    assert len(records) == 4
    assert all(record.id in listed.out for record in records)
    verified = in_town(town, "result", "verify", "--all")
    assert (verified.code, verified.out.count("the same")) == (0, 4)


def as_pinned_before(town: Town, record: ResultRecord) -> ResultRecord:
    """The record from before answers had prefixes: without them, the answer as the engine writes it."""
    engine = Store.read_only(str(Versions(town.settings).get(record.version).store))
    found = engine.query(record.text, use_default_graph_as_union=True)
    assert isinstance(found, QueryTriples)
    in_full = serialize(found, format=RdfFormat.TURTLE)
    assert in_full is not None
    told = record.model_dump(mode="json") | {"digest": sha256(in_full).hexdigest(), "size": len(in_full)}
    del told["prefixes"]
    old = ResultRecord.model_validate(told)
    folder = results(town).folder / old.id
    folder.mkdir()
    (folder / "record.json").write_text(json.dumps(told))
    return old


def test_a_result_from_before_answers_had_prefixes_is_made_again_as_it_was(town: Town) -> None:
    record = next(one for one in results(town).all() if one.text == GRAPH)
    assert record.prefixes == read_namespaces(BASE)
    old = as_pinned_before(town, record)
    assert (old.prefixes, old.digest == record.digest) == (None, False)
    verified = in_town(town, "result", "verify", old.id)
    assert (verified.code, verified.out) == (0, f"{old.id}  the same\n")


def test_a_result_is_made_again_with_the_prefixes_that_it_was_pinned_with(town: Town) -> None:
    """As after a release that knows more of them: the record keeps its own."""
    record = next(one for one in results(town).all() if one.text == GRAPH)
    path, answer = results(town).folder / record.id / "record.json", results(town).answer(record)
    assert answer is not None
    answer.unlink()
    assert in_town(town, "result", "verify", record.id).code == 0
    path.write_text(json.dumps({**json.loads(path.read_text()), "prefixes": {"kamara": f"{BASE}def/"}}))
    assert in_town(town, "result", "verify", record.id).code == 1


def test_a_damaged_answer_is_found(town: Town) -> None:
    record = results(town).all()[1]
    path = results(town).answer(record)
    assert path is not None
    path.write_bytes(path.read_bytes()[:-1])
    answer = in_town(town, "result", "verify", record.id)
    assert answer.code == 1
    assert "is damaged" in answer.out
    assert "1 of 1 results" in answer.refusal


def test_a_version_may_go_with_its_last_result(town: Town) -> None:
    versions = Versions(town.settings)
    assert "pinned results cite it" in in_town(town, "unpin", "1").out
    first, *others = results(town).all()
    assert in_town(town, "result", "remove", first.id).out == f"removed {first.id}\n"
    for record in others:
        assert versions.get(1).pinned
        results(town).remove(record, versions)
    assert not versions.get(1).pinned
    with pytest.raises(ResultError, match="was removed"):
        results(town).get(first.id)


def test_after_an_erasure_no_answer_holds_the_thing(town: Town) -> None:
    answers = results(town).folder
    assert places_that_hold(answers, ("κρυφό", "Μυστικό"))
    assert in_town(town, "erase", f"{BASE}id/bench/κρυφό").code == 0
    assert places_that_hold(town.settings.data_dir, ("κρυφό", "Μυστικό")) == set()
    verified = in_town(town, "result", "verify", "--all")
    assert verified.code == 1
    assert len(results(town).all()) == 3
    assert "no longer what was pinned" in verified.out


def test_a_backup_takes_them_along_with_their_version(town: Town, tmp_path: Path) -> None:
    backup, restored = tmp_path / "backup", tmp_path / "restored"
    assert in_town(town, "backup", backup).code == 0
    places = {"KAMARA_DATA_DIR": str(restored), "KAMARA_RESOURCES_DIR": str(town.settings.resources_dir)}
    assert kamara("restore", backup, folder=tmp_path, **places).code == 0
    verified = kamara("result", "verify", "--all", folder=tmp_path, **places)
    assert (verified.code, verified.out.count("the same")) == (0, 4)


def test_what_a_result_is_needs_a_name(town: Town) -> None:
    assert "--all" in in_town(town, "result", "verify").refusal
    for name in ("0" * 32, "../log"):
        with pytest.raises(ResultError, match="no such result"):
            results(town).get(name)
