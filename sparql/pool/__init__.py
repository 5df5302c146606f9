"""The pool: worker processes that answer queries, in lanes, and what stands around them."""
