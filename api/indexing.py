"""What search engines are told of answers that are no pages."""

NOT_INDEXED = {"X-Robots-Tag": "noindex, nofollow"}
"""On what is computed for one who asks: no page of its own, and no way to others."""
