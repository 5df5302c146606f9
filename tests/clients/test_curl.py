"""curl, as programs and people call it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
ASK = "ASK { ?s ?p ?o }"


def curl(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["curl", "-sS", "--max-time", "60", *words], capture_output=True, text=True, timeout=90, check=False
    )


@pytest.mark.parametrize(
    "how",
    [
        ["-G", "--data-urlencode", f"query={ASK}"],
        ["--data-urlencode", f"query={ASK}"],
        ["-H", "Content-Type: application/sparql-query", "--data-binary", ASK],
        ["--http1.0", "--data-urlencode", f"query={ASK}"],
        ["-H", "Transfer-Encoding: chunked", "-H", "Content-Type: application/sparql-query", "-d", ASK],
        ["--compressed", "-G", "--data-urlencode", f"query={ASK}"],
    ],
    ids=["get", "form", "direct", "http1.0", "chunked", "compressed"],
)
def test_a_query_in_each_way(server: str, how: list[str]) -> None:
    done = curl("-f", *how, "-H", "Accept: application/sparql-results+json", f"{server}/sparql")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["boolean"] is True


def test_an_address_with_greek_is_followed_to_its_document(server: str) -> None:
    done = curl("-fL", "-H", "Accept: text/turtle", f"{server}/id/decision/ΠΡΟΣΟΜ6114-Α01")
    assert (done.returncode, done.stderr) == (0, "")
    assert "ΠΡΟΣΟΜ6114-Α01" in done.stdout


def test_a_refusal_fails_visibly(server: str) -> None:
    done = curl("-f", "--data-urlencode", "query=SELECT", f"{server}/sparql")
    assert done.returncode == 22
    told = curl("--data-urlencode", "query=SELECT", f"{server}/sparql")
    assert json.loads(told.stdout)["status"] == 400


def test_a_download_is_saved_whole_and_not_twice(server: str, tmp_path: Path) -> None:
    address, saved, tag = (
        f"{server}/query/budget-as-of.csv?day=2016-04-08",
        tmp_path / "a.csv",
        tmp_path / "t",
    )
    words = ["-f", "--etag-save", str(tag), "--etag-compare", str(tag), "-w", "%{http_code}"]
    assert curl(*words, "-o", str(saved), address).stdout == "200"
    whole = saved.read_bytes()
    assert whole.startswith(b"side,phase,total,lines\r\n")
    assert curl(*words, "-o", str(saved), address).stdout == "304"
    assert saved.read_bytes() == whole
