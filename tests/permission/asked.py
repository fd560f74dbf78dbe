"""Every way a reader can ask for something he must not see, as requests."""

import json

FILTERS = (
    "salary > 6000", "phone = '13800000000'", "rich", "total > 3", "called = 'x'", "grade > 1",
    "SUM(lines.amount) > 3", "name = 'a'", "owner.name = 'P'", "salery > 1", "phon = '1'",
    "salary", "ISBLANK(phone)", "COUNT(lines) > 1", "lines.amount > 1", "id_card = '1'",
    "owner.salary > 1", "CONTAINS(id_card, '9')",
)  # fmt: skip
SORTS = (
    "name", "-grade", "salary", "phone", "rich", "total", "called", "lines", "created_at",
    "id_card",
)  # fmt: skip
WORDS = ("a", "139", "5000", "7000", "other", "n", "330")
MATCHES = (
    {"field": "salary", "op": "gt", "value": "6000"}, {"field": "phone", "op": "blank"},
    {"field": "id_card", "op": "contains", "value": "9"}, {"field": "grade", "op": "gt", "value": 1},
    {"not": {"field": "salary", "op": "blank"}}, {"field": "total", "op": "gt", "value": "1"},
)  # fmt: skip
GROUPS = (
    ("grade", "sum:salary"), ("grade", "count"), ("salary", ""), ("phone", ""), ("rich", ""),
    ("month:month", "avg:grade,max:total"), ("owner", "min:grade"), ("called", ""),
    ("id_card", ""), ("grade", "sum:total"), ("name", "max:id_card"),
)  # fmt: skip
FORMULAS = (
    "salary", "salary * 2", "phone", "rich", "SUM(lines.amount)", "total", "grade * 2", "sal",
    "CONCAT(name, called)", "LEFT(id_card, 3)", "owner.name",
)  # fmt: skip
CHANGES = (
    {"salary": "1"}, {"phone": "1"}, {"rich": True}, {"nothing": 1}, {"name": None},
    {"lines": [{"what": "x", "amount": "1"}]}, {"grade": 2}, {"id_card": "330"},
)  # fmt: skip
NEW = (
    {"name": "d", "salary": "1"}, {"name": "d", "phone": "139100"}, {"name": "d", "phone": "139200"},
    {"name": "d", "id_card": "1", "grade": "x"}, {"nothing": 1}, {}, {"name": "d", "grade": "x"},
)  # fmt: skip
MAPPINGS = (
    ({"name": "name", "grade": "grade"}, []), ({"name": "name", "month": "month"}, ["name"]),
    ({"name": "name", "phone": "phone"}, ["phone"]), ({"phone": "phone", "name": "name"}, ["name"]),
    ({"name": "name", "salary": "salary"}, ["name"]), ({"name": "name", "card": "id_card"}, ["card"]),
    ({"name": "name", "grade": "grade"}, ["name"]), ({"salary": "salary", "name": "name"}, []),
)  # fmt: skip
SHEET = "name,grade,month,phone,salary,card\na,2,2026-03-01,139100,5001,3\nz,3,x,139200,5002,4\n"


def requests(things):
    """(method, path, more) of everything; `things` are uids by name."""
    base, uid = "/entities/o.pay/records", things["pay"]
    yield from (("GET", path, {}) for path in _plain(base, uid, things))
    for query in _queries():
        yield ("GET", base, {"query_string": query})
        yield ("GET", "/entities/o.pay/count", {"query_string": _without(query, "sort", "limit")})
    for text in SORTS:
        yield ("GET", base, {"query_string": {"sort": text, "limit": 2}})
    for by, measures in GROUPS:
        query = {"by": by, "measures": measures} if measures else {"by": by}
        yield ("GET", "/entities/o.pay/groups", {"query_string": query})
    yield from _exports()
    yield from _formulas(uid)
    yield from _writes(base, uid, things)


def _plain(base, uid, things):
    yield from (
        "/entities", "/entities/o.pay", "/entities/o.pay_line", base, f"{base}/{uid}",
        f"{base}/{uid}/history", f"{base}/{uid}/comments", f"{base}/{uid}/access",
        f"{base}?columns=name,phone", f"{base}?columns=name,salary", f"{base}?columns=id_card",
        "/entities/o.pay/trash", "/entities/o.pay/views", "/entities/o.pay_line/records",
        "/entities/o.note/records", f"/entities/o.note/records/{things['note']}",
        f"/entities/o.note/records/{things['note']}/history", "/entities/o.secret/records",
        "/lookup/o.pay", "/lookup/o.secret", "/lookup/o.secret?q=ses", "/lookup/o.pay?q=7000",
        "/lookup/o.note?q=n", "/forms/o.pay_form", "/forms/o.pay_form/last",
        f"/metrics/o.head_count/measurements?subject={things['person']}",
        f"/passports/{things['passport']}", "/metrics", "/tasks", "/me/summary", "/me/views",
        "/notices", "/alerts", "/audit/verify",
        "/definitions/used-in?entity=o.pay&field=salary", "/definitions/files",
    )  # fmt: skip


def _queries():
    yield from ({"filter": text} for text in FILTERS)
    yield from ({"q": text} for text in WORDS)
    yield from ({"match": json.dumps(test)} for test in MATCHES)


def _without(query, *keys):
    return {key: value for key, value in query.items() if key not in keys}


def _exports():
    export = "/entities/o.pay/export"
    for query in ({}, {"columns": "name,salary"}, {"columns": "phone"}, {"columns": "name,id_card"},
                  {"filter": "salary > 6000"}, {"sort": "salary"}, {"q": "139"}):  # fmt: skip
        yield ("GET", export, {"query_string": {"format": "csv", **query}})
        body = {
            key: value.split(",") if key == "columns" else value for key, value in query.items()
        }
        if query:
            yield ("POST", "/entities/o.pay/exports", {"json": {"format": "csv", **body}})


def _formulas(uid):
    where = {"entity": "o.pay"}
    for text in FORMULAS:
        given = {**where, "text": text}
        yield ("POST", "/formulas/value", {"json": {**given, "record": uid}})
        yield ("POST", "/formulas/diagnostics", {"json": given})
        yield ("POST", "/formulas/dependencies", {"json": given})
        for verb in ("completions", "hover"):
            yield ("POST", f"/formulas/{verb}", {"json": {**given, "at": min(3, len(text))}})
    yield ("POST", "/formulas/names", {"json": where})


def _writes(base, uid, things):
    for values in CHANGES:
        for version in (1, 99):
            yield ("PATCH", f"{base}/{uid}", {"json": {"values": values, "base_version": version}})
    for values in NEW:
        yield ("POST", base, {"json": {"values": values}})
        yield (
            "POST",
            "/forms/o.pay_form/submissions",
            {"json": {"values": values, "key": "opened-once"}},
        )
    bulk = "/entities/o.pay/bulk/preview"
    for values in ({"month": "2026-03-01"}, {"phone": "1"}, {"salary": "1"}, {"grade": 1}):
        for chosen in ({}, {"filter": "salary > 6000"}, {"q": "139"}, {"uids": [uid]}):
            yield ("POST", bulk, {"json": {"values": values, **chosen}})
    imports = "/entities/o.pay/imports"
    yield ("POST", f"{imports}/preview", {"json": {"file": things["file"]}})
    for mapping, key in MAPPINGS:
        asked = {"file": things["file"], "mapping": mapping, "key": key, "dry_run": True}
        yield ("POST", imports, {"json": asked})
