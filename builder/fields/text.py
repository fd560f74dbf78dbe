"""One line of text."""

from builder.fields.textual import textual

FIELD_TYPE = textual("text", limit=500, settings=frozenset({"min", "max"}))
