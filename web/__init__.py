"""Addresses: the HTTP API, the pages of the client, and the one shape of every error."""
