"""Several options of a closed list."""

from builder.fields.listing import listing

FIELD_TYPE = listing(
    "multi_choice",
    needs="options",
    item=lambda field: {"enum": [option.id for option in field.options]},
)
