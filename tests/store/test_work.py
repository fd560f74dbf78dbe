"""Jobs, outbox, schedules, incidents: claims that races and crashes cannot double or lose."""

import itertools
import threading

import pytest
from sqlalchemy import select

from store import incidents, jobs, outbox, schedules
from store.db import Database
from store.tables import job

NOW = 1_000_000_000


def put_job(database, key, **settings):
    with database.write() as uow:
        return jobs.put(uow, kind="k", key=key, payload={"n": 1}, at=NOW, **settings)


def claim(database, owner="w", now=NOW, real_now=NOW):
    with database.write() as uow:
        found = jobs.claim(uow, now=now, real_now=real_now, owner=owner)
        if found is not None:
            jobs.done(uow, found, at=now)
        return found


def states(database):
    with database.read() as uow:
        return {row.key: row.state for row in uow.execute(select(job))}


def test_the_same_key_is_one_job_for_ever(database):
    assert put_job(database, "a")
    assert not put_job(database, "a")
    assert claim(database).payload == {"n": 1}
    assert claim(database) is None
    assert not put_job(database, "a")


def test_a_job_waits_for_its_time(database):
    put_job(database, "a", run_at=NOW + 5)
    assert claim(database) is None
    with database.read() as uow:
        assert jobs.oldest_due(uow, now=NOW, real_now=NOW) is None
        assert jobs.oldest_due(uow, now=NOW + 5, real_now=NOW) == NOW + 5
        assert jobs.oldest_due(uow, now=NOW + 5, real_now=NOW, kinds=("x",)) is None
    assert claim(database, now=NOW + 5).key == "a"


def test_older_jobs_come_first(database):
    put_job(database, "b", run_at=NOW - 1)
    put_job(database, "a", run_at=NOW - 2)
    assert [claim(database).key, claim(database).key] == ["a", "b"]


def test_a_rolled_back_claim_is_claimed_again(database):
    put_job(database, "a")

    def crash(uow):
        assert jobs.claim(uow, now=NOW, real_now=NOW, owner="w") is not None
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.attempt(crash)
    assert claim(database).attempts == 1


def test_failures_are_put_off_longer_and_longer_and_end(database):
    put_job(database, "a")
    now, pauses = NOW, []
    while True:
        with database.write() as uow:
            found = jobs.claim(uow, now=NOW, real_now=now, owner="w")
            uow.roll_back()
        with database.write() as uow:
            outcome = jobs.fail(uow, found, error="no", real_now=now)
        if outcome == "dead":
            break
        pauses.append(jobs.pause_us(found.attempts, found.id))
        assert claim(database, real_now=now + pauses[-1] - 1) is None
        now += pauses[-1]
    assert len(pauses) == 7
    assert all(a < b for a, b in itertools.pairwise(pauses))
    assert states(database) == {"a": "dead"}
    with database.write() as uow:
        assert jobs.retry(uow, "a")
    assert claim(database).attempts == 1


def lease_job(database, real_now=NOW, lease_us=100):
    with database.write() as uow:
        return jobs.claim(uow, now=NOW, real_now=real_now, owner="w", lease_us=lease_us)


def test_a_job_whose_process_dies_is_counted_and_given_up(database):
    put_job(database, "poison")
    now, given_up = NOW, []
    for attempt in range(1, 9):
        leased = lease_job(database, real_now=now)
        assert leased.attempts == attempt
        assert lease_job(database, real_now=now) is None
        with database.write() as uow:
            assert not jobs.any_lapsed(uow, real_now=now + 99)
            assert jobs.lapse(uow, real_now=now + 99) == []
            assert jobs.any_lapsed(uow, real_now=now + 100)
            given_up = jobs.lapse(uow, real_now=now + 100)
        pause = 0 if attempt == 1 else jobs.pause_us(attempt - 1, leased.id)
        assert pause == 0 or lease_job(database, real_now=now + 100 + pause - 1) is None
        now += 100 + pause
    assert [(each.key, each.attempts) for each in given_up] == [("poison", 8)]
    assert states(database) == {"poison": "dead"}


def test_a_lease_that_was_taken_back_can_not_be_held(database):
    put_job(database, "a")
    first = lease_job(database)
    with database.write() as uow:
        assert jobs.lapse(uow, real_now=NOW + 100) == []
    second = lease_job(database, real_now=NOW + 100)
    with database.write() as uow:
        assert not jobs.hold(uow, first)
        assert jobs.hold(uow, second)
        assert not jobs.done(uow, first, at=NOW)
        assert jobs.done(uow, second, at=NOW)


def test_a_job_that_runs_is_not_taken_back(postgresql_url):
    """Its row is locked as long as it runs, however long ago the lease ended."""
    database = Database.open(postgresql_url)
    put_job(database, "a")
    leased = lease_job(database)
    with database.write() as uow:
        assert jobs.hold(uow, leased)
        with database.write() as other:
            assert jobs.lapse(other, real_now=NOW + 10**12) == []
        assert jobs.done(uow, leased, at=NOW)
    database.close()


def test_a_process_that_is_alone_ends_the_leases_of_others(database):
    put_job(database, "a")
    lease_job(database, lease_us=10**12)
    with database.write() as uow:
        assert jobs.end_leases(uow, real_now=NOW + 1) == 1
        assert jobs.lapse(uow, real_now=NOW + 1) == []
    assert lease_job(database, real_now=NOW + 1).attempts == 2


def test_waiting_jobs_merge_and_done_ones_are_forgotten(database):
    assert put_job(database, "m", merge=True)
    assert not put_job(database, "m", merge=True)
    assert claim(database).key.startswith("m~")
    assert states(database) == {}
    assert put_job(database, "m", merge=True)


def test_a_job_asked_for_while_it_runs_runs_again(postgresql_url):
    database = Database.open(postgresql_url)
    put_job(database, "m", merge=True)
    with database.write() as uow:
        running = jobs.claim(uow, now=NOW, real_now=NOW, owner="w")
        asked = threading.Thread(target=put_job, args=(database, "m"), kwargs={"merge": True})
        asked.start()
        asked.join(timeout=10)
        assert not asked.is_alive(), "asking waits for the worker"
        jobs.done(uow, running, at=NOW)
    assert claim(database) is not None
    assert claim(database) is None
    database.close()


def test_many_workers_do_every_job_once(database):
    with database.write() as uow:
        for n in range(60):
            jobs.put(uow, kind="k", key=f"j{n}", payload={}, at=NOW)
    barrier, taken, lock = threading.Barrier(4), [], threading.Lock()

    def work(owner):
        barrier.wait()
        while (found := claim(database, owner)) is not None:
            with lock:
                taken.append(found.key)

    threads = [threading.Thread(target=work, args=(str(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = claim(database)
    while left is not None:  # skipped while another held it
        taken.append(left.key)
        left = claim(database)
    assert sorted(taken) == sorted(f"j{n}" for n in range(60))


# --- outbox -------------------------------------------------------------------------------
def put_message(database, key="m", guarantee="at_least_once"):
    with database.write() as uow:
        return outbox.put(
            uow, key=key, connector="smtp", operation="send_mail",
            guarantee=guarantee, payload={"to": "li"}, at=NOW,
        )  # fmt: skip


def lease(database, owner="w", real_now=NOW):
    with database.write() as uow:
        outbox.lapse(uow, real_now=real_now)
        return outbox.claim(uow, owner=owner, real_now=real_now, lease_us=100)


def test_a_message_is_leased_sent_and_over(database):
    assert put_message(database)
    assert not put_message(database)
    message = lease(database)
    assert (message.payload, message.possibly_twice) == ({"to": "li"}, False)
    assert lease(database) is None
    with database.write() as uow:
        assert outbox.sent(uow, message, response={"id": "x"}, at=NOW)
        assert not outbox.sent(uow, message, response={}, at=NOW)
        assert not outbox.any_due(uow, real_now=NOW + 10**12)
        assert outbox.states(uow) == {"sent": 1}


def test_many_messages_are_put_once_each(database):
    def put(uow, payloads):
        outbox.put_all(uow, payloads, connector="smtp", operation="send_mail", at=NOW)

    with database.write() as uow:
        put(uow, {})
        put(uow, {f"m{n:02}": {"to": f'"{n}"', "text": None} for n in range(60)})
        put(uow, {"m01": {"to": "somebody else"}, "n": {"to": "li"}})
        assert outbox.states(uow) == {"pending": 61}
    leased = [lease(database) for _ in range(61)]
    payloads = {message.key: message.payload for message in leased}
    assert payloads["m01"] == {"to": '"1"', "text": None}
    assert payloads["n"] == {"to": "li"}
    assert {(m.guarantee, m.possibly_twice) for m in leased} == {("at_least_once", False)}


def test_a_lease_that_ran_out_is_sent_again_and_says_so(database):
    put_message(database)
    first = lease(database)
    second = lease(database, "v", real_now=NOW + 100)
    assert second.possibly_twice
    with database.write() as uow:
        assert not outbox.renew(uow, first, real_now=NOW + 101, lease_us=100)
        assert not outbox.sent(uow, first, response={}, at=NOW)
        assert outbox.failed(uow, first, error="late", real_now=NOW) == "lost"
        assert outbox.sent(uow, second, response={}, at=NOW)


def test_a_heartbeat_keeps_the_lease(database):
    put_message(database)
    message = lease(database)
    with database.write() as uow:
        assert outbox.renew(uow, message, real_now=NOW + 99, lease_us=100)
    assert lease(database, real_now=NOW + 150) is None


def test_at_most_once_becomes_uncertain_and_a_person_decides(database):
    put_message(database, guarantee="at_most_once")
    lease(database)
    assert lease(database, real_now=NOW + 100) is None
    with database.read() as uow:
        assert [each.key for each in outbox.uncertain(uow)] == ["m"]
    with database.write() as uow:
        assert outbox.retry(uow, "m")
    assert lease(database, real_now=NOW + 101).possibly_twice


def test_failed_messages_come_back_until_they_are_dead(database):
    put_message(database)
    now, outcome = NOW, ""
    for _ in range(outbox.MAX_ATTEMPTS):
        message = lease(database, real_now=now)
        with database.write() as uow:
            outcome = outbox.failed(uow, message, error="no", real_now=now)
        now += 2 * 3_600_000_000
    assert outcome == "dead"
    put_message(database, "final")
    message = lease(database, real_now=now)
    with database.write() as uow:
        assert outbox.failed(uow, message, error="no", real_now=now, final=True) == "dead"


def test_two_couriers_never_hold_one_message(database):
    for n in range(20):
        put_message(database, f"m{n}")
    barrier, held, lock = threading.Barrier(2), [], threading.Lock()

    def work(owner):
        barrier.wait()
        for _ in range(20):
            message = lease(database, owner)
            if message is not None:
                with lock:
                    held.append(message.key)

    threads = [threading.Thread(target=work, args=(n,)) for n in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(held) == len(set(held))


def test_a_message_that_takes_its_courier_down_comes_later_and_later_and_ends(database):
    put_message(database)
    now, waits = NOW, []
    for attempt in range(1, outbox.MAX_ATTEMPTS + 1):
        message = lease(database, real_now=now)
        assert message.attempts == attempt
        ends = now + 100
        with database.write() as uow:
            assert outbox.any_lapsed(uow, real_now=ends) == (attempt > 1)
            aside = outbox.lapse(uow, real_now=ends)
        if attempt == outbox.MAX_ATTEMPTS:
            break
        wait = 0 if attempt == 1 else jobs.pause_us(attempt - 1, message.id)
        assert (wait == 0) or lease(database, real_now=ends + wait - 1) is None
        waits.append(wait)
        now = ends + wait
    assert [each.key for each in aside] == ["m"]
    with database.write() as uow:
        assert outbox.states(uow) == {"dead": 1}
        assert outbox.retry(uow, "m")
    assert lease(database, real_now=now).possibly_twice


# --- schedules, incidents -----------------------------------------------------------------
def test_an_occurrence_fires_once(database):
    with database.write() as uow:
        settings = {"kind": "sync", "spec": {"every_s": 5}, "policy": "last"}
        schedules.put(uow, key="s", next_fire=NOW, **settings)
        assert schedules.any_due(uow, now=NOW)
        (due,) = schedules.claim_due(uow, now=NOW)
        assert schedules.record_fire(uow, due.id, "t1", at=NOW)
        assert not schedules.record_fire(uow, due.id, "t1", at=NOW)
        schedules.move(uow, due.id, next_fire=NOW + 5)
        assert schedules.claim_due(uow, now=NOW) == []
        schedules.put(uow, key="s", next_fire=NOW, **settings)  # as it is: the time stays
        assert schedules.list_all(uow)[0].next_fire == NOW + 5
        changed = {**settings, "spec": {"every_s": 6}}
        schedules.put(uow, key="s", next_fire=NOW + 6, **changed)
        assert schedules.list_all(uow)[0].next_fire == NOW + 6
        schedules.disable(uow, "s")
        assert not schedules.any_due(uow, now=NOW + 100)


def test_one_incident_per_thing_is_open(database):
    def happen(uow, at):
        return incidents.open_incident(
            uow, uid=f"i{at}", kind="job", key="job:a", code="RUN701", args={"n": "1"}, at=at
        )

    with database.write() as uow:
        assert happen(uow, 1)
        assert not happen(uow, 2)
        (found,) = incidents.list_open(uow)
        assert (found.count, found.opened_at, found.last_at) == (2, 1, 2)
        assert incidents.close(uow, "job:a", at=3)
        assert not incidents.close(uow, "job:a", at=3)
        assert incidents.list_open(uow) == []
        assert happen(uow, 4)
        assert incidents.get(uow, "i1").count == 1
