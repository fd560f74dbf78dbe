"""A decimal number."""

from builder.fields.numeric import numeric

FIELD_TYPE = numeric("decimal", storage_scale=4, decimals=2)
