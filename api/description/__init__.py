"""The service description (SPARQL 1.1 Service Description): what `/sparql` says when nothing is asked."""
