"""Datasets derived from others by rules: made again only where something changed."""
