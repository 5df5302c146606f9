"""RML: a mapping compiled once into a function from a record to N-Triples lines."""
