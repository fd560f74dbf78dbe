"""An uploaded file; the value is its uid."""

from builder.fields.base import BLANKS
from builder.fields.textual import textual

FIELD_TYPE = textual("file", limit=64, operators=BLANKS)
