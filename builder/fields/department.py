"""A pointer to a department."""

from builder.fields.pointing import pointing

FIELD_TYPE = pointing("department", entity="department")
