"""What a clerk may take."""

from __future__ import annotations

LIGHT_SECONDS = 0.005
"""The engine's work on a light query, at most."""
LARGEST_BODY = 1 << 17
"""Bytes of the longest body that a clerk gives."""
CACHE_BYTES = 16 << 20
"""Answers that a clerk keeps."""
MOST_LENT = 32
"""Connections that a clerk has at once: who asks waits for 32 light queries at most, a sixth of a second."""
