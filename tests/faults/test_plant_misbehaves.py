"""Each way the plant can misbehave: nothing half, nothing twice, said once, and back by itself."""

import itertools
import logging
import os
import signal
import smtplib
import threading
from collections import Counter

import pytest
from sqlalchemy import select

from dsl.values import format_date, parse_date, parse_datetime
from runtime import scheduler, watch
from runtime.clock import real_now
from runtime.deliver import Courier
from runtime.endpoints import settle
from store import outbox, tables
from tests.faults.houses import (
    BUSINESS,
    FLOOR,
    PAGE,
    QUALITY,
    build,
    copied,
    mails,
    plant_process,
    switches_off,
    until,
)

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def plant(tmp_path_factory):
    with plant_process(tmp_path_factory.mktemp("plant")) as found:
        yield found


@pytest.fixture(autouse=True)
def all_off(plant):
    yield
    switches_off(plant)


@pytest.fixture(scope="module")
def installed(tmp_path_factory, plant):
    """Both packs, nothing read yet."""
    folder = tmp_path_factory.mktemp("installed")
    build(folder, plant).wiring.close()
    return folder


@pytest.fixture(scope="module")
def synced(tmp_path_factory, installed, plant):
    """Both packs, everything read once."""
    folder = tmp_path_factory.mktemp("synced")
    house = copied(installed, folder, plant)
    for source in (BUSINESS,):
        assert house.sync(source).state == "done"
    house.work()
    house.wiring.close()
    return folder


@pytest.fixture
def house(synced, plant, tmp_path):
    found = copied(synced, tmp_path, plant)
    yield found
    found.wiring.close()


@pytest.fixture
def empty(installed, plant, tmp_path):
    found = copied(installed, tmp_path, plant)
    yield found
    found.wiring.close()


@pytest.fixture
def said(caplog):
    """Every line of the log that somebody may have to read."""
    caplog.set_level(logging.INFO)

    def lines():
        return [
            r.getMessage()
            for r in caplog.records
            if r.levelno >= logging.WARNING or r.name == "runtime.source_states"
        ]

    return lines


@pytest.mark.parametrize(
    ("switch", "value", "code"),
    [
        ("drop_connection", True, "CON109"),
        ("http_500", True, "CON110"),
        ("slow", 5, "CON106"),
        ("rate_limit", True, "CON112"),
    ],
)
def test_a_source_that_fails_is_late_said_once_and_comes_back(
    house, plant, said, switch, value, code
):
    before = house.contents()
    plant.switch(**{switch: value})
    for seconds, incidents in ((300, []), (600, []), (1500, [code])):
        house.at(seconds)
        assert house.sync().code == code
        shown = house.shown()
        assert (shown["state"], shown["code"], shown["delay_s"]) == ("lost", code, seconds)
        assert house.incidents() == incidents
    assert house.contents() == before
    plant.switch(**{switch: False})
    house.at(1800)
    assert house.sync().state == "done"
    shown = house.shown()
    assert (shown["state"], shown["code"], shown["delay_s"]) == ("ok", None, 0)
    assert house.incidents() == []
    assert said() == [f"source {BUSINESS} is lost: {code}", f"source {BUSINESS} is back"]


def test_a_refused_log_in_stops_the_source_and_asks_a_person(house, plant, said):
    before = house.contents()
    plant.switch(refuse_login=True, expire_tokens=True)
    house.at(300)
    assert house.sync().code == "CON113"
    assert (house.shown()["state"], house.shown()["delay_s"]) == ("stopped", 300)
    assert house.incidents() == ["CON113"]
    house.at(600)
    assert house.sync().state == "skipped", "asking again and again would lock the account"
    house.at(1500)
    assert house.sync().code == "CON113", "it is tried rarely"
    assert house.contents() == before
    plant.switch(refuse_login=False)
    house.at(2700)
    assert house.sync().state == "done"
    assert (house.shown()["state"], house.shown()["delay_s"], house.incidents()) == ("ok", 0, [])
    assert said() == [f"source {BUSINESS} is lost: CON113", f"source {BUSINESS} is back"]


def test_a_token_that_ends_in_the_middle_is_renewed_and_nobody_hears_of_it(empty, plant, said):
    plant.switch(slow=0.05)
    done = []
    thread = threading.Thread(target=lambda: done.append(empty.sync()))
    thread.start()
    until(lambda: empty.records("person", "code"), what="the first people")
    plant.switch(expire_tokens=True)
    assert done == []
    thread.join()
    assert done[0].state == "done"
    plant.switch(slow=False)
    assert_all_is_there(empty, plant)
    assert said() == []


# --- what is stored ---------------------------------------------------------------------------
# stream of the plant -> entity, field of the plant, field of the record
STREAMS = {
    "departments": ("department", "code"),
    "people": ("person", "code"),
    "goals": ("performance_core.goal", "code"),
}
REPORTS = "performance_core.weekly_report"


def listed(plant, stream):
    """The rows of a stream in the order the plant gives them."""
    return plant.all(stream)


def stored(house, stream):
    if stream == "weekly_progress":
        return Counter(house.records(REPORTS, "goal.code", "week_end"))
    entity, key = STREAMS[stream]
    return Counter(key for (key,) in house.records(entity, key))


def keys_of(rows, stream):
    if stream == "weekly_progress":
        return [(row["goal_code"], parse_date(row["week_end"])) for row in rows]
    return [row[STREAMS[stream][1]] for row in rows]


def assert_all_is_there(house, plant):
    for stream in (*STREAMS, "weekly_progress"):
        assert stored(house, stream) == Counter(keys_of(listed(plant, stream), stream)), stream


def assert_whole_batches(house, plant_rows):
    """What is stored is a run of whole pages, and the checkpoint stands where they end."""
    marks = house.checkpoints()
    for stream, rows in plant_rows.items():
        found = stored(house, stream)
        count = len(found)
        assert count % PAGE == 0 or count == len(rows), f"half a page of {stream}"
        assert found == Counter(keys_of(rows[:count], stream))
        mark = marks.get(stream)
        assert (mark is not None) == (count > 0), stream
        if mark is not None:
            assert mark.newest_at == parse_datetime(rows[count - 1]["updated_at"])
            assert ("until" in mark.state) <= (count == len(rows)), "the cursor passed missing rows"


def assert_runs_count_their_rows(house):
    """Each run wrote as many versions as it says."""
    written = Counter()
    with house.wiring.reading() as ctx:
        for name in ("department", "person", "performance_core.goal", REPORTS):
            history = ctx.tables[name].history
            written.update(ctx.uow.execute(select(history.c.origin_run)).scalars())
    for run, rows, state in house.rows(tables.sync_run, "id", "rows_written", "state"):
        assert rows == written[run]
        assert state in ("done", "failed"), "a run is left running"


@pytest.mark.parametrize(
    ("dialect", "switch", "share"),
    [
        ("sqlite", "drop_connection", 0.15),
        ("sqlite", "http_500", 0.08),
        ("postgresql", "http_500", 0.08),
    ],
)
def test_a_first_import_that_breaks_off_again_and_again_is_never_half_a_page(
    plant, tmp_path, installed, request, dialect, switch, share
):
    if dialect == "sqlite":
        house = copied(installed, tmp_path, plant)
    else:
        house = build(tmp_path, plant, url=request.getfixturevalue("postgresql_url"))
    rows = {stream: listed(plant, stream) for stream in (*STREAMS, "weekly_progress")}
    try:
        plant.switch(**{switch: share})
        broken = 0
        for minute in range(1, 8):
            house.at(60 * minute)
            broken += house.sync(force=True).state == "failed"
            assert_whole_batches(house, rows)
        assert broken >= 3
        plant.switch(**{switch: False})
        house.at(600)
        assert house.sync(force=True).state == "done"
        assert_all_is_there(house, plant)
        assert_runs_count_their_rows(house)
        assert house.sync(force=True).streams["weekly_progress"].written == 0
    finally:
        house.wiring.close()


def test_bad_rows_wait_with_field_and_code_while_good_ones_go_in(empty, plant):
    rows = {stream: listed(plant, stream) for stream in (*STREAMS, "weekly_progress")}
    plant.switch(bad_rows=0.04)
    done = empty.sync()
    plant.switch(bad_rows=False)
    assert done.state == "done"
    assert (empty.shown()["state"], empty.shown()["delay_s"]) == ("ok", 0)
    assert_runs_count_their_rows(empty)
    rejects = empty.rejects()
    waiting = Counter(each["stream"] for each in rejects)
    assert waiting == {s: c.rejected for s, c in done.streams.items() if c.rejected}
    assert empty.shown()["rejects"] == len(rejects)
    for stream, listing in rows.items():
        assert len(stored(empty, stream)) == len(listing) - waiting[stream], stream
    assert {(each["stream"], each["field"], each["code"]) for each in rejects} >= {
        ("people", "code", "MAP103"),  # without its key
        ("people_links", "name", "MAP107"),  # of a person who was refused: no half a person
        ("goals", "code", "MAP103"),
        ("weekly_progress", "week_end", "MAP101"),
        ("weekly_progress", "goal", "MAP102"),  # of a goal that was refused
    }
    assert None not in [name for (name,) in empty.records("person", "name")]
    # a row that comes again, and is good now, goes in and waits no longer
    spoiled = next(each for each in rejects if each["field"] == "week_end")
    goal = spoiled["row"]["goal_code"]
    missing = Counter(keys_of(rows["weekly_progress"], "weekly_progress"))
    missing -= stored(empty, "weekly_progress")
    day = next(day for code, day in missing if code == goal)
    key = f"{goal}/{format_date(day)}"
    plant.post("/correct", stream="weekly_progress", key=key, changes={"note": "again"})
    assert empty.sync(force=True).streams["weekly_progress"].written == 1
    assert stored(empty, "weekly_progress")[goal, day] == 1


def test_too_many_bad_rows_store_nothing_of_the_batch_and_ask_a_person(empty, plant, said):
    before = sum(empty.contents()[0].values())  # the packs' samples
    plant.switch(bad_rows=0.5)
    assert empty.sync().code == "SYN101"
    counts, marks, put_aside = empty.contents()
    assert (marks, put_aside) == ([], 6)
    assert sum(counts.values()) == before
    assert (empty.shown()["state"], empty.incidents()) == ("lost", ["SYN101"])
    assert_runs_count_their_rows(empty)
    plant.switch(bad_rows=False)
    assert empty.sync().state == "done"
    assert (empty.shown()["state"], empty.incidents(), empty.rejects()) == ("ok", [], [])
    assert_all_is_there(empty, plant)
    assert said() == [f"source {BUSINESS} is lost: SYN101", f"source {BUSINESS} is back"]


# --- mails ------------------------------------------------------------------------------------
MAIL = {"to": ["p005@demo.example"], "subject": "behind plan", "text": "two weeks behind"}


def mailed(house, *keys):
    """Put mails into the outbox, as rules do."""
    with house.wiring.writing(cause="test") as ctx:
        for key in keys:
            outbox.put(
                ctx.uow, key=key, connector="smtp", operation="send_mail",
                guarantee="at_least_once", payload=MAIL, at=ctx.now,
            )  # fmt: skip


def outgoing(house, *columns):
    return house.rows(tables.outbox, *columns)


def due_now(house):
    """Make the next attempt due: its pause passes in real time, which a test does not have."""
    house.write(tables.outbox.update().values(real_next=0))


def received(plant, known):
    return Counter(mail["message_id"] for mail in mails(plant)[known:])


def mail_is_up(plant):
    host, _, port = plant.line["smtp"].rpartition(":")
    try:
        with smtplib.SMTP(host, int(port), timeout=2):
            return True
    except OSError:
        return False


@pytest.mark.parametrize(("switch", "code"), [("smtp_down", "CON104"), ("smtp_refuse", "CON130")])
def test_mails_wait_for_their_server_and_go_out_once(house, plant, said, switch, code):
    known = len(mails(plant))
    courier = Courier(house.wiring, "test")
    mailed(house, "zero")
    assert courier.drain() == 1
    mailed(house, "one", "two")
    plant.switch(**{switch: True})
    until(lambda: switch == "smtp_refuse" or not mail_is_up(plant))
    for attempt, (seconds, incidents) in enumerate(((60, []), (600, []), (1000, [code])), 1):
        house.at(seconds)
        due_now(house)
        assert courier.drain() == 2
        waiting = [("sent", 1), ("pending", attempt), ("pending", attempt)]
        assert outgoing(house, "state", "attempts") == waiting
        shown = house.shown("mail")
        assert (shown["state"], shown["code"], shown["delay_s"]) == ("lost", code, seconds)
        assert house.incidents() == incidents
    assert sum(received(plant, known).values()) == 1
    plant.switch(**{switch: False})
    until(lambda: mail_is_up(plant))
    due_now(house)
    assert courier.drain() == 2
    assert sorted(received(plant, known).values()) == [1, 1, 1]
    assert {row[0] for row in outgoing(house, "state")} == {"sent"}
    assert not any(twice for (twice,) in outgoing(house, "possibly_twice"))
    shown = house.shown("mail")
    assert (shown["state"], shown["delay_s"], house.incidents()) == ("ok", None, [])
    assert said() == [f"source mail is lost: {code}", "source mail is back"]


def test_a_mail_that_may_have_left_goes_again_under_its_old_name(house, plant, said):
    known = len(mails(plant))
    courier = Courier(house.wiring, "test")
    mailed(house, "perhaps")
    plant.switch(smtp_drop_after_data=True)
    assert courier.drain() == 1
    assert outgoing(house, "state", "possibly_twice") == [("pending", True)]
    plant.switch(smtp_drop_after_data=False)
    due_now(house)
    assert courier.drain() == 1
    assert outgoing(house, "state", "possibly_twice") == [("sent", True)]
    assert list(received(plant, known).values()) == [2], "two copies with one Message-ID"
    assert [mail["copy"] for mail in mails(plant)[known:]] == [0, 1]
    assert said() == ["source mail is lost: CON109", "source mail is back"]


HOUR_US = 3_600_000_000


class Slow:
    """A courier whose hours pass as fast as the messages allow."""

    def __init__(self, house):
        self.house, self.now, self.tries = house, real_now(), []
        self.courier = Courier(house.wiring, "test", clock=lambda: self.now)

    def go_on_until(self, hours):
        """Let time pass from one attempt to the next."""
        ends = self.tries[0] + hours * HOUR_US if self.tries else self.now + hours * HOUR_US
        while self.now < ends:
            tried = self.courier.drain()
            self.tries += [self.now] * tried
            due = [
                at for at, state in outgoing(self.house, "real_next", "state") if state == "pending"
            ]
            self.now = min([*due, ends]) if due else ends
        return [(b - a) / HOUR_US for a, b in itertools.pairwise(self.tries)]


def test_mails_survive_a_mail_server_that_is_away_for_a_day(house, plant):
    known = len(mails(plant))
    slow = Slow(house)
    mailed(house, "patient")
    plant.switch(smtp_down=True)
    until(lambda: not mail_is_up(plant))
    pauses = slow.go_on_until(30)
    assert outgoing(house, "state") == [("pending",)]
    assert max(pauses) <= 1.25, "at least hourly, give or take the spread"
    assert pauses[0] < 0.01
    assert len(pauses) < 60, "and not much more often, once it takes long"
    plant.switch(smtp_down=False)
    until(lambda: mail_is_up(plant))
    slow.go_on_until(32)
    assert outgoing(house, "state", "possibly_twice") == [("sent", False)]
    assert list(received(plant, known).values()) == [1]
    assert house.incidents() == []


def test_a_mail_is_given_up_after_two_days_and_an_administrator_sends_it(house, plant):
    known = len(mails(plant))
    slow = Slow(house)
    mailed(house, "late")
    plant.switch(smtp_refuse=True)
    slow.go_on_until(48)
    assert outgoing(house, "state") == [("pending",)]
    assert "RUN702" not in house.incidents()
    slow.go_on_until(100)
    assert outgoing(house, "state", "attempts") == [("dead", outbox.MAX_ATTEMPTS)]
    assert (slow.tries[-1] - slow.tries[0]) / HOUR_US > 48
    plant.switch(smtp_refuse=False)
    with house.wiring.writing() as ctx:
        (incident,) = (i for i in watch.list_incidents(ctx) if i["code"] == "RUN702")
        assert incident["can_retry"]
        watch.retry_incident(ctx, incident["uid"])
    assert slow.courier.drain() == 1
    assert outgoing(house, "state", "possibly_twice") == [("sent", False)]
    assert list(received(plant, known).values()) == [1]
    assert house.incidents() == []


def test_mails_wait_while_a_person_has_to_mend_the_settings(house, plant):
    """Wrong settings ask a person once; what waits goes out when they are right again."""
    known = len(mails(plant))
    courier = Courier(house.wiring, "test")
    with house.wiring.writing(cause="test") as ctx:
        settle(ctx, "mail", {"security": "starttls"})
    mailed(house, "one", "two")
    assert courier.drain() == 2
    assert outgoing(house, "state") == [("pending",), ("pending",)]
    assert house.shown("mail")["state"] == "stopped"
    assert len(house.incidents()) == 1
    with house.wiring.writing(cause="test") as ctx:
        settle(ctx, "mail", {"security": "none"})
    due_now(house)
    assert courier.drain() == 2
    assert sorted(received(plant, known).values()) == [1, 1]
    assert house.incidents() == []


LETTER = {
    "to": "p005@demo.example", "to_name": "Li", "language": "en",
    "template": "performance_core.behind_plan_notice",
    "values": {"subject": {"name": "G"}, "period_label": "W27", "value": "1", "target": "2"},
}  # fmt: skip


def test_a_mail_whose_words_come_late_waits_and_one_whose_words_are_wrong_asks_a_person(
    house, plant
):
    """A machine that has no time for the renderer is no reason to give a mail up."""
    known = len(mails(plant))
    courier = Courier(house.wiring, "test")
    renderer = house.wiring.renderer
    with house.wiring.writing(cause="test") as ctx:
        for key, values in (("late", LETTER["values"]), ("wrong", {})):
            outbox.put(
                ctx.uow, key=key, connector="smtp", operation="send_mail",
                guarantee="at_least_once", payload={**LETTER, "values": values}, at=ctx.now,
            )  # fmt: skip
    assert renderer.render({"a": "{{ b }}"}, {"b": "c"}) == {"a": "c"}
    os.kill(renderer._child.pid, signal.SIGSTOP)
    assert courier.drain() == 2
    assert outgoing(house, "state") == [("pending",), ("dead",)]
    assert house.incidents() == ["RUN702"]
    due_now(house)
    assert courier.drain() == 1
    assert outgoing(house, "state", "possibly_twice") == [("sent", False), ("dead", False)]
    assert list(received(plant, known).values()) == [1]


def test_a_message_promised_once_at_most_asks_a_person_instead(house, plant):
    known = len(mails(plant))
    courier = Courier(house.wiring, "test")
    with house.wiring.writing(cause="test") as ctx:
        outbox.put(
            ctx.uow, key="one", connector="smtp", operation="send_mail",
            guarantee="at_most_once", payload=MAIL, at=ctx.now,
        )  # fmt: skip
    plant.switch(smtp_drop_after_data=True)
    assert courier.drain() == 1
    assert outgoing(house, "state") == [("uncertain",)]
    assert house.incidents() == ["RUN702"]
    due_now(house)
    assert courier.drain() == 0
    assert list(received(plant, known).values()) == [1]


# --- late data --------------------------------------------------------------------------------
BEHIND = "performance_core.behind_plan"
CLOSED = 9_600 + 60  # seconds from the start to the closing of its week, and a minute


def alerts(house, rule=BEHIND):
    """What was said of whom, in the order it was said."""
    code = dict(house.records("performance_core.goal", "id", "code"))
    return [
        (code[subject], state, bool(corrected))
        for subject, state, corrected in house.rows(
            tables.alert, "subject_id", "state", "corrected", rule=rule
        )
    ]


def told(house):
    """How many mails there are, whether they have left or not."""
    return len(outgoing(house, "key"))


def close_weeks(house):
    scheduler.tick(house.wiring)
    house.work()


def test_late_data_judges_its_periods_again_and_fires_late_once(house, plant):
    """The week closes on old numbers; the plant delivers the true ones afterwards."""
    plant.switch(late_data=7 * 86_400)
    reports = {(r["goal_code"], r["week_end"]): r for r in listed(plant, "weekly_progress")}
    good, bad = "G01-0", "G03-0"  # behind in both weeks; behind in none

    def correct(goal, day, progress):
        assert (goal, day) in reports
        plant.post(
            "/correct", stream="weekly_progress", key=f"{goal}/{day}",
            changes={"progress": progress},
        )  # fmt: skip

    correct(good, "2026-06-28", "0.9900")
    correct(bad, "2026-06-21", "0.1000")
    correct(bad, "2026-06-28", "0.1000")
    house.at(CLOSED)
    assert house.sync(force=True).state == "done"
    close_weeks(house)
    first = alerts(house)
    assert (good, "firing", False) in first
    assert bad not in [goal for goal, *_ in first]
    mails_before = told(house)
    assert mails_before >= 2
    plant.switch(late_data=False)
    house.at(CLOSED + 300)
    done = house.sync(force=True)
    assert done.streams["weekly_progress"].written == 3
    house.work()
    second = alerts(house)
    assert (good, "closed", True) in second, "the alert that should not have been is corrected"
    assert second[len(first) :] == [(bad, "firing", False)], "the one that was due comes late"
    assert told(house) - mails_before == 2, "owner and supervisor, once each; nothing is unsent"
    # nothing of this happens again
    house.at(CLOSED + 600)
    assert house.sync(force=True).streams["weekly_progress"].written == 0
    house.work()
    close_weeks(house)
    assert (alerts(house), told(house)) == (second, mails_before + 2)


def test_alarms_that_come_late_make_one_card(house, plant):
    house.sync(QUALITY)
    machine = dict(house.records("quality_red_line.machine", "code", "id"))["CNC-04"]

    def cards():
        return house.rows(tables.task, "state", subject_id=machine)

    plant.switch(late_data=7 * 86_400)
    numbers = {
        plant.post("/raise_alarm", machine="CNC-04")["items"][0]["source_event_id"]
        for _ in range(3)
    }
    house.at(300)
    house.sync(QUALITY)
    assert cards() == []
    plant.switch(late_data=False)
    house.at(600)
    house.sync(QUALITY)
    assert numbers <= set(alarm_numbers(house))
    assert cards() == [("open",)]
    house.at(900)
    house.sync(QUALITY)
    assert cards() == [("open",)]


# --- machines ---------------------------------------------------------------------------------
def alarm_numbers(house):
    return Counter(no for (no,) in house.records("quality_red_line.alarm", "source_event_id"))


def qualities(house):
    return {quality for (quality,) in house.rows(tables.series, "latest_quality")}


@pytest.mark.opcua
def test_machines_that_fall_silent_come_back_without_a_restart(synced, plant, tmp_path, said):
    house = copied(synced, tmp_path, plant, clock=plant.clock)
    try:
        assert house.sync(QUALITY, force=True).state == "done"
        house.collect()

        def state():
            return house.shown(FLOOR)["state"]

        def raised(machine):
            return plant.post("/raise_alarm", machine=machine)["items"][0]["source_event_id"]

        until(lambda: state() == "ok", what="the first connection")
        number = raised("CNC-01")
        until(lambda: number in alarm_numbers(house), what="the alarm")
        until(lambda: qualities(house) == {0}, what="good values")

        plant.switch(opcua_bad_quality=True)
        until(lambda: 0 not in qualities(house), what="bad quality")
        assert state() == "ok", "bad values are kept and marked; the source is not lost"
        plant.switch(opcua_bad_quality=False)
        until(lambda: qualities(house) == {0}, what="good values again")

        raised_away = []
        for switch in ("opcua_freeze", "opcua_drop"):
            plant.switch(**{switch: True})
            until(lambda: state() == "lost", what=f"the loss by {switch}")
            raised_away.append(raised("CNC-02"))
            before = house.shown(FLOOR)["delay_s"]
            until(lambda seen=before: house.shown(FLOOR)["delay_s"] > seen, what="the delay")
            until(house.incidents, what="the incident of a loss longer than the limit")
            plant.switch(**{switch: False})
            until(lambda: state() == "ok", what=f"the return after {switch}")
            until(lambda: house.shown(FLOOR)["delay_s"] <= 5, what="fresh values")
            assert house.incidents() == []
        number = raised("CNC-03")
        until(lambda: number in alarm_numbers(house), what="an alarm after all that")
        # what was raised while nobody listened is in the other system's list: together, once
        assert house.sync(QUALITY, force=True).state == "done"
        found = alarm_numbers(house)
        assert set(raised_away) <= set(found)
        assert set(found.values()) == {1}
        gaps = house.rows(tables.gap, "to_at", source=FLOOR, item="*")
        assert len(gaps) >= 2
        assert None not in [to_at for (to_at,) in gaps], "every gap is declared and closed"
        assert [line.split(":")[0] for line in said() if FLOOR in line] == [
            f"source {FLOOR} is lost", f"source {FLOOR} is back",
        ] * 2  # fmt: skip
    finally:
        house.close()
