"""Protocols: how to talk to the systems outside; knows nothing of our own packages."""
