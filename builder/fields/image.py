"""An uploaded image; the value is its uid."""

from builder.fields.textual import textual
from builder.operators import PRESENCE

FIELD_TYPE = textual("image", limit=64, comparisons=PRESENCE)
