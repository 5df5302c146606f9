"""The way in: fetch, read, map, validate, append to the log."""
