"""What bodies of requests may carry."""

from __future__ import annotations

from marshmallow import EXCLUDE, fields, validate

from web.payload_parts import (
    MESSAGES,
    JsonValue,
    Payload,
    PlainText,
    choice,
    flag,
    json_object,
    text,
    text_object,
    whole,
)


class SignIn(Payload):
    """Name and password."""

    login = text(most=100)
    password = text(most=256)
    code = text(most=40, required=False)


class OidcReturn(Payload):
    """What a provider sends along with somebody who comes back."""

    class Meta:
        """Providers add parameters of their own."""

        unknown = EXCLUDE

    error = text(most=200, required=False)
    code = text(most=2000, required=False)
    state = text(most=200, required=False)


class ChangePassword(Payload):
    """The present password and the next one."""

    old = text(most=256)
    new = text(most=1000)


class Code(Payload):
    """A one-time code, or a recovery code."""

    code = text(most=40)


class NewKey(Payload):
    """A key for a program."""

    label = text(most=100)
    scopes = fields.List(
        text(most=100),
        required=True,
        validate=validate.Length(min=1, max=60, error="WEB205"),
        error_messages=MESSAGES,
    )
    days = whole(low=1, high=366)


class ChangeAccount(Payload):
    """What an administrator may change about an account."""

    roles = fields.List(text(most=200), required=False, error_messages=MESSAGES)
    active = flag()
    password = text(most=1000, required=False)
    # it can only be taken away: setting it up needs the telephone
    second_factor = flag(validate=validate.OneOf((False,), error="WEB202"))


class NewDeparture(Payload):
    """The first day without a person, and by uid who takes over (else the manager).

    With `reassign` the records the person owns go to the successor as well.
    """

    on = text(most=10)
    successor = text(most=64, required=False)
    reassign = flag()


class ChangeSession(Payload):
    """What a signed-in person may change about the session."""

    language = choice("zh-CN", "en")


class ViewAs(Payload):
    """Whom to look as, and why."""

    login = text(most=100)
    reason = text(most=500)


class AccessQuery(Payload):
    """Whose rights to explain; without it one's own."""

    login = text(most=100, required=False)


class Submission(Payload):
    """The values of a form; the key makes a repetition harmless."""

    key = text(most=100, least=8)
    values = json_object()


class TypedForm(Payload):
    """What was typed into a form so far, on top of the version that was seen."""

    form = text(most=200)
    task = text(most=64, required=False)
    record = text(most=64, required=False)
    record_version = whole(low=1, high=2**31, required=False)
    inputs = json_object()
    base_version = whole(low=0, high=2**31)


class Choosing(Payload):
    """What a picker of a form asks: a field, what is typed, and how the form stands."""

    field = text(most=100)
    q = text(most=100, least=0, required=False)
    values = json_object(required=False)
    table = text(most=100, required=False)
    row = json_object(required=False)
    task = text(most=64, required=False)
    record = text(most=64, required=False)
    limit = whole(low=1, high=50, required=False)


class NewLink(Payload):
    """A public link to a form; `fixed` are values that go into every record made through it.

    It is sent at most `per_minute` times a minute and `most` times in all.
    """

    label = text(most=200)
    days = whole(low=1, high=366)
    per_minute = whole(low=1, high=6_000, required=False)
    most = whole(low=1, high=1_000_000, required=False)
    fixed = json_object(required=False)


class NewRecord(Payload):
    """The values of a new record; with a key a repetition makes no second one."""

    key = text(most=100, least=8, required=False)
    values = json_object()


class RecordChange(Payload):
    """New values of some fields, on top of the version that was seen (or of If-Match).

    The rules of `form` hold; without it those of the general form, or of the only one.
    """

    values = json_object()
    form = text(most=200, required=False)
    base_version = whole(low=0, high=2**31, required=False)


class VersionRestore(Payload):
    """The version to go back to, and the one that was seen last (or If-Match)."""

    version = whole(low=1, high=2**31)
    base_version = whole(low=0, high=2**31, required=False)


class CommentText(Payload):
    """A remark, and who is mentioned in it."""

    body = text(most=5000)
    mentions = fields.List(text(most=64), required=False, error_messages=MESSAGES)


class ViewDocument(Payload):
    """What a view asks of a list."""

    filter = text(most=4096, required=False)
    match = fields.List(JsonValue(), required=False, error_messages=MESSAGES)
    q = text(most=200, least=0, required=False)
    sort = text(most=500, required=False)
    columns = fields.List(text(most=200), required=False, error_messages=MESSAGES)
    group = fields.List(text(most=200), required=False, error_messages=MESSAGES)
    measures = fields.List(text(most=200), required=False, error_messages=MESSAGES)


class NewView(Payload):
    """A view and who else has it."""

    name = text(most=100)
    document = fields.Nested(ViewDocument, required=True, error_messages=MESSAGES)
    roles = fields.List(text(most=200), required=False, error_messages=MESSAGES)


class ViewChange(NewView):
    """A view as it is to be, on top of the version that was seen."""

    base_version = whole(low=1, high=2**31)


class BulkChange(Payload):
    """New values for the records of a list, or for some by uid."""

    values = json_object()
    filter = text(most=4096, required=False)
    match = fields.List(JsonValue(), required=False, error_messages=MESSAGES)
    q = text(most=200, least=0, required=False)
    uids = fields.List(text(most=64), required=False, error_messages=MESSAGES)


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


def names_of_consent() -> fields.List[str]:
    """What may be taken away or left behind: `<kind> <name>`, `<entity>.<field>`."""
    return fields.List(
        text(most=200),
        required=False,
        validate=validate.Length(max=1000, error="WEB205"),
        error_messages=MESSAGES,
    )


class DefinitionFiles(Payload):
    """Definition files by path, as texts."""

    files = fields.Dict(
        keys=text(most=300), values=text(most=1024 * 1024), required=True, error_messages=MESSAGES
    )
    note = text(most=500, least=0, required=False)
    consent = names_of_consent()


class Push(Payload):
    """The files of a whole catalog, a folder per pack; `delete` takes away what is not there."""

    files = fields.Dict(
        keys=text(most=300), values=text(most=1024 * 1024), required=True, error_messages=MESSAGES
    )
    delete = flag()
    note = text(most=500, least=0, required=False)
    consent = names_of_consent()


class DraftChange(Payload):
    """An edit of a definition on top of the version that was seen; 0: there is no draft yet."""

    document = fields.Dict(
        keys=text(most=100),
        values=JsonValue(allow_none=True),
        required=True,
        allow_none=True,
        error_messages=MESSAGES,
    )
    version = whole(low=0, high=2**31)
    rebase = flag()


class DraftNames(Payload):
    """Drafts to publish together, as `<kind> <name>`."""

    names = fields.List(
        text(most=200),
        required=True,
        validate=validate.Length(min=1, max=1000, error="WEB205"),
        error_messages=MESSAGES,
    )
    note = text(most=500, least=0, required=False)
    consent = names_of_consent()


class Consent(Payload):
    """What a person lets happen."""

    consent = names_of_consent()


class RollBack(Payload):
    """The revision to go back to."""

    revision = whole(low=0, high=2**31)
    note = text(most=500, least=0, required=False)
    consent = names_of_consent()


class SourceSettings(Payload):
    """Parameters and secrets of a source; secrets are never given back."""

    values = text_object(most=10_000)


class CalendarDays(Payload):
    """By day of a year whether it is worked, others by the calendar; the version seen before."""

    year = whole(low=1900, high=2200)
    days = fields.Dict(
        keys=text(most=10),
        values=flag(),
        required=True,
        validate=validate.Length(max=366, error="WEB205"),
        error_messages=MESSAGES,
    )
    version = text(most=64, required=False)


class FormulaWhere(Payload):
    """Where a formula stands: over a record, in a rule about it, or over a metric's inputs.

    With a metric it counts working days and periods as the metric does.
    """

    entity = text(most=200)
    scope = choice("row", "rule", "metric", required=False)
    grain = choice("day", "week", "month", "quarter", "year", required=False)
    metric = text(most=200, required=False)
    condition = flag()


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
    """What to try it on: a record (the first when none is given); in a rule also its numbers.

    The inputs of a metric are those of the `period`, or of the newest one with a number.
    """

    record = text(most=64, required=False)
    value = text(most=40, required=False)
    target = text(most=40, required=False)
    period = text(most=40, required=False)


class NewExport(Payload):
    """Which records go into a file that is made in the background."""

    filter = text(most=4096, required=False)
    match = fields.List(JsonValue(), required=False, error_messages=MESSAGES)
    q = text(most=200, least=0, required=False)
    sort = text(most=500, required=False)
    columns = fields.List(text(most=200), required=False, error_messages=MESSAGES)
    format = choice("xlsx", "csv", required=False)
    bom = choice("yes", "no", required=False)


class Erasure(Payload):
    """Consent to erase what the preview has shown, and the reason."""

    reason = text(most=500)
    consent = text(most=64)


class ImportFile(Payload):
    """An uploaded file with a table, and which of its sheets."""

    file = text(most=64)
    sheet = text(most=100, required=False)


class NewImport(ImportFile):
    """How a table is taken in: field by title, the fields that say which record a row is."""

    mapping = text_object(most=200)
    key = fields.List(text(most=200), required=False, error_messages=MESSAGES)
    form = text(most=200, required=False)
    dry_run = flag()


class XlsForm(Payload):
    """An uploaded XLSForm, the pack its definitions go into, and the key of the entity."""

    file = text(most=64)
    pack = text(most=40)
    key = text(most=40, required=False)


class SheetEntity(ImportFile):
    """A table that becomes an entity and its form; types by title where the guess is wrong."""

    pack = text(most=40)
    key = text(most=40)
    label = text(most=100)
    types = fields.Dict(
        keys=text(most=300), values=text(most=40), required=False, error_messages=MESSAGES
    )
