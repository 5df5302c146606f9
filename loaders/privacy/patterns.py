"""How personal data are written in Greek texts: one regular expression a kind.

Numbers are found by how their digits are grouped, not by any digits in a row: dates, amounts, codes of the
budget and protocol numbers have other groups.
"""

from __future__ import annotations

import re

_SPACE = r"[ \u00a0\u2009\u202f]"
_JOIN = rf"(?:{_SPACE}?[-–—./·]{_SPACE}?|{_SPACE}{{1,2}})"
# Not within a longer word, number, code or path.
_FRONT = r"(?<![\w@])(?<!\d[.,/:–-])"
_BACK = r"(?![\w@])(?![.,:]\d)"

_LOCAL = r"[\w.+%-]+"
# A word in the other alphabet may follow without a space.
_HOST = r"(?:[\w-]+\.)+(?:[A-Za-z]{2,}(?![A-Za-z0-9_])|[Α-Ωα-ωά-ώ]{2,}(?!\w))"
_IN_BRACKETS = rf"[(\[{{]{_SPACE}?(?:at|παπάκι){_SPACE}?[)\]}}]"
_AT = rf"(?:@|{_SPACE}@{_SPACE}|{_SPACE}?{_IN_BRACKETS}{_SPACE}?|{_SPACE}παπάκι{_SPACE})"
EMAIL = re.compile(rf"(?<![\w.+%-]){_LOCAL}{_AT}{_HOST}", re.IGNORECASE)


def _grouped(*groups: int) -> str:
    """Digits in groups of these sizes."""
    return _JOIN.join(rf"\d{{{size}}}" for size in groups)


_SIZES = (
    (10,),
    (4, 6),
    (3, 7),
    (4, 3, 3),
    (3, 3, 4),
    (3, 4, 3),
    (3, 3, 2, 2),
    (4, 2, 2, 2),
    (4, 2, 4),
    (5, 5),
    (2, 4, 4),
    (2, 2, 2, 2, 2),
    (3, 2, 2, 3),
)
_NUMBER = "|".join(_grouped(*sizes) for sizes in _SIZES)
_REST = "|".join([r"\d{6,7}", *(_grouped(*sizes) for sizes in ((3, 3), (2, 2, 2), (3, 4), (2, 4)))])
_AREA = rf"\(\d{{3,4}}\){_SPACE}?(?:{_REST})"
_ABROAD = rf"(?:\(?(?:\+|00){_SPACE}?30\)?{_JOIN}?)"
# Two numbers may stand one after the other, 2310555123/2310555124, and a number right after a Greek word.
_AFTER_NUMBER = r"(?<![0-9A-Za-zΑ-Ω_@])(?<!\d[.,:])(?:(?<!\d[/–-])|(?<=\d{6}[/–-]))"
PHONE = re.compile(rf"{_AFTER_NUMBER}(?P<abroad>{_ABROAD})?(?P<number>{_NUMBER}|{_AREA})(?![\w@])(?!,\d)")

# A word before the number says what it is: then neither check digits nor solid writing are asked for.
_SAID = rf"(?:{_SPACE}?[:.=#–-])?{_SPACE}?(?:(?:του|της|μου|σας|είναι|αρ\.?|no\.?){_SPACE}?:?{_SPACE}?)?"
_AFM_WORD = rf"(?<!\w)(?:ΑΦΜ|AFM|A\.?Φ\.?M\.?|Α\.{_SPACE}?Φ\.{_SPACE}?Μ\.?|φορολογικού{_SPACE}μητρώου|VAT)"
AFM_SAID = re.compile(
    rf"{_AFM_WORD}{_SAID}(?P<span>(?:EL|GR)?(?:\d{{9}}|{_grouped(3, 3, 3)}))(?!\d)", re.IGNORECASE
)
AFM = re.compile(rf"{_FRONT}(?P<span>(?:EL)?(?P<digits>\d{{9}})){_BACK}(?!{_SPACE}?(?:€|ευρώ))(?![-/]\d)")

_AMKA_WORD = rf"(?<!\w)(?:ΑΜΚΑ|AMKA|Α\.{_SPACE}?Μ\.{_SPACE}?Κ\.{_SPACE}?Α\.?)"
_AMKA_DIGITS = rf"\d{{11}}|{_grouped(6, 5)}|{_grouped(2, 2, 2, 5)}|{_grouped(6, 4, 1)}|{_grouped(6, 3, 2)}"
AMKA_SAID = re.compile(rf"{_AMKA_WORD}{_SAID}(?P<span>{_AMKA_DIGITS})(?!\d)", re.IGNORECASE)
AMKA = re.compile(rf"{_FRONT}(?P<span>\d{{11}}|\d{{6}}{_SPACE}\d{{5}}|\d{{6}}-\d{{5}}){_BACK}(?![-/]\d)")

_IBAN_WORD = rf"(?<!\w)(?P<said>(?:IBAN|ΙΒΑΝ){_SPACE}?[:=]?{_SPACE}?)?"
_IBAN_DIGITS = rf"GR{_SPACE}?\d{{2}}(?:[ \u00a0.-]?[0-9]){{23}}"
IBAN = re.compile(rf"{_IBAN_WORD}(?<!\w)(?P<span>{_IBAN_DIGITS})(?!\d)", re.IGNORECASE)

# Greek plates use the letters that have a Latin look-alike; people type either.
PLATE_LETTERS = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧABEZHIKMNOPTYX"
_LETTERS = rf"(?P<letters>[{PLATE_LETTERS}]{{3}})"
_PLATE_JOIN = rf"(?P<join>{_SPACE}?[-–·.]{_SPACE}?|{_SPACE}{{1,2}})?"
_PLATE = rf"(?<![\w/.]){_LETTERS}{_PLATE_JOIN}(?P<digits>[1-9]\d{{0,3}})"
PLATE = re.compile(rf"{_PLATE}(?![\w])(?![./,-]\d)(?!{_SPACE}?(?:€|ευρώ))", re.IGNORECASE)
_VEHICLE = r"ΙΧΕ?|Ι\.Χ\.(?:Ε\.)?|ταξ[ιί]|φορτηγ\w*|μηχαν\w*|αυτοκ[ιί]ν\w*|όχημα\w*|οχήματ\w*"
_NUMBER_WORD = r"πινακίδ\w*|πιν\.|κυκλοφορίας|αρ\. κυκλ\."
_BETWEEN = r"[\s:,(«\"]*(?:(?:με|του|αριθμό|αριθμούς|αρ\.?|τα|και)[\s:,«\"]*){0,3}"
PLATE_WORD = re.compile(rf"(?<!\w)(?:{_NUMBER_WORD}|{_VEHICLE}){_BETWEEN}$", re.IGNORECASE)
