"""A formula over the record."""

from builder.fields.computed import computed

FIELD_TYPE = computed("formula", settings=frozenset(), needs="formula")
