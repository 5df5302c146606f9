"""Clerks: processes that answer light queries at the client's own connection (docs/decisions/clerks.md)."""
