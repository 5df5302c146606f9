"""Content negotiation (RFC 9110, section 12.5): which of the things on offer a client likes best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class _Range:
    """One wish: `text/turtle`, `text/*` or `*/*`, with its quality."""

    kind: str
    subtype: str
    quality: float

    def fits(self, media_type: str) -> int:
        """How exactly it names the media type: 3 wholly, 2 its kind, 1 anything, 0 not at all."""
        kind, _, subtype = media_type.partition("/")
        if (self.kind, self.subtype) == (kind, subtype):
            return 3
        if (self.kind, self.subtype) == (kind, "*"):
            return 2
        return int((self.kind, self.subtype) == ("*", "*"))


def choose(accept: str | None, offers: Mapping[str, T]) -> T | None:
    """What to send of `offers` (media type in lower case -> thing, the server's favourite first).

    The quality of an offer is that of the most exact range that names it; of equal ones the more exactly
    named, then the server's favourite is taken. Parameters such as charset are not compared. No header, or
    one without a single legible range, accepts anything. None: nothing on offer is acceptable (406).
    """
    ranges = _ranges(accept or "") or [_Range("*", "*", 1.0)]
    best, best_rank = None, (0.0, 0)
    for media_type, thing in offers.items():
        exactness, quality = max((item.fits(media_type), item.quality) for item in ranges)
        rank = (quality, exactness)
        if exactness and quality > 0 and rank > best_rank:
            best, best_rank = thing, rank
    return best


def choose_language(accept_language: str | None, offers: tuple[str, ...]) -> str:
    """The language of `offers` (primary subtags, default first) that a client likes best (section 12.5.4)."""
    qualities: dict[str, float] = {}
    for wish in (accept_language or "").split(","):
        tag, _, parameters = wish.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        weight = quality(parameters)
        if primary and weight is not None:
            qualities[primary] = max(weight, qualities.get(primary, 0.0))
    rest = qualities.get("*", 0.0)
    return max(offers, key=lambda language: qualities.get(language, rest))


def _ranges(accept: str) -> list[_Range]:
    found = []
    for wish in accept.split(","):
        media_range, _, parameters = wish.partition(";")
        kind, slash, subtype = media_range.strip().lower().partition("/")
        weight = quality(parameters)
        legible = kind and slash and subtype and not (kind == "*" and subtype != "*")
        if legible and weight is not None:
            found.append(_Range(kind, subtype, weight))
    return found


def quality(parameters: str) -> float | None:
    """The weight `q` among the parameters, 1 without one; None when it is no number from 0 to 1."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                weight = float(value.strip())
            except ValueError:
                return None
            return weight if 0 <= weight <= 1 else None
    return 1.0
