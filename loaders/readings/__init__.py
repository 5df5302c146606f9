"""Readings: what turns one record of a device, a sheet or an entity into the readings that it holds."""
