"""A handwritten signature; the value is the uid of its image."""

from builder.fields.base import BLANKS
from builder.fields.textual import textual

FIELD_TYPE = textual("signature", limit=64, operators=BLANKS)
