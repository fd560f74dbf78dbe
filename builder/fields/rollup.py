"""An aggregate over rows of the record: a child table, a list or incoming references."""

from builder.fields.computed import computed

FIELD_TYPE = computed("rollup", settings=frozenset(), needs="rollup")
