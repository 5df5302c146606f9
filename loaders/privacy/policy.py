"""What a source may publish of people's words, and how finely it may say where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """The privacy of one source: table [privacy] of its source.toml, and the settings `privacy`.

    `publish_text`: the source opts in to publishing free text. `moderated`: all that the source hands out was
    looked at by a moderator. `grid_metres`: the side of the squares that positions are coarsened to.
    """

    publish_text: bool = False
    moderated: bool = False
    grid_metres: float = 100.0


STRICT = Policy()
"""Where nobody decided anything: no text, nothing taken as moderated."""
