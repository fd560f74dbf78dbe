"""What the query strings of requests may carry."""

from __future__ import annotations

from marshmallow import validate

from web.payload_parts import MESSAGES, Payload, PlainText, choice, number_in_query, text


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


class ListQuery(Payload):
    """Which records: a formula, structured tests as JSON, words to look for."""

    filter = text(most=4096, required=False)
    match = text(most=20_000, required=False)
    q = text(most=200, least=0, required=False)


class RecordQuery(ListQuery, Paged):
    """Which records, in which order, with which columns."""

    sort = text(most=500, required=False)
    columns = text(most=2000, required=False)


class CountQuery(ListQuery):
    """Which records are counted, and how far."""

    most = number_in_query(low=1, high=1_000_000)


class GroupQuery(ListQuery):
    """Which records, in which groups, with which sums."""

    by = text(most=500)
    measures = text(most=1000, required=False)
    limit = number_in_query(low=1, high=1000)


class DraftQuery(Payload):
    """Drafts of one form, one card or one record."""

    form = text(most=200, required=False)
    task = text(most=64, required=False)
    record = text(most=64, required=False)


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


class ExportQuery(ListQuery):
    """Which records go into a file, and how it is written."""

    sort = text(most=500, required=False)
    columns = text(most=2000, required=False)
    format = choice("xlsx", "csv", required=False)
    bom = choice("yes", "no", required=False)


class PurgeQuery(Payload):
    """Whether the time in the trash need not be over."""

    at_once = choice("yes", "no", required=False)


class UploadQuery(Payload):
    """The parameters of a pack that is uploaded, as JSON."""

    parameters = text(most=10_000, required=False)


class FieldQuery(Payload):
    """One field of an entity."""

    entity = text(most=200)
    field = text(most=100)


class EntityQuery(Payload):
    """One entity."""

    entity = text(most=200)


class CalendarQuery(Payload):
    """A year of a calendar."""

    year = number_in_query(low=1900, high=2200, required=True)


class RevisionPair(Payload):
    """Two revisions of the catalog."""

    older = number_in_query(low=0, high=2**31, required=True)
    newer = number_in_query(low=0, high=2**31, required=True)


class FailureQuery(Payload):
    """Which values that stayed behind: of records or of their versions, after which row."""

    of = choice("records", "versions", required=False)
    after = number_in_query(low=0, high=2**62)


class PackQuery(Payload):
    """Which packs to export."""

    pack = text(most=63, required=False)
