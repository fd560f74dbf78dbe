"""A pointer to a person."""

from builder.fields.pointing import pointing

FIELD_TYPE = pointing("person", entity="person")
