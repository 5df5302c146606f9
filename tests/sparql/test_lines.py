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


def test_so_many_runs_that_they_are_merged_level_by_level_give_the_same(tmp_path):
    some = [f"<{number * 7919 % 1500:04}> <p> <o> .\n" for number in range(3000)]
    assert list(lines.sort(some, tmp_path, run_lines=2)) == sorted(set(some))
    assert list(tmp_path.iterdir()) == []


def test_who_stops_reading_leaves_no_run_behind(tmp_path):
    sorting = lines.sort((f"<{number}> <p> <o> .\n" for number in range(100)), tmp_path, run_lines=3)
    next(sorting)
    sorting.close()
    assert list(tmp_path.iterdir()) == []


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
