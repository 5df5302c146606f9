"""The server as seen from outside: what it answers, counted and written down, and nothing of who asked."""
