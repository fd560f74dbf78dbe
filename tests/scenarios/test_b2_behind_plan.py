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
        received = [mail for mail in demo.mails() if "目标落后" in mail["subject"]]
    assert max(Counter(mail["message_id"] for mail in received).values()) == 1
    sent = Counter(
        (address, mail["subject"])
        for mail in received
        for mail_to in [mail["to"]]
        for address in ([mail_to] if isinstance(mail_to, str) else mail_to)
    )
    assert sum(expected.values()) >= 6
    assert sent == expected


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
    """One mail per receiver of each episode that the backtest finds since the rule is on."""
    alerts = [a for a in client.all("/alerts", state="all") if a["rule"]["name"] == RULE]
    assert len({(a["subject"]["uid"], a["episode"]) for a in alerts}) == len(alerts)
    emails = {
        item["values"]["name"]: item["values"]["email"]
        for item in client.all("/entities/person/records", limit=200)
    }
    labels = sorted(a["period_label"] for a in alerts)
    found = client.post(f"/rules/{RULE}/backtest", {"from": labels[0], "to": labels[-1]})
    episodes = [e for e in found["episodes"] if e["from"] >= labels[0]]
    assert len(episodes) == len(alerts)
    return Counter(
        (emails[name], f"【准绳】目标落后于计划：{episode['display']}")
        for episode in episodes
        for name in episode["receivers"]
    )
