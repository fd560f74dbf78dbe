"""A share; 0.3 is 30 %."""

from builder.fields.numeric import numeric

FIELD_TYPE = numeric("percent", storage_scale=6, decimals=4)
