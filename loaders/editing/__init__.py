"""Edited datasets: changed statement by statement by people and programs, not loaded from a source."""
