"""Writing into edited datasets: Graph Store Protocol and SPARQL Update, for those who hold a token."""
