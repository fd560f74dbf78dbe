"""What people may see and do, worked out the slow way: loops over plain dicts, no code of ours.

`facts` is what the generator made up: persons, departments, assignments, roles and records with
small integers as ids. A day is a number.
"""

MASK = "***"
NARROWER = {
    ("own", "own"), ("own", "subordinates"), ("own", "all"),
    ("subordinates", "subordinates"), ("subordinates", "all"),
    ("department", "department"), ("department", "subtree"), ("department", "all"),
    ("subtree", "subtree"), ("subtree", "all"),
    ("all", "all"), ("formula", "all"),
}  # fmt: skip


class Model:
    def __init__(self, facts, day):
        self.facts = facts
        self.day = day

    # --- the organisation of the day ----------------------------------------------------------
    def begun(self, item):
        return item["from"] is None or item["from"] <= self.day

    def counts(self, item):
        return self.begun(item) and (item["to"] is None or self.day <= item["to"])

    def assignments(self, person):
        for item in self.facts["assignment"].values():
            if item["person"] == person and not item["gone"]:
                yield item

    def governed(self, person):
        return any(item["main"] and self.begun(item) for item in self.assignments(person))

    def places(self, person, key):
        """Every department (or manager) a person has today."""
        found = []
        if self.facts["person"][person]["gone"]:
            return found
        if not self.governed(person):
            found.append(self.facts["person"][person][key])
        found += [item[key] for item in self.assignments(person) if self.counts(item)]
        return [each for each in found if each is not None]

    def the_place(self, person, key):
        """The one department (or manager) formulas read."""
        if not self.governed(person):
            return self.facts["person"][person][key]
        best = None
        for number, item in self.facts["assignment"].items():
            if item["person"] != person or item["gone"] or not item["main"]:
                continue
            if not self.counts(item):
                continue
            rank = (item["from"] if item["from"] is not None else -(10**12), number)
            if best is None or rank > best[0]:
                best = (rank, item[key])
        return None if best is None else best[1]

    def below(self, boss):
        """Everybody under a person: grow until nothing is added."""
        team = {boss}
        while True:
            more = set()
            for person in self.facts["person"]:
                for manager in self.places(person, "manager"):
                    if manager in team and person not in team:
                        more.add(person)
            if not more:
                return team
            team |= more

    def under(self, tops):
        tree = set(tops)
        while True:
            more = set()
            for number, item in self.facts["department"].items():
                if item["parent"] in tree and number not in tree and not item["gone"]:
                    more.add(number)
            if not more:
                return tree
            tree |= more

    # --- rows -----------------------------------------------------------------------------------
    def owner(self, entity, row):
        if entity == "person":
            return row["id"]
        if entity == "visit":
            case = self.facts["case"].get(row["case"])
            return None if case is None else case["owner"]
        return row["owner"]

    def teams(self, entity, row):
        if entity == "machine":
            return [] if row["team"] is None else [row["team"]]
        owner = self.owner(entity, row)
        return [] if owner is None else self.places(owner, "department")

    def holds(self, formula, row):
        """What the formulas of row scopes mean."""
        if formula == "level >= 5":
            return row["level"] is not None and row["level"] >= 5
        if row["owner"] is None:
            return False
        if formula == "owner.department.code = 'd3'":
            return self.the_place(row["owner"], "department") == 3
        if formula == "owner.manager.code = 'p4'":
            return self.the_place(row["owner"], "manager") == 4
        raise AssertionError(formula)

    def grants(self, actor, entity, action):
        found = []
        for role in actor["roles"]:
            for grant in self.facts["role"][role]:
                if grant["entity"] == entity and action in grant["actions"]:
                    found += [grant]
        return found

    def within(self, actor, grant, entity, row):
        me = actor["person"]
        rows = grant["rows"]
        if rows == "all":
            return True
        if rows == "own":
            return self.owner(entity, row) == me
        if rows == "subordinates":
            return self.owner(entity, row) in self.below(me)
        if rows == "department":
            mine = self.places(me, "department")
            return any(team in mine for team in self.teams(entity, row))
        if rows == "subtree":
            mine = self.under(self.places(me, "department"))
            return any(team in mine for team in self.teams(entity, row))
        return self.holds(grant["formula"], row)

    def reaches(self, actor, entity, row, action):
        for grant in self.grants(actor, entity, action):
            if self.within(actor, grant, entity, row):
                return True
        return False

    # --- fields ---------------------------------------------------------------------------------
    def barred(self, grants, key, *lists):
        """Some row could be reached only through a grant that bars the field."""
        allow, bar = [], []
        for grant in grants:
            (bar if any(key in grant[name] for name in lists) else allow).append(grant)
        for narrow in bar:
            covered = False
            for wide in allow:
                if (narrow["rows"], wide["rows"]) in NARROWER:
                    covered = True
                if narrow["rows"] == "formula" and wide["rows"] == "formula":
                    covered = covered or narrow["formula"] == wide["formula"]
            if not covered:
                return True
        return False

    def sight(self, actor, entity, key):
        """How a field is seen: "shown", "masked" or "hidden"."""
        grants = self.grants(actor, entity, "read")
        if self.barred(grants, key, "hidden_fields"):
            return "hidden"
        if self.barred(grants, key, "hidden_fields", "masked_fields"):
            return "masked"
        return "shown"

    def value(self, actor, entity, row, key):
        """What a list shows of one field: ("shown", value), ("masked", MASK) or ("hidden", None)."""
        how = self.sight(actor, entity, key)
        if how == "masked":
            return how, MASK
        if how == "hidden":
            return how, None
        if key == "doubled":
            if self.sight(actor, entity, "pay") != "shown":
                return "hidden", None
            return how, None if row["pay"] is None else row["pay"] * 2
        if key == "case_pay":
            if self.sight(actor, entity, "case") != "shown":
                return "hidden", None
            if self.sight(actor, "case", "pay") != "shown":
                return "hidden", None
            case = self.facts["case"].get(row["case"])
            if case is None or not self.reaches(actor, "case", case, "read"):
                return how, None
            return how, case["pay"]
        return how, row[key]

    def granted(self, actor, entity, key, action):
        """Whether the grants of an action alone leave the field open."""
        grants = self.grants(actor, entity, action)
        if self.barred(grants, key, "hidden_fields", "masked_fields"):
            return False
        return not self.barred(grants, key, "read_only_fields")

    def may_set(self, actor, entity, key, action):
        if not self.granted(actor, entity, key, action):
            return False
        return action != "update" or self.sight(actor, entity, key) == "shown"

    def writes_blindly(self, actor, entity, key):
        """What could be changed if only the right to change were asked."""
        granted = self.granted(actor, entity, key, "update")
        return granted and self.sight(actor, entity, key) != "shown"

    def may_update(self, actor, entity, row, change):
        """Whether the change of one field goes through."""
        if not self.reaches(actor, entity, row, "read"):
            return False
        if not self.reaches(actor, entity, row, "update"):
            return False
        if not all(self.may_set(actor, entity, key, "update") for key in change):
            return False
        return self.reaches(actor, entity, {**row, **change}, "update")

    def may_delete(self, actor, entity, row):
        reached = self.reaches(actor, entity, row, "read")
        return reached and self.reaches(actor, entity, row, "delete")

    def may_create(self, actor, entity, row, keys):
        if not self.reaches(actor, entity, row, "create"):
            return False
        return all(self.may_set(actor, entity, key, "create") for key in keys)
