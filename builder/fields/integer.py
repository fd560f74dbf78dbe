"""A whole number."""

from builder.fields.numeric import numeric

FIELD_TYPE = numeric("integer", storage_scale=0, decimals=0)
