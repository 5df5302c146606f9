"""Rules over a whole dataset: the same verdict in memory and from the disk, and nothing left behind."""

import pytest
from support.change_log import BASE, triple

from kamara.loaders import rules
from kamara.loaders.errors import RuleError
from kamara.sparql import lines

RULE = """SELECT ?focus ?en ?el WHERE {{
  ?focus ?p ?o FILTER (STRENDS(STR(?focus), "{}")) BIND ("wrong" AS ?en) BIND ("λάθος" AS ?el) }}"""


@pytest.fixture(params=[1, rules.IN_MEMORY])
def coming(request, tmp_path, monkeypatch):
    """A file of 300 lines, judged from the disk and in memory."""
    monkeypatch.setattr(rules, "IN_MEMORY", request.param)
    monkeypatch.setattr(rules, "_CHUNK", 7)
    path = tmp_path / "coming.nt.zst"
    with lines.writing(path) as text:
        text.writelines(sorted(triple(number) for number in range(300)))
    return path


def rule(folder, end):
    path = folder / "rule.rq"
    path.write_text(RULE.format(end), encoding="utf-8")
    return path


def test_the_last_line_counts_like_the_first(coming, tmp_path):
    with pytest.raises(RuleError, match="id/x/299: wrong"):
        rules.check_rules([rule(tmp_path, "/299")], coming, [triple("word")], BASE)
    with pytest.raises(RuleError, match="id/x/word: wrong"):
        rules.check_rules([rule(tmp_path, "/word")], coming, [triple("word")], BASE)


def test_a_good_dataset_passes_and_nothing_is_left(coming, tmp_path):
    rules.check_rules([rule(tmp_path, "/300")], coming, [], BASE)
    assert {path.name for path in tmp_path.iterdir()} == {"coming.nt.zst", "rule.rq"}
