"""Readers of JSON, XML and spreadsheets: from a file to records."""
