"""An amount of money."""

from builder.fields.numeric import numeric

FIELD_TYPE = numeric("money", storage_scale=4, decimals=2)
