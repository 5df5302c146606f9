"""The RML community's test cases over CSV, when the shared suites are there."""

import csv
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.mapping import functions

from kamara.errors import KamaraError
from kamara.loaders.rml import compile_mapping
from kamara.loaders.table import open_table

BASE = "http://example.com/"
JOINS = {"RMLTC0009a-CSV", "RMLTC0009b-CSV"}
# These ask that a record without a valid IRI is passed over in silence; here it is an error that names it.
STRICT = {"RMLTC0007h-CSV", "RMLTC0019b-CSV", "RMLTC0020b-CSV"}


def cases(suite):
    with (suite / "metadata.csv").open(newline="", encoding="utf-8") as file:
        fails = {
            row["RML id"]: row["error expected?"].strip().lower() == "true" for row in csv.DictReader(file)
        }
    for folder in sorted(suite.glob("*-CSV")):
        yield folder, fails.get(folder.name, False) or not (folder / "output.nq").exists()


def mapped(folder: Path) -> ox.Dataset:
    mapping = compile_mapping(folder / "mapping.ttl", base_iri=BASE, functions=functions(folder, BASE))
    written = []
    for source in mapping.sources:
        rows = open_table(folder / source.source.path, source.source.dialect, source.columns, {}, 1 << 20)
        source.write((row.values for row in rows), written.append)
    return canonical("".join(written))


def canonical(text: str) -> ox.Dataset:
    dataset = ox.Dataset(ox.parse(text, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


@pytest.mark.shared
def test_the_csv_cases(shared):
    ran = 0
    for folder, should_fail in cases(shared / "acceptance" / "suites" / "rml" / "legacy"):
        if should_fail or folder.name in JOINS | STRICT:
            with pytest.raises(KamaraError):
                mapped(folder)
        else:
            assert mapped(folder) == canonical((folder / "output.nq").read_text(encoding="utf-8")), (
                folder.name
            )
        ran += 1
    assert ran == 39
