"""Privacy: what of a person's data is never published, and what is made coarser before it is."""
