"""Codes of municipal budget lines as decisions write them: `25-6263.013` is service 25, code 6263.013.

The state's own codes look otherwise (ten digits) and are none of these.
"""

from __future__ import annotations

import re

_LINE = re.compile(r"(?:(?P<service>[0-9]{2})-)?(?P<ka>(?P<kae>[6-9][0-9]{3})(?:\.[0-9]+)*)")


def ka_service(text: str) -> str:
    """The service of a municipal expenditure code; empty where it has none, or is none."""
    return _part(text, "service", bare="true")


def ka_number(text: str, bare: str = "false") -> str:
    """The code without its service, such as 6263.013; empty where it is none.

    `bare`: whether ("true") a code that stands without a service counts.
    """
    return _part(text, "ka", bare)


def ka_group(text: str, bare: str = "false") -> str:
    """The code's first four digits, its KAE; empty where it is none. `bare` as in `ka_number`."""
    return _part(text, "kae", bare)


def _part(text: str, name: str, bare: str) -> str:
    match = _LINE.fullmatch(text.strip())
    if match is None or not (match["service"] or bare == "true"):
        return ""
    return match[name] or ""
