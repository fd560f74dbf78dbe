"""What the tests find in the demo: people of each team, cards, a number with its passport."""

import os
import re
import time
from contextlib import suppress
from functools import cached_property

from tests.scenarios.conftest import Client, until

PACK = "quality_red_line"
RULE = f"{PACK}.dim_alarm_x3"
CREDIBILITY = f"{PACK}.inspection_credibility"
RESPONSE = f"{PACK}.quality_response_hours"
LEADER = ("performance_core.leader", f"{PACK}.shift_leader")
PASSWORD = "lathe-and-plumb-42"
CHINESE = re.compile(r"[㐀-鿿]")
ROWS = 200
ROUNDS = 3
EXACT = "0.932"
TEAMS = 4


class Stage:
    """The demo with people who sign in and something for them to do."""

    def __init__(self, demo):
        self.demo = demo
        self.clients = {}
        self.made = set()
        self.admin = demo.as_("admin")
        until(self._floor_is_watched, timeout_s=60)

    def _floor_is_watched(self):
        return any(
            source["name"] == f"{PACK}.machine_floor" and source["state"] == "ok"
            for source in self.admin.get("/sources")["items"]
        )

    # --- people ---------------------------------------------------------------------------
    def account(self, login, *, language, roles, person=None):
        """Somebody with an account of their own, made when first asked for."""
        login = f"{login}-{os.getpid()}"
        if login not in self.made:
            body = {"login": login, "password": PASSWORD, "roles": list(roles)}
            body |= {"language": language} | ({"person": person} if person else {})
            self.admin.post("/accounts", body)
            self.made.add(login)
        return login

    def as_(self, login):
        """The session of somebody made here, opened once."""
        if login not in self.clients:
            self.clients[login] = Client(self.demo.ready["url"], login, PASSWORD)
        return self.clients[login]

    def administrator(self, language, *, of=""):
        return self.account(f"admin-{language}{of}", language=language, roles=["admin"])

    def leader_of(self, machine, language, *, of=""):
        """The login of the shift leader of a machine; `of` a test that changes the account."""
        leader = self.machine(machine)["values"]["leader"]
        code = self.admin.get(f"/entities/person/records/{leader}")["values"]["code"]
        login = f"{code}-{language}{of}".lower()
        return self.account(login, language=language, roles=LEADER, person=code)

    def machine(self, code):
        return self.admin.get(f"/entities/{PACK}.machine/records", filter=f"code = '{code}'")[
            "items"
        ][0]

    # --- things to do ---------------------------------------------------------------------
    def card_for(self, machine):
        """The open card of a machine: three alarms in a row give one, if the plant has not yet."""
        for _ in range(ROUNDS):
            if found := self._open_card(machine):
                return found
            for _ in range(3):
                self.demo.raise_alarm(machine)
                time.sleep(0.3)
            with suppress(AssertionError):  # a good part in between breaks the row: once more
                return until(lambda: self._open_card(machine), timeout_s=10)
        raise AssertionError(f"no card for {machine}")

    def _open_card(self, machine):
        uids = [each["uid"] for each in self.cards() if each["values"]["state"] == "open"]
        details = (self.task(uid) for uid in uids)
        return next((task for task in details if task["subject"]["display"] == machine), None)

    def cards(self):
        return self.admin.all("/entities/sys.task/records", filter=f"rule = '{RULE}'")

    def task(self, uid):
        return self.admin.get(f"/tasks/{uid}")

    def alert(self, uid):
        return self.admin.get(f"/alerts/{uid}")

    @cached_property
    def open_card(self):
        """A card nobody fills in, for the screens; its leader has it in the list."""
        return self.card_for("CNC-12")

    # --- numbers --------------------------------------------------------------------------
    @cached_property
    def credibility(self):
        """The numbers of the month whose counts are known exactly; first that of the known team."""
        month = self.demo.ready["plant"]["script"]["exact_month"]

        def found():
            items = self.admin.all(f"/metrics/{CREDIBILITY}/measurements")
            ours = [i for i in items if i["period_label"] == month and i["value"] is not None]
            return sorted(ours, key=lambda i: i["value"] != EXACT)

        numbers = until(lambda: [each for each in [found()] if len(each) >= TEAMS], timeout_s=60)
        return numbers[0]

    def measured_responses(self):
        """How many answers the response metric has counted so far, over all its subjects."""
        items = self.admin.all(f"/metrics/{RESPONSE}/measurements")
        return sum(item["n"] or 0 for item in items if item["value"] is not None)

    # --- words ----------------------------------------------------------------------------
    @cached_property
    def words_of_data(self):
        """Chinese texts that are data: names of people, products, goals; longest first."""
        found = set()
        for entity in self.admin.get("/entities")["items"]:
            if not entity["can"]["read"]:
                continue
            page = self.admin.get(f"/entities/{entity['name']}/records", limit=ROWS)
            for record in page["items"]:
                collect(found, [record["values"], record["display_values"], record["display"]])
        return sorted(found, key=len, reverse=True)


def collect(found, value):
    """Add every text with Chinese in it, however deep."""
    if isinstance(value, str):
        if CHINESE.search(value):
            found.add(value)
    elif isinstance(value, dict):
        for each in value.values():
            collect(found, each)
    elif isinstance(value, list):
        for each in value:
            collect(found, each)
