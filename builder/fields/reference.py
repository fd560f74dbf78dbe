"""A pointer to a record of any entity."""

from builder.fields.pointing import pointing

FIELD_TYPE = pointing("reference", entity=None)
