"""Names of a code list that occur inside of a longer text, such as the title of a sheet."""

from __future__ import annotations

import re

from kamara.loaders.errors import RecordError
from kamara.loaders.places.names import words
from kamara.loaders.rml.codelists import Scheme

_NUMBERED = re.compile(r"\b[ΑA]/[ΑA]\s*([0-9]+)\b")


def mentioned(scheme: Scheme, text: str) -> str:
    """The number after `Α/Α` in `text`, else the notation of the one concept that it names by whole words.

    Raises RecordError when it names none or several. A notation alone is no name.
    """
    numbered = _NUMBERED.search(text)
    if numbered:
        return numbered[1]
    said = f" {' '.join(words(text.replace('_', ' ')))} "
    found = {
        concept
        for name, concept in scheme.names()
        if name != concept.notation and f" {' '.join(words(name))} " in said
    }
    if len(found) == 1:
        return found.pop().notation
    named = ", ".join(sorted(concept.iri for concept in found)) or "nothing"
    raise RecordError(
        f"{text} names {named} of <{scheme.iri}>",
        found=text,
        expected=f"a text that names one concept of <{scheme.iri}>, or gives its number after Α/Α",
        expected_el=f"κείμενο που ονομάζει μία έννοια του <{scheme.iri}>, ή δίνει τον αριθμό της μετά το Α/Α",
    )
