"""An uploaded image; the value is its uid."""

from builder.fields.base import BLANKS
from builder.fields.textual import textual

FIELD_TYPE = textual("image", limit=64, operators=BLANKS)
