"""SERVICE: other endpoints, asked by the server and never by a worker."""
