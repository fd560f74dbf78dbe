"""Text of many lines."""

from builder.fields.textual import textual

FIELD_TYPE = textual("long_text", limit=100_000, settings=frozenset({"min", "max"}))
