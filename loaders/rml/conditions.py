"""Values that are there only under a condition."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"https?://(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::[0-9]+)?(?:[/?#][^\s<>\"{}|\\^`@]*)?")


def when(text: str, value: str, equals: str) -> str:
    """`text` where `value` is `equals`; nothing else."""
    return text if value == equals else ""


def web_address(text: str) -> str:
    """`text` where it is the address of a website; empty where it is words or an e-mail address."""
    address = text.strip()
    return address if _ADDRESS.fullmatch(address) else ""
