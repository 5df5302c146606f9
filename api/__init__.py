"""The way out: SPARQL protocol, things and their documents."""
