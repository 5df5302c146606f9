"""What stands in front of the framework: a response cache, encodings, and `/sparql` itself."""
