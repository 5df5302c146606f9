"""SHACL before loading: what is good, what goes to quarantine and why."""
