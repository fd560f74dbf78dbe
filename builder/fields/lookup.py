"""A value of the record a reference points to, always as it is now."""

from builder.fields.computed import computed

FIELD_TYPE = computed("lookup", settings=frozenset(), needs="lookup")
