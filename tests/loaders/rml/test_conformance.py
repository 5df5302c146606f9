"""The RML community's test cases, 118 older ones and 76 of RML-Core, when the shared suites are there."""

import csv
import shutil

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from kamara.cli import build_app
from kamara.errors import KamaraError

# The suite waives these: they ask for silence where a mapping or a path is wrong. Here each is an error.
LOUD = {"RMLTC0002g-JSON", "RMLTC0007h-CSV", "RMLTC0007h-JSON", "RMLTC0007h-XML"}


def cases(suite):
    with (suite / "metadata.csv").open(newline="", encoding="utf-8") as file:
        rows = {row.get("RML id") or row["ID"]: row for row in csv.DictReader(file)}
    for mapping in sorted(suite.glob("*/mapping.ttl")):
        folder = mapping.parent
        row = rows.get(folder.name, {})
        error = row.get("error expected?") or row.get("error") or ""
        base = row.get("base_iri") or "http://example.com/"
        yield folder, base, error.strip().lower() == "true" or not (folder / "output.nq").exists()


def canonical(text: str) -> ox.Dataset:
    dataset = ox.Dataset(ox.parse(text, format=ox.RdfFormat.N_QUADS, lenient=True))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def mapped(folder, base):
    done = CliRunner().invoke(build_app(), ["map", "--base", base, "mapping.ttl", "made.nq"])
    if done.exception is not None:
        raise done.exception
    return (folder / "made.nq").read_text(encoding="utf-8")


def fails(folder, base, name):
    """Whether a case ends in an error or, where the older suite takes that for one, with nothing written."""
    try:
        return mapped(folder, base) == "" and name == "legacy"
    except KamaraError:
        return True


@pytest.mark.parametrize(("name", "count"), [("legacy", 118), ("core", 76)])
def test_every_case(shared, tmp_path, monkeypatch, name, count):
    ran = 0
    for source, base, should_fail in cases(shared / "acceptance" / "suites" / "rml" / name):
        folder = tmp_path / source.name
        shutil.copytree(source, folder)
        monkeypatch.chdir(folder)
        if should_fail or (name == "legacy" and source.name in LOUD):
            assert fails(folder, base, name), source.name
        else:
            expected = canonical((source / "output.nq").read_text(encoding="utf-8"))
            assert canonical(mapped(folder, base)) == expected, source.name
        ran += 1
    assert ran == count
