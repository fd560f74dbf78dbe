"""Alembic revisions of the system tables."""
