"""Which queries ran long before, by their shape: the next of the kind goes to the long lane at once."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST = 2000
_REMEMBERED_SECONDS = 900.0
_REGULAR_SECONDS = 10.0


class Shapes:
    """How long queries of a shape took lately: the mean of their last runs, 1 for long and 0 for quick.

    The latest run counts as much as all before it. What was not seen for a quarter of an hour is forgotten,
    and so is what was used longest ago when there are too many.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[float, float]] = OrderedDict()
        self._repeated = -math.inf

    @property
    def are_regular(self) -> bool:
        """Whether, in the last seconds, a query was quick whose shape was known to be."""
        return self._clock() - self._repeated < _REGULAR_SECONDS

    def is_long(self, shape: bytes) -> bool:
        """Whether a query of this shape should go to the long lane at once."""
        known = self._fresh(shape)
        return known is not None and known > 0.5

    def is_quick(self, shape: bytes) -> bool:
        """Whether queries of this shape are known, and quick."""
        known = self._fresh(shape)
        return known is not None and known <= 0.5

    def was_long(self, shape: bytes) -> None:
        """One was not done in the quick lane's time."""
        self._learn(shape, 1.0)

    def was_quick(self, shape: bytes) -> None:
        """One was."""
        if self.is_quick(shape):
            self._repeated = self._clock()
        self._learn(shape, 0.0)

    def _fresh(self, shape: bytes) -> float | None:
        score, seen = self._known.get(shape, (0.0, -_REMEMBERED_SECONDS * 2))
        return score if self._clock() - seen < _REMEMBERED_SECONDS else None

    def _learn(self, shape: bytes, score: float) -> None:
        known = self._fresh(shape)
        self._known[shape] = (score if known is None else (known + score) / 2, self._clock())
        self._known.move_to_end(shape)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)
