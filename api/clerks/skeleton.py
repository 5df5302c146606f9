"""Queries that are read alike: what differs between them are contents of strings and subjects.

The guard judges tokens, whatever stands in a string or in an address. Of two texts with one skeleton the
tokens are of the same kinds in the same order, so what it said of one it would say of the other.
"""

from __future__ import annotations

import re

# Without these a quote begins a string or ends it, wherever it stands: nothing is escaped, no string is long,
# none is empty, and none goes on over a line. In a comment neither it nor an address means anything.
_DOUBTFUL = ("'", "\\", '""')
_STRING = re.compile(r'"[^"\r\n]+"')
_SUBJECT = re.compile(r"([{.][ \t\r\n]*+<)[A-Za-z][A-Za-z0-9+.\-]*+://[^<>\"{}|^`\x00-\x20]*+>")


def skeleton(text: str) -> str | None:
    """The text without the contents of its strings and of its subjects; None where that cannot be told."""
    if any(sign in text for sign in _DOUBTFUL):
        return None
    return _SUBJECT.sub(r"\1>", _STRING.sub('""', text))
