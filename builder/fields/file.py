"""An uploaded file; the value is its uid."""

from builder.fields.textual import textual
from builder.operators import PRESENCE

FIELD_TYPE = textual("file", limit=64, comparisons=PRESENCE)
