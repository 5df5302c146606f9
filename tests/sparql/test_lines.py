from hypothesis import given
from hypothesis import strategies as st

from kamara.sparql import lines

SOME = st.lists(st.text(alphabet="abαβ ~", max_size=4).map(lambda text: f"<{text}> <p> <o> .\n"))


def test_what_is_written_is_read_back(tmp_path):
    content = ['<a> <p> "Θεσσαλονίκη \u2028 \x85" .\n', "<b> <p> <o> .\n"]
    with lines.writing(tmp_path / "f.zst") as text:
        text.writelines(content)
    assert list(lines.read(tmp_path / "f.zst")) == content


@given(SOME)
def test_sort_gives_each_line_once_and_in_order_however_small_the_runs(tmp_path_factory, some):
    scratch = tmp_path_factory.mktemp("runs")
    assert list(lines.sort(some, scratch, run_lines=3)) == sorted(set(some))
    assert list(scratch.iterdir()) == []


@given(SOME, SOME)
def test_applying_what_compare_gives_turns_old_into_new(old, new):
    state = set(old)
    for kind, line in lines.compare(sorted(set(old)), sorted(set(new))):
        assert (line in state) == (kind == "remove")
        state ^= {line}
    assert state == set(new)


def test_code_point_order_is_byte_order():
    some = ["<a\U00010400> .\n", "<a\uffff> .\n", "<aβ> .\n", "<a> .\n"]
    assert sorted(some) == sorted(some, key=str.encode)
