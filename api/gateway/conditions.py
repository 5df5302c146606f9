"""Entity tags and dates of what a client holds (RFC 9110, sections 8.8 and 13).

A representation has a tag of its own in each content coding.
"""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import parsedate_to_datetime

from kamara.api.gateway.encodings import Coding


def tag_in(tag: str, coding: Coding) -> str:
    """The tag of a representation once it is in a coding."""
    return tag if coding == "identity" else f'{tag[:-1]}-{coding}"'


def tag_without(tag: str, coding: Coding) -> str:
    """The tag of the representation before it was put into this coding; any other tag stays as it is."""
    ending = f'-{coding}"'
    return f'{tag.removesuffix(ending)}"' if tag.endswith(ending) else tag


def weak(tag: str) -> str:
    """The tag of what is equal in content, if perhaps not byte by byte."""
    return tag if tag.startswith("W/") else f"W/{tag}"


def matches(tag: str, known: Iterable[str]) -> bool:
    """Whether the client that sent these tags in If-None-Match holds what `tag` names (weak comparison)."""
    opaque = tag.removeprefix("W/")
    return any(one == "*" or one.removeprefix("W/") == opaque for one in known)


def split_tags(value: str) -> tuple[str, ...]:
    """The tags of If-None-Match or If-Match."""
    return tuple(tag.strip() for tag in value.split(",") if tag.strip())


def is_since(modified: str, since: str | None) -> bool:
    """Whether what was modified at one HTTP date was so already at the other, that of If-Modified-Since."""
    try:
        return since is not None and parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
