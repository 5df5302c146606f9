"""The functions of mappings that keep people's privacy, under the policy of one source."""

from __future__ import annotations

from kamara.loaders.privacy.grid import snap
from kamara.loaders.privacy.policy import Policy
from kamara.loaders.privacy.redact import redact
from kamara.loaders.rml.coordinates import wkt


class Publishing:
    """What may be published, as the source's policy has it."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def text(self, text: str, moderated: str) -> str:
        """The text, redacted, when its source opts in and `moderated` is `true`; else nothing."""
        return redact(text) if self._policy.publish_text and moderated == "true" else ""

    def moderated(self) -> str:
        """`true` when all that the source hands out was looked at by a moderator, else `false`."""
        return "true" if self._policy.moderated else "false"

    def coarse_wkt(self, lon: str, lat: str) -> str:
        """The centre of the square that holds a point, `POINT(22.943218 40.626471)`.

        Raises RecordError for what is no longitude or latitude.
        """
        point = wkt(lon, lat).removeprefix("POINT(").removesuffix(")")
        east, north = map(float, point.split())
        east, north = snap(east, north, self._policy.grid_metres)
        return f"POINT({east:.6f} {north:.6f})"

    def grid_metres(self) -> str:
        """xsd:decimal: the side of these squares, in metres."""
        return f"{self._policy.grid_metres:f}".rstrip("0").rstrip(".")
