from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest
from support.command import KAMARA, Answer, in_town
from support.town import Town, found_town

NAMES = "SELECT ?name { ?bench <http://www.w3.org/2000/01/rdf-schema#label> ?name } ORDER BY ?name"
SAVED = """# @question en Which bench has this name?
# @question el Ποιο παγκάκι έχει αυτό το όνομα;
# @param name xsd:string Πάρκο Name / Όνομα
ASK { ?bench <http://www.w3.org/2000/01/rdf-schema#label> ?label FILTER(STR(?label) = ?name) }
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Two versions: the second has another name for one bench."""
    town = found_town(tmp_path_factory.mktemp("town"))
    for name in ("Λιμάνι", "Παραλία"):
        town.write("benches.csv", f"1,{name},,2020-01-01", "2,Πάρκο,1,2020-01-01")
        town.load()
    town.settings.resources.queries.mkdir(parents=True, exist_ok=True)
    (town.settings.resources.queries / "named.rq").write_text(SAVED, encoding="utf-8")
    return town


def query(town: Town, text: str, *options: str) -> Answer:
    path = town.folder / "asked.rq"
    path.write_text(text, encoding="utf-8")
    return in_town(town, "query", path, *options)


def test_a_file_is_asked_and_a_pipe_gets_csv(town: Town) -> None:
    answer = query(town, NAMES)
    assert answer.code == 0
    assert "Παραλία" in answer.out.split()
    assert answer.out.startswith("name\n")


def test_an_older_version_is_asked_by_its_number(town: Town) -> None:
    assert "Λιμάνι" in query(town, NAMES, "--version", "1").out
    assert "there is no version 9" in query(town, NAMES, "--version", "9").refusal


@pytest.mark.parametrize(("name", "sign"), [("json", '{"head"'), ("xml", "<?xml"), ("tsv", "?name")])
def test_formats_by_name(town: Town, name: str, sign: str) -> None:
    assert query(town, NAMES, "--format", name).out.startswith(sign)


def test_a_graph_comes_as_turtle_or_as_asked(town: Town) -> None:
    build = "CONSTRUCT { <urn:a> <urn:b> 1 } {}"
    assert query(town, build).out == "<urn:a> <urn:b> 1 .\n"
    assert query(town, build, "--format", "jsonld").out.startswith("[{")
    refused = query(town, build, "--format", "csv")
    assert (refused.code, "choose one of ttl, nt, rdf, jsonld" in refused.refusal) == (2, True)


def test_a_saved_query_takes_parameters(town: Town) -> None:
    assert in_town(town, "query", "named").out == "true"
    assert in_town(town, "query", "named", "--param", "name=Nowhere").out == "false"
    wrong = in_town(town, "query", "named", "--param", "day=1")
    assert (wrong.code, "no parameter `day`" in wrong.refusal) == (2, True)


def test_standard_input_is_a_dash(town: Town) -> None:
    settings = {"KAMARA_DATA_DIR": str(town.settings.data_dir)}
    done = subprocess.run(
        [KAMARA, "query", "-"],
        input=b"ASK {}",
        capture_output=True,
        timeout=60,
        env={**os.environ, **settings},
        check=True,
    )
    assert done.stdout == b"true"


def test_a_terminal_gets_a_table(town: Town) -> None:
    path = town.folder / "table.rq"
    path.write_text(NAMES, encoding="utf-8")
    ours, theirs = pty.openpty()
    settings = {"KAMARA_DATA_DIR": str(town.settings.data_dir), "TERM": "xterm", "COLUMNS": "80"}
    with os.fdopen(ours, "rb") as screen:
        done = subprocess.run(
            [KAMARA, "query", path], stdout=theirs, timeout=60, env={**os.environ, **settings}, check=False
        )
        os.close(theirs)
        shown = os.read(screen.fileno(), 65536).decode()
    assert done.returncode == 0
    assert "│ Παραλία" in shown


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("SELECT * { ?s ?p", "line 1, column"),
        ("DROP ALL", "is an update"),
        ("SELECT * { SERVICE <http://127.0.0.1/> {} }", "service_allow"),
    ],
)
def test_refusals_are_one_line(town: Town, text: str, complaint: str) -> None:
    answer = query(town, text)
    assert answer.code == 1
    assert complaint in answer.refusal


def test_what_is_neither_a_file_nor_saved_names_those_that_are(town: Town) -> None:
    assert "saved queries: " in in_town(town, "query", "nothing").refusal


def test_nothing_published_says_load_first(town: Town, tmp_path: Path) -> None:
    answer = in_town(town, "query", "named", KAMARA_DATA_DIR=str(tmp_path))
    assert (answer.code, "kamara load" in answer.refusal) == (1, True)
