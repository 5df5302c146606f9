"""What stands is found by what it is about; lines put in the place of others leave the rest as it was."""

from hypothesis import given
from hypothesis import strategies as st
from support.days import FIRST, TYPES, day_lines

from kamara.loaders.history import Groups
from kamara.loaders.standing import Standing

GROUPS = Groups(TYPES)
VALUES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["1", "2", "\u2028 \x85 Θεσσαλονίκη"]))


def keys(lines):
    return {GROUPS.key_of_line(line) for line in lines}


@given(VALUES, VALUES)
def test_lines_take_the_place_of_their_groups_and_of_no_other(tmp_path_factory, before, after):
    known, new = day_lines(FIRST, before), day_lines(FIRST, after)
    standing = Standing(known, GROUPS, tmp_path_factory.mktemp("standing"))
    assert list(standing.of(keys(new))) == [line for line in known if GROUPS.key_of_line(line) in keys(new)]
    standing.replace(keys(new), new)
    assert list(standing.whole()) == day_lines(FIRST, before | after)
    assert len(standing) == len(day_lines(FIRST, before | after))
    standing.become(new)
    assert list(standing.whole()) == new
    standing.close()


def test_nothing_is_left_on_the_disk(tmp_path):
    standing = Standing(day_lines(FIRST, {"a": "1"}), GROUPS, tmp_path)
    standing.close()
    assert list(tmp_path.iterdir()) == []
