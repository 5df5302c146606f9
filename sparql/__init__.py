"""The graph: change log, store, versions and guarded query workers."""
