"""Texts made comparable: without case, accents and superfluous spaces."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """`text` without case, accents and superfluous spaces; dots, ampersands and the like stay."""
    bare = "".join(
        char for char in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(char)
    )
    return _SPACES.sub(" ", unicodedata.normalize("NFC", bare)).strip()
