"""What the schemas of requests are made of: unknown keys and loose types are refused."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

MESSAGES: dict[str, str | list[Any] | dict[Any, Any]] = {
    "required": "WEB201",
    "null": "WEB204",
    "invalid": "WEB202",
}
_BAD_TEXT = re.compile("[\x00\ud800-\udfff]")
_INTEGER = re.compile(r"-?[0-9]{1,18}")


class Payload(Schema):
    """A JSON object with these keys and no others."""

    class Meta:
        """Unknown keys are refused."""

        unknown = RAISE

    error_messages = {"unknown": "WEB203", "type": "WEB202"}  # noqa: RUF012 -- as marshmallow has it


class PlainText(fields.String):
    """Text without NUL and lone surrogates."""

    default_error_messages = {**MESSAGES, "invalid": "WEB209"}  # noqa: RUF012 -- as marshmallow has it

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ANN401 -- marshmallow's signature
        text = super()._deserialize(value, attr, data, **kwargs)
        if text is None or _BAD_TEXT.search(text):
            raise ValidationError("WEB202")
        return text


class QueryInteger(fields.Integer):
    """A whole number in a query string; nothing but digits."""

    default_error_messages = {**MESSAGES, "invalid": "WEB210"}  # noqa: RUF012 -- as marshmallow has it

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ANN401 -- marshmallow's signature
        del attr, data, kwargs
        if not isinstance(value, str) or not _INTEGER.fullmatch(value):
            raise ValidationError("WEB210")
        return int(value)


class JsonValue(fields.Raw):
    """Any JSON; what it means is decided where it goes."""


def text(*, most: int, least: int = 1, required: bool = True) -> PlainText:
    """A text of a bounded length."""
    return PlainText(
        required=required,
        validate=validate.Length(min=least, max=most, error="WEB205"),
        error_messages=MESSAGES | {"invalid": "WEB209"},
    )


def choice(*options: str, required: bool = True) -> PlainText:
    """One of a few words."""
    return PlainText(
        required=required,
        validate=validate.OneOf(options, error="WEB206"),
        error_messages=MESSAGES | {"invalid": "WEB209"},
    )


class Flag(fields.Boolean):
    """True or false, and no other word or number for it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ANN401 -- marshmallow's signature
        del attr, data, kwargs
        if not isinstance(value, bool):
            raise ValidationError("WEB202")
        return value


def flag(**more: Any) -> Flag:  # noqa: ANN401 -- the rest of the field
    """True or false; need not be said."""
    return Flag(required=False, error_messages=MESSAGES, **more)


def whole(*, low: int, high: int, required: bool = True) -> fields.Integer:
    """A JSON integer within bounds."""
    return fields.Integer(
        strict=True,
        required=required,
        validate=validate.Range(min=low, max=high, error="WEB207"),
        error_messages=MESSAGES | {"invalid": "WEB210", "too_large": "WEB207"},
    )


def number_in_query(*, low: int, high: int, required: bool = False) -> QueryInteger:
    """A whole number of a query string within bounds."""
    return QueryInteger(
        required=required, validate=validate.Range(min=low, max=high, error="WEB207")
    )


def json_object(*, required: bool = True) -> fields.Dict:
    """A JSON object with any values."""
    return fields.Dict(
        keys=text(most=100), values=JsonValue(allow_none=True), required=required,
        error_messages=MESSAGES,
    )  # fmt: skip


def text_object(*, most: int) -> fields.Dict:
    """A JSON object whose values are texts."""
    return fields.Dict(
        keys=text(most=100), values=text(most=most, least=0), required=True, error_messages=MESSAGES
    )
