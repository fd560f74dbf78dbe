"""Pointers to several records: many to many."""

from builder.fields.listing import listing

FIELD_TYPE = listing(
    "reference_list", needs="entity", item=lambda _field: {"type": "string", "maxLength": 64}
)
