"""What requests may carry: marshmallow schemas that refuse unknown keys and loose types."""

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


def whole(*, low: int, high: int, required: bool = True) -> fields.Integer:
    """A JSON integer within bounds."""
    return fields.Integer(
        strict=True,
        required=required,
        validate=validate.Range(min=low, max=high, error="WEB207"),
        error_messages=MESSAGES | {"invalid": "WEB210", "too_large": "WEB207"},
    )


def number_in_query(*, low: int, high: int) -> QueryInteger:
    """A whole number of a query string within bounds."""
    return QueryInteger(required=False, validate=validate.Range(min=low, max=high, error="WEB207"))


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


# --- bodies -------------------------------------------------------------------------------
class SignIn(Payload):
    """Name and password."""

    login = text(most=100)
    password = text(most=256)


class ChangeSession(Payload):
    """What a signed-in person may change about the session."""

    language = choice("zh-CN", "en")


class Submission(Payload):
    """The values of a form; the key makes a repetition harmless."""

    key = text(most=100, least=8)
    values = json_object()


class NewRecord(Payload):
    """The values of a new record; with a key a repetition makes no second one."""

    key = text(most=100, least=8, required=False)
    values = json_object()


class RecordChange(Payload):
    """New values of some fields, on top of the version that was seen."""

    values = json_object()
    base_version = whole(low=0, high=2**31)


class Feedback(Payload):
    """Whether an alert was right."""

    verdict = choice("right", "false")


class BacktestRange(Payload):
    """The periods to try a rule on, as days or labels, and what counts as known."""

    from_ = PlainText(
        required=True,
        data_key="from",
        validate=validate.Length(min=4, max=10, error="WEB205"),
        error_messages=MESSAGES | {"invalid": "WEB209"},
    )
    to = text(most=10, least=4)
    known = choice("today", "then", required=False)


class InstallPack(Payload):
    """The parameters of a pack."""

    parameters = text_object(most=2000)


class NewAccount(Payload):
    """Somebody who will sign in."""

    login = text(most=200, least=1)
    password = text(most=1000, least=1)
    roles = fields.List(text(most=200), required=False, error_messages=MESSAGES)
    person = text(most=200, required=False)
    language = text(most=10, required=False)


class DefinitionFiles(Payload):
    """Definition files by path, as texts."""

    files = fields.Dict(
        keys=text(most=300), values=text(most=1024 * 1024), required=True, error_messages=MESSAGES
    )
    note = text(most=500, least=0, required=False)


class SourceSettings(Payload):
    """Parameters and secrets of a source; secrets are never given back."""

    values = text_object(most=10_000)


def _flag() -> fields.Boolean:
    return fields.Boolean(
        required=False,
        truthy={True},
        falsy={False},
        error_messages=MESSAGES | {"invalid": "WEB202"},
    )


class FormulaWhere(Payload):
    """Where a formula stands: over a record of an entity, or in a rule about such records."""

    entity = text(most=200)
    scope = choice("row", "rule", required=False)
    grain = choice("day", "week", "month", "quarter", "year", required=False)
    condition = _flag()


class FormulaText(FormulaWhere):
    """A formula where it stands."""

    text = text(most=4096, least=0)


class FormulaPath(FormulaWhere):
    """A path whose fields are listed; without one those of the record itself."""

    path = text(most=400, least=0, required=False)


class FormulaPlace(FormulaText):
    """A place in a formula, in code points."""

    at = whole(low=0, high=4096)


class FormulaRename(FormulaPlace):
    """Another name for the field at a place."""

    new = text(most=200)


class FormulaFormat(FormulaText):
    """How fields are named in the result."""

    names = choice("typed", "keys", "labels", required=False)


class FormulaSample(FormulaText):
    """What to try it on: a record (the first when none is given); in a rule also its numbers."""

    record = text(most=64, required=False)
    metric = text(most=200, required=False)
    value = text(most=40, required=False)
    target = text(most=40, required=False)


# --- queries ------------------------------------------------------------------------------
class Paged(Payload):
    """A page of a list."""

    limit = number_in_query(low=1, high=200)
    cursor = text(most=500, required=False)


class TaskQuery(Payload):
    """Which tasks."""

    state = choice("open", "done", required=False)


class AlertQuery(Payload):
    """Which alerts."""

    state = choice("open", "all", required=False)


class RecordQuery(Paged):
    """Which records, in which order."""

    filter = text(most=4096, required=False)
    sort = text(most=500, required=False)


class LookupQuery(Payload):
    """What is being typed."""

    q = text(most=100, least=0, required=False)
    limit = number_in_query(low=1, high=50)


class MeasurementQuery(Payload):
    """Which measurements: of a subject, from one period to another (days or labels)."""

    subject = text(most=64, required=False)
    from_ = PlainText(
        data_key="from",
        validate=validate.Length(min=4, max=10, error="WEB205"),
        error_messages=MESSAGES | {"invalid": "WEB209"},
    )
    to = text(most=10, least=4, required=False)


class UploadQuery(Payload):
    """The parameters of a pack that is uploaded, as JSON."""

    parameters = text(most=10_000, required=False)


class PackQuery(Payload):
    """Which packs to export."""

    pack = text(most=63, required=False)
