"""Whose name and tax number may be public: those of legal persons, and theirs only.

That the number of a legal person begins with 09, 8 or 9 and one of a natural person never does is our
assumption (docs/models/decisions.md): where there is doubt, nothing is published.
"""

from __future__ import annotations

import re

_LEGAL = re.compile(r"(?:09|8[0-9]|9[0-9])[0-9]{7}")
# The tax register writes people as surname, second surname, first name, father's name.
_PERSONAL = re.compile(r"[^,]*,[^,]*,[^,]*,[^,]*")


def legal_afm(afm: str, name: str) -> str:
    """The Greek tax number of a legal person; empty for any other, or beside a name like a person's."""
    number = afm.strip()
    return number if _LEGAL.fullmatch(number) and not _PERSONAL.fullmatch(name) else ""


def legal_name(afm: str, name: str) -> str:
    """The name of a legal person with this number; empty for any other, or for a name like a person's."""
    return name.strip() if legal_afm(afm, name) else ""
