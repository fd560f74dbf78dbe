"""A handwritten signature; the value is the uid of its image."""

from builder.fields.textual import textual
from builder.operators import PRESENCE

FIELD_TYPE = textual("signature", limit=64, comparisons=PRESENCE)
