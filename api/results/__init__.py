"""Pinned results over HTTP: answers that can be cited."""
