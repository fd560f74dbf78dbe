"""A civil date, kept as days since 1970-01-01."""

from builder.fields.temporal import Notation, temporal
from dsl.types import Date
from dsl.values import format_date, parse_date

FIELD_TYPE = temporal(
    "date",
    Notation(
        example="2026-03-31",
        reader=parse_date,
        writer=format_date,
        kind=lambda nullable: Date(nullable=nullable),
    ),
)
