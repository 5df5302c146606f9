"""Personal data in free text: how much is found, and that what is found is gone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.labelled import read_texts, score

from kamara.loaders.privacy.checkdigits import is_afm, is_amka, is_greek_iban
from kamara.loaders.privacy.kinds import Kind
from kamara.loaders.privacy.redact import find, redact

# kind: (precision, recall) that must be reached on the labelled list
LEAST = {
    Kind.EMAIL: (0.95, 0.9),
    Kind.PHONE: (0.95, 0.95),
    Kind.AFM: (0.95, 0.95),
    Kind.AMKA: (0.95, 0.95),
    Kind.IBAN: (0.95, 0.95),
    Kind.PLATE: (0.9, 0.9),
}
TEXTS = read_texts()


def test_the_list_is_long_and_no_text_is_there_twice():
    assert len({one.text for one in TEXTS}) == len(TEXTS) >= 300
    without = [one for one in TEXTS if not one.wanted]
    assert len(without) >= 100
    assert {each.kind for one in TEXTS for each in one.wanted} == set(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_precision_and_recall_reach_their_minima(kind):
    result = score(TEXTS)
    precision, recall = LEAST[kind]
    assert result.precision(kind) >= precision
    assert result.recall(kind) >= recall


def test_the_documentation_states_the_figures_that_are_measured(root):
    page = (root / "docs" / "models" / "reports.md").read_text(encoding="utf-8")
    result = score(TEXTS)
    for kind in Kind:
        wanted = result.right[kind] + result.missed[kind]
        row = f"| {kind.value} | {wanted} | {result.precision(kind):.3f} | {result.recall(kind):.3f} |"
        assert row in page
    assert f"{len(TEXTS)} texts" in page


@pytest.mark.parametrize("one", TEXTS, ids=lambda one: one.text[:30])
def test_what_is_found_is_replaced_and_the_rest_stays(one):
    found, redacted = find(one.text), redact(one.text)
    kept = "".join(
        one.text[a:b]
        for a, b in zip([0, *(f.end for f in found)], [*(f.start for f in found), len(one.text)], strict=True)
    )
    unmarked = redacted
    for kind in Kind:
        unmarked = unmarked.replace(kind.mark, "")
    assert unmarked == kept
    assert redact(redacted) == redacted


@given(st.text(alphabet=" 0123456789+-./()@abgrΑΦΜΧΥ:€,", max_size=60))
def test_redacting_twice_is_redacting_once(text):
    assert redact(redact(text)) == redact(text)


@given(st.integers(0, 10**8 - 1), st.text(alphabet="αβγ .,", max_size=10))
def test_every_afm_is_found_wherever_it_stands(number, around):
    eight = f"{number:08d}"
    total = sum(int(digit) << (8 - place) for place, digit in enumerate(eight))
    afm = eight + str(total % 11 % 10)
    if int(afm):
        assert is_afm(afm)
        assert afm not in redact(f"{around} {afm} {around}")


@given(st.dates(), st.integers(0, 9999))
def test_every_amka_is_found(birthday, serial):
    ten = f"{birthday:%d%m%y}{serial:04d}"
    amka = next(ten + str(last) for last in range(10) if is_amka(ten + str(last)))
    assert amka not in redact(f"ο αριθμός {amka} είναι")


@given(st.integers(0, 10**23 - 1), st.sampled_from(["", " ", "-"]))
def test_every_greek_iban_is_found_spaced_or_not(account, gap):
    check = 98 - int(f"{account:023d}162700") % 97
    iban = f"GR{check:02d}{account:023d}"
    assert is_greek_iban(iban)
    written = gap.join(re.findall(".{1,4}", iban))
    assert redact(f"στο {written}, ευχαριστώ") == "στο [IBAN], ευχαριστώ"


@given(
    st.integers(0, 10**7 - 1), st.sampled_from([(4, 6), (3, 7), (4, 3, 3), (10,)]), st.sampled_from(" -./")
)
def test_every_mobile_is_found_in_its_usual_groups(number, sizes, gap):
    digits, groups, at = f"690{number:07d}", [], 0
    for size in sizes:
        groups.append(digits[at : at + size])
        at += size
    assert redact(f"κιν. {gap.join(groups)} όλη μέρα") == "κιν. [τηλέφωνο] όλη μέρα"


def test_a_wrong_check_digit_is_no_number_of_a_person():
    assert not is_afm("000000127")
    assert not is_amka("31029900000")
    assert not is_greek_iban("GR00" + "0" * 23)
