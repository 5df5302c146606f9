"""Answers that stay: pinned results, which are cited, and those of jobs, which are kept for a while."""
