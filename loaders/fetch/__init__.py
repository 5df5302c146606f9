"""The way in from outside: one module a kind of transport, all with one contract (contract.py)."""
