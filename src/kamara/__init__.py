"""Kamara: a city's data as one linked graph.

The sub-packages `api`, `loaders`, `mappings`, `ontology`, `shapes`, `site` and `sparql` are links to the
folders of the same name at the root of the repository.
"""

__version__ = "0.1.0"
