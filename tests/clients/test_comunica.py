"""Comunica, the query engine of the browser and of Node, asks our endpoint."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from support.budget import Budget

FOLDER = Path(__file__).parent / "comunica"
BASE = "https://data.thessaloniki.gr/"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def comunica() -> list[str]:
    """The command, its packages fetched as the lock file says where they are not there yet."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("npm and node are not here, not run")
    if not (FOLDER / "node_modules" / "@comunica").is_dir():
        fetch = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--fetch-retries=1"]
        try:
            subprocess.run(fetch, cwd=FOLDER, check=True, capture_output=True, timeout=400)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pytest.skip("npm could not fetch Comunica, not run")
    return ["node", str(FOLDER / "ask.mjs")]


def asked(comunica: list[str], server: str, query: str) -> list[object]:
    done = subprocess.run(
        [*comunica, f"{server}/sparql", query],
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
        cwd=FOLDER,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_it_counts_what_the_store_holds(comunica: list[str], server: str, sample_budget: Budget) -> None:
    found = asked(comunica, server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert found == [{"n": str(len(sample_budget.store))}]


def test_it_joins_and_filters(comunica: list[str], server: str) -> None:
    query = (
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT ?name { "
        f'<{BASE}id/organization/6114> a ?kind ; rdfs:label ?name FILTER(LANG(?name) = "el") }}'
    )
    assert asked(comunica, server, query) == [{"name": "Δήμος Θεσσαλονίκης"}]
