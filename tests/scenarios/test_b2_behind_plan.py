"""B2: two weeks behind plan mail owner and manager once per episode, also across an outage."""

import time
from collections import Counter

import pytest

from tests.scenarios.conftest import running, until

RULE = "performance_core.behind_plan"
SPEED = 60_480  # a week takes ten seconds


@pytest.mark.timeout(420)
def test_one_mail_each_per_episode_and_nothing_lost_or_doubled_over_a_fortnight(tmp_path):
    with running(tmp_path, speed=SPEED) as demo:
        admin = demo.as_("admin")
        first = week(admin)
        until(lambda: len(demo.mails()) >= 4, timeout_s=120, every_s=1)
        closed = until(lambda: closed_alerts(admin), timeout_s=120, every_s=1)
        assert closed, "no episode was closed by recovery"

        stopped_in = week(admin)
        assert demo.stop() == 0
        time.sleep(2 * 10 + 3)  # more than a fortnight of the plant
        demo.start()
        admin = demo.as_("admin")
        assert week(admin) >= stopped_in + 2
        resumed = week(admin)
        until(lambda: week(admin) > resumed + 2, timeout_s=60)
        quiet(admin, demo)
        assert demo.stop() == 0  # the clock of the plant goes on: look at a state that stands
        demo.start()
        admin = demo.as_("admin")
        expected = expected_mails(admin, first)
        received = demo.mails()
    assert max(Counter(mail["message_id"] for mail in received).values()) == 1
    assert len(expected) >= 6
    missing = expected - {
        mail["to"][0] if isinstance(mail["to"], list) else mail["to"] for mail in received
    }
    assert not missing


def week(client):
    from datetime import datetime

    now = datetime.fromisoformat(client.get("/me/summary")["now"])
    return int(now.timestamp()) // 86_400 // 7


def closed_alerts(client):
    found = client.all("/alerts", state="all")
    return [a for a in found if a["rule"]["name"] == RULE and a["state"] == "closed"]


def quiet(client, demo):
    """Wait until the number of mails stands still for a moment."""
    seen = -1

    def same():
        nonlocal seen
        before, seen = seen, len(demo.mails())
        return before == seen

    until(same, timeout_s=30, every_s=1.5)


def expected_mails(client, first):
    alerts = [a for a in client.all("/alerts", state="all") if a["rule"]["name"] == RULE]
    assert len({(a["subject"]["uid"], a["episode"]) for a in alerts}) == len(alerts)
    return {alert["uid"] for alert in alerts}
