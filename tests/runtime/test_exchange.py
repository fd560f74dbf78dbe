"""Export and import: what leaves and what comes in, with the same rights and the same rules."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from runtime import accounts, exchange, exports, files, imports, read, records, works
from runtime.context import Actor
from runtime.errors import Invalid, NotAllowed, NotFound
from runtime.exchange import Column, harmless, read_table, write_csv, write_table
from runtime.imports import Wanted
from runtime.lists import Listing
from runtime.worker import drain, run_once

ENTITY = "shop.goal"
ADMIN = Actor("user", "root", admin=True)


@pytest.fixture
def world(either_world):
    with either_world.writing() as ctx:
        accounts.create_account(ctx, "root", "correct horse 9", roles=["admin"])
        accounts.create_account(
            ctx, "li", "correct horse 9", roles=["shop.employee"], person_id=either_world.ids["li"]
        )
    return either_world


def cells_of(download):
    sheet = load_workbook(io.BytesIO(download.content)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def book(*rows):
    made = Workbook()
    for row in rows:
        made.active.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def put_in(world, content, *, name="goals.xlsx", actor=ADMIN, mapping=None, **more):
    """Import a file and wait; the work as its actor sees it."""
    with world.writing(actor) as ctx:
        uid = files.upload(ctx, name, content)["uid"]
        table = imports.table_of(ctx, uid)
        found = imports.match_titles(
            table.titles, list(imports.importable(ctx, ctx.catalog.entity(ENTITY)).values())
        )
        wanted = Wanted(uid, found if mapping is None else mapping, **more)
        work = imports.start(ctx, ENTITY, wanted, table)
    drain(world.wiring, "test")
    with world.reading(actor) as ctx:
        return works.show(ctx, work["uid"])


def goals(world):
    with world.reading() as ctx:
        items = read.list_records(ctx, ENTITY, Listing(sort="name"), limit=200)["items"]
    return {item["display"]: item["values"] for item in items}


# --- out ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x", " =1",
     "\u200b=1", "−1", "=cmd|' /C calc'!A0"],
)  # fmt: skip
def test_no_text_becomes_a_formula(text):
    assert harmless(text).startswith("'")
    rows = [[text]]
    (cell,) = cells_of_bytes(write_table([Column("x")], rows, "xlsx"))[1]
    assert cell.startswith("'")
    (line,) = list(csv.reader(io.StringIO(write_csv([Column("x")], rows).decode("utf-8-sig"))))[1:]
    assert line[0].startswith("'")
    back = read_table("x.csv", write_csv([Column("x")], rows))
    assert back.rows[0][0] == text


def cells_of_bytes(content):
    return [list(r) for r in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]


def test_titles_are_no_formulas_either_and_harmless_texts_stay():
    content = write_table([Column("=x"), Column("y")], [["'tis", "a=b"]], "xlsx")
    assert cells_of_bytes(content) == [["'=x", "y"], ["'tis", "a=b"]]
    assert read_table("a.xlsx", content).rows == (("'tis", "a=b"),)


def test_numbers_and_dates_are_numbers_and_dates_in_excel():
    columns = [Column("n", "number"), Column("d", "date"), Column("t", "datetime")]
    rows = [["-12.50", "2026-03-02", "2026-03-02 09:00:00"], [None, "1850-01-01", None],
            ["1234567890.123456", None, None]]  # fmt: skip
    found = cells_of_bytes(write_table(columns, rows, "xlsx"))
    assert found[1][0] == -12.5
    assert found[1][1].date() == date(2026, 3, 2)
    assert found[2][1] == "1850-01-01"
    assert found[3][0] == "1234567890.123456"  # a spreadsheet would lose digits
    assert write_csv(columns, rows).startswith(b"\xef\xbb\xbf")
    assert b"-12.50,2026-03-02" in write_csv(columns, rows, bom="")
    assert not write_csv(columns, rows, bom="").startswith(b"\xef")


def sample(world):
    with world.writing() as ctx:
        records.insert(ctx, ENTITY, [
            {"name": "=A1", "owner": world.ids["li"], "weight": 300_000, "secret_note": "psst"},
            {"name": "b", "owner": world.ids["zhao"], "weight": None, "start": 20_514},
        ])  # fmt: skip


def test_an_export_has_the_columns_and_rows_of_the_list(world):
    sample(world)
    with world.reading(ADMIN) as ctx:
        wanted = exports.Wanted(Listing(sort="-name"), ("name", "owner", "weight", "start"))
        rows = cells_of(exports.export_now(ctx, ENTITY, wanted))
        filtered = exports.Wanted(Listing(where="weight > 0"), ("name", "weight"), how="csv")
        text = exports.export_now(ctx, ENTITY, filtered).content.decode("utf-8-sig")
    assert rows[0] == ["名称", "owner", "weight", "start"]
    assert rows[1][:3] == ["b", "赵", None]
    assert rows[1][3].date() == date(2026, 3, 2)
    assert rows[2][:3] == ["'=A1", "李", 0.3]
    assert text.split("\r\n")[1] == "'=A1,0.3"


def test_an_export_obeys_the_right_to_export_rows_and_fields(world):
    from builder.codec import decode
    from runtime.publish import Proposal, publish

    sample(world)
    li = world.actor("li", "employee")
    with world.reading(li) as ctx, pytest.raises(NotAllowed):
        exports.export_now(ctx, ENTITY, exports.Wanted(Listing()))
    role = {"kind": "role", "key": "exporter", "grants": [
        {"entity": "goal", "actions": ["export"], "rows": "all", "hidden_fields": ["weight"]}]}  # fmt: skip
    publish(world.wiring, Proposal((decode("role", role, pack="shop"),)), actor=ADMIN)
    both = world.actor("li", "employee", "exporter")
    with world.reading(both) as ctx:
        rows = cells_of(exports.export_now(ctx, ENTITY, exports.Wanted(Listing())))
        assert [row[0] for row in rows[1:]] == ["'=A1"]  # reads his own only
        assert not {"weight", "secret_note"} & set(rows[0])
        for wanted in (
            exports.Wanted(Listing(), ("weight",)),
            exports.Wanted(Listing(), ("secret_note",)),
            exports.Wanted(Listing(where="weight > 0")),
            exports.Wanted(Listing(match=[{"field": "weight", "op": "filled"}])),
            exports.Wanted(Listing(sort="weight")),
            exports.Wanted(Listing(), ("steps",)),
        ):
            with pytest.raises(Invalid):
                exports.export_now(ctx, ENTITY, wanted)


def test_a_long_export_is_made_in_pages_in_the_background(world, monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 7)
    monkeypatch.setattr(exports, "AT_ONCE", 20)
    with world.writing() as ctx:
        records.insert(ctx, ENTITY, [{"name": f"g{n:02d}"} for n in range(30)])
    wanted = exports.Wanted(Listing(sort="-name"), ("name",))
    with world.reading(ADMIN) as ctx, pytest.raises(Invalid) as refused:
        exports.export_now(ctx, ENTITY, wanted)
    assert refused.value.problems[0].code == "RUN235"
    with world.writing(ADMIN) as ctx:
        work = exports.start(ctx, ENTITY, wanted)
        assert work["total"] == 30
        with pytest.raises(NotFound):
            exports.file_of(ctx, work["uid"])
    run_once(world.wiring, "test")
    with world.reading(ADMIN) as ctx:
        assert works.show(ctx, work["uid"])["done"] in (0, 7)
    drain(world.wiring, "test")
    with world.reading(ADMIN) as ctx:
        assert works.show(ctx, work["uid"])["state"] == "done"
        rows = cells_of(exports.file_of(ctx, work["uid"]))
    assert [row[0] for row in rows[1:]] == [f"g{n:02d}" for n in reversed(range(30))]
    with world.reading(world.actor("li", "employee")) as ctx, pytest.raises(NotFound):
        exports.file_of(ctx, work["uid"])


# --- in -----------------------------------------------------------------------------------
def test_columns_find_their_fields_by_key_label_and_pinyin(world):
    with world.reading() as ctx:
        fields = list(imports.importable(ctx, ctx.catalog.entity(ENTITY)).values())
    titles = ["名称", "Owner ", "LIYOU", "weight", "nothing"]
    assert imports.match_titles(titles, fields) == {
        "名称": "name", "Owner ": "owner", "LIYOU": "reason", "weight": "weight",
    }  # fmt: skip
    assert imports.match_titles(["ly", "Name", "name"], fields) == {"ly": "reason", "Name": "name"}


def test_a_preview_says_what_is_there(world):
    with world.writing(ADMIN) as ctx:
        uid = files.upload(ctx, "a.xlsx", book(["名称", "?"], ["x", 1], ["y", None]))["uid"]
        found = imports.inspect(ctx, ENTITY, uid)
    assert (found["rows"], found["sheets"], found["keys"]) == (2, ["Sheet"], [["name"]])
    assert found["columns"] == [
        {"title": "名称", "field": "name", "samples": ["x", "y"]},
        {"title": "?", "field": None, "samples": ["1"]},
    ]
    with world.reading(world.actor("li", "bureau")) as ctx, pytest.raises(NotAllowed):
        imports.inspect(ctx, ENTITY, uid)


def test_what_people_write_is_understood(world):
    done = put_in(world, book(
        ["名称", "owner", "weight", "reason", "start", "end"],
        ["a", "李", "25%", "r", "2026/3/2", "2026年4月1日"],
        ["b", "wang", 0.3, None, date(2026, 3, 2), "2026-12-01"],
        ["c", world.uids["zhao"], "０.１", None, None, "2027-01-01"],
    ))  # fmt: skip
    assert (done["state"], done["written"], done["refused"]) == ("done", 3, 0)
    found = goals(world)
    assert (found["a"]["weight"], found["a"]["start"], found["a"]["end"]) == (
        "0.25", "2026-03-02", "2026-04-01",
    )  # fmt: skip
    assert found["b"]["owner"] == world.uids["wang"]
    assert found["c"]["start"] == "2026-03-02"  # the default of the field
    assert found["c"]["weight"] == "0.1"


def test_the_rules_of_the_form_hold_and_bad_rows_come_back_with_the_reason(world):
    done = put_in(world, book(
        ["名称", "owner", "weight", "start", "end", "extra"],
        ["ok", "李", "10%", "2026-03-02", "2026-04-01", "x"],
        [None, "李", "10%", "2026-03-02", "2026-04-01", None],
        ["heavy", "李", "50%", "2026-03-02", "2026-04-01", None],
        ["late", "李", "10%", "2026-03-02", "2026-01-01", "'=1"],
        ["left", "陈", "10%", "2026-03-02", "2026-04-01", None],
        ["who", "nobody", "10%", "2026-03-02", "2026-04-01", None],
        ["many", "李", "viel", "someday", "2026-04-01", None],
        [None, None, None, None, None, None],
    ))  # fmt: skip
    assert (done["total"], done["written"], done["refused"]) == (7, 1, 6)
    codes = {row["row"]: [p["code"] for p in row["problems"]] for row in done["rows"]}
    assert codes == {
        3: ["RUN101"], 4: ["RUN101"], 5: ["RUN109"], 6: ["RUN109"], 7: ["RUN104"],
        8: ["BLD402", "BLD402"],
    }  # fmt: skip
    with world.reading(ADMIN) as ctx:
        rows = cells_of(imports.refused_rows(ctx, done["uid"]))
    assert rows[0][-1] == "未导入的原因"
    assert rows[3][0] == "late"
    assert rows[3][5] == "'=1"
    assert rows[3][6] == "结束日期要晚于开始日期"
    assert list(goals(world)) == ["ok"]


def test_a_dry_run_leaves_nothing_behind(world):
    with world.reading() as ctx:
        before = ctx.uow.known_rev()
        audits = ctx.uow.execute(exports.work.record_work.select()).all()
    assert audits == []
    done = put_in(world, book(["名称"], ["a"], ["a"], ["b"]), dry_run=True)
    assert (done["state"], done["written"], done["refused"]) == ("done", 2, 1)
    assert done["rows"][0]["problems"][0]["code"] == "RUN108"
    assert goals(world) == {}
    assert before >= 0


def test_a_second_import_changes_by_key_and_writes_no_equal_row(world):
    put_in(world, book(["名称", "weight"], ["a", "0.1"], ["b", "0.2"]))
    done = put_in(
        world,
        book(
            ["名称", "weight"], ["a", "0.1"], ["b", "0.25"], ["c", "0.3"], ["b", "0.9"], [None, 1]
        ),
        key=("name",),
        mapping={"名称": "name", "weight": "weight"},
    )
    assert (done["written"], done["unchanged"], done["refused"]) == (2, 1, 2)
    codes = [p["code"] for row in done["rows"] for p in row["problems"]]
    assert codes == ["RUN237", "RUN101"]
    assert {name: values["weight"] for name, values in goals(world).items()} == {
        "a": "0.1", "b": "0.25", "c": "0.3",
    }  # fmt: skip
    heavy = put_in(world, book(["名称", "weight"], ["a", "0.5"]), key=("name",))  # needs a reason
    assert [p["code"] for row in heavy["rows"] for p in row["problems"]] == ["RUN101"]
    assert goals(world)["a"]["weight"] == "0.1"


def test_a_name_of_several_is_told_and_not_guessed(world):
    with world.writing() as ctx:
        records.insert(ctx, "person", [{"name": "李", "code": "li2"}])
    done = put_in(world, book(["名称", "owner"], ["a", "李"], ["b", "li2"]))
    assert [p["code"] for row in done["rows"] for p in row["problems"]] == ["RUN236"]
    assert list(goals(world)) == ["b"]


def test_nobody_imports_into_rows_or_fields_out_of_reach(world):
    li = world.actor("li", "employee")
    content = book(["名称", "owner"], ["mine", "李"], ["his", "赵"])
    done = put_in(world, content, actor=li)
    assert (done["written"], done["refused"]) == (1, 1)
    assert list(goals(world)) == ["mine"]
    with world.writing(li) as ctx:
        uid = files.upload(ctx, "a.xlsx", content)["uid"]
        table = imports.table_of(ctx, uid)
        for mapping, key, code in (
            ({"名称": "secret_note"}, (), "RUN238"), ({"?": "name"}, (), "RUN238"), ({}, (), "RUN239"),
            ({"名称": "days"}, (), "RUN238"), ({"名称": "name"}, ("owner",), "RUN240"),
        ):  # fmt: skip
            with pytest.raises(Invalid) as refused:
                imports.start(ctx, ENTITY, Wanted(uid, mapping, key), table)
            assert refused.value.problems[0].code == code
        with pytest.raises(NotFound):
            imports.start(ctx, ENTITY, Wanted(uid, {"名称": "name"}, form="shop.none"), table)


def test_a_process_that_dies_in_a_batch_imports_each_row_once(world, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 4)
    content = book(["名称"], *([f"g{n}"] for n in range(10)))
    with world.writing(ADMIN) as ctx:
        uid = files.upload(ctx, "a.xlsx", content)["uid"]
        table = imports.table_of(ctx, uid)
        work = imports.start(ctx, ENTITY, Wanted(uid, {"名称": "name"}), table)
    real, calls = imports.work.drop, []

    def dies_in_the_second(*args):
        calls.append(True)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(imports.work, "drop", dies_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        drain(world.wiring, "test")
    assert len(goals(world)) == 4
    with world.writing() as ctx:
        from runtime.clock import real_now
        from store import jobs

        jobs.end_leases(ctx.uow, real_now=real_now())
    drain(world.wiring, "test")
    with world.reading(ADMIN) as ctx:
        done = works.show(ctx, work["uid"])
    assert (done["state"], done["written"]) == ("done", 10)
    assert len(goals(world)) == 10


def test_csv_of_any_usual_kind_is_read():
    rows = (("甲", "1"), ("乙", None))
    for text, encoding in (
        ("名称,n\r\n甲,1\r\n乙,\r\n", "utf-8-sig"), ("名称;n\n甲;1\n乙;\n", "utf-8"),
        ("名称\tn\n甲\t1\n乙\t\n", "gb18030"),
    ):  # fmt: skip
        found = read_table("a.csv", text.encode(encoding))
        assert (found.titles, found.rows) == (("名称", "n"), rows)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"PK\x03\x04 broken", "RUN231"),
        ("a.xlsx", b"no archive at all", "RUN231"),
        ("a.csv", b"\xff\xfe\xff\xff\x00", "RUN231"),
        ("a.csv", b"", "RUN232"),
        ("a.csv", b"a,a\n1,2\n", "RUN233"),
        ("a.csv", b"x\n" + b"1\n" * (exchange.MAX_ROWS + 1), "RUN234"),
        ("a.csv", ",".join(f"c{n}" for n in range(400)).encode(), "RUN234"),
    ],
)
def test_a_file_that_is_no_table_is_refused(name, content, code):
    with pytest.raises(Invalid) as refused:
        read_table(name, content)
    assert refused.value.problems[0].code == code


def test_an_archive_that_unpacks_to_a_mountain_is_refused(monkeypatch):
    monkeypatch.setattr(exchange, "MAX_UNPACKED", 1_000)
    with pytest.raises(Invalid) as refused:
        read_table("a.xlsx", book(["a"], ["b"]))
    assert refused.value.problems[0].code == "RUN234"
