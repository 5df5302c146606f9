"""Queries that are too long to wait for: sent as jobs, asked after, fetched when they are done."""
