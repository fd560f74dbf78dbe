"""Make up organisations, roles and records: circles, several departments, transfers, leavers."""

from dsl.values import parse_date

TODAY = parse_date("2026-03-02")
SCOPES = ("own", "subordinates", "department", "subtree", "all", "formula")
FORMULAS = ("level >= 5", "owner.department.code = 'd3'", "owner.manager.code = 'p4'")
FIELDS = {
    "case": ("name", "owner", "level", "pay", "phone", "doubled"),
    "visit": ("name", "case", "phone", "case_pay"),
    "machine": ("name", "owner", "team", "level", "phone"),
    "person": ("name", "code", "email"),
}
WRITABLE = {"case": ("name", "level", "pay", "phone"), "machine": ("name", "level", "phone")}
ACTIONS = ("read", "create", "update", "delete")


def make(chance, *, persons=14, departments=8, assignments=24, roles=12, records=14):
    """One made-up world. `chance` is a seeded random source."""

    def some(share, value):
        return value if chance.random() < share else None

    def anybody():
        return chance.randint(1, persons)

    facts = {
        "department": {
            number: {
                "parent": some(0.8, chance.randint(1, departments)),
                "gone": chance.random() < 0.1,
            }
            for number in range(1, departments + 1)
        },
        "person": {
            number: {
                "id": number,
                "name": f"P{number}",
                "code": f"p{number}",
                "email": some(0.7, f"p{number}@example.com"),
                "department": some(0.8, chance.randint(1, departments)),
                "manager": some(0.7, anybody()),
                "active": some(0.5, chance.random() < 0.7),
                "gone": number > 4 and chance.random() < 0.1,
            }
            for number in range(1, persons + 1)
        },
        "assignment": {},
    }
    for number in range(1, assignments + 1):
        begin = some(0.8, TODAY + chance.choice([-30, -2, -1, 0, 1, 1, 2]))
        facts["assignment"][number] = {
            "person": anybody(),
            "department": chance.randint(1, departments),
            "manager": some(0.7, anybody()),
            "from": begin,
            "to": some(0.5, (begin or TODAY) + chance.choice([0, 0, 1, 3])),
            "main": some(0.7, True),
            "gone": chance.random() < 0.15,
        }
    facts["role"] = {number: [] for number in range(1, roles + 1)}
    for grants in facts["role"].values():
        for _ in range(chance.randint(1, 4)):
            add_grant(chance, grants)
    facts["case"] = {
        number: {
            "id": number,
            "name": f"c{number}",
            "owner": some(0.9, anybody()),
            "level": some(0.9, chance.randint(1, 9)),
            "pay": some(0.9, chance.randint(1, 99)),
            "phone": some(0.8, f"1380000{number:04}"),
        }
        for number in range(1, records + 1)
    }
    facts["visit"] = {
        number: {
            "id": number,
            "name": f"v{number}",
            "case": some(0.9, chance.randint(1, records)),
            "phone": some(0.8, f"1390000{number:04}"),
        }
        for number in range(1, records + 1)
    }
    facts["machine"] = {
        number: {
            "id": number,
            "name": f"m{number}",
            "owner": some(0.9, anybody()),
            "team": some(0.9, chance.randint(1, departments)),
            "level": some(0.9, chance.randint(1, 9)),
            "phone": some(0.8, f"1370000{number:04}"),
        }
        for number in range(1, records + 1)
    }
    facts["actor"] = [
        {"person": number, "roles": chance.sample(sorted(facts["role"]), chance.randint(1, 3))}
        for number, person in facts["person"].items()
        if not person["gone"]
    ]
    return facts


def add_grant(chance, grants):
    """One more grant; an entity and its rows stand in a role once."""
    entity = chance.choice(["case", "case", "visit", "machine", "person"])
    choices = SCOPES if entity in ("case", "machine") else SCOPES[:-1]
    rows = chance.choice(choices)
    if any(each["entity"] == entity and each["rows"] == rows for each in grants):
        return
    wanted = ["read", *(action for action in ACTIONS[1:] if chance.random() < 0.5)]
    if chance.random() < 0.1:
        wanted = wanted[1:] or ["read"]

    def fields(share):
        return [key for key in FIELDS[entity] if key != "name" and chance.random() < share]

    grants.append(
        {
            "entity": entity,
            "actions": wanted,
            "rows": rows,
            "formula": chance.choice(FORMULAS) if rows == "formula" else None,
            "hidden_fields": fields(0.12),
            "masked_fields": fields(0.12),
            "read_only_fields": fields(0.15),
        }
    )


def documents(facts):
    """The definitions: three entities and the made-up roles."""
    yield {"kind": "pack", "key": "o", "version": "1.0.0"}
    yield {
        "kind": "entity", "key": "case", "display": "name",
        "access": {"owner": "owner", "department": "owner.department"},
        "fields": [
            {"key": "name", "type": "text", "required": True}, {"key": "owner", "type": "person"},
            {"key": "level", "type": "integer"}, {"key": "pay", "type": "integer"},
            {"key": "phone", "type": "text"},
            {"key": "doubled", "type": "formula", "formula": "pay * 2"},
        ],
    }  # fmt: skip
    yield {
        "kind": "entity", "key": "visit", "display": "name",
        "access": {"owner": "case.owner", "department": "case.owner.department"},
        "fields": [
            {"key": "name", "type": "text", "required": True},
            {"key": "case", "type": "reference", "entity": "case"},
            {"key": "phone", "type": "text"},
            {"key": "case_pay", "type": "formula", "formula": "case.pay"},
        ],
    }  # fmt: skip
    yield {
        "kind": "entity", "key": "machine", "display": "name",
        "access": {"owner": "owner", "department": "team"},
        "fields": [
            {"key": "name", "type": "text", "required": True}, {"key": "owner", "type": "person"},
            {"key": "team", "type": "department"}, {"key": "level", "type": "integer"},
            {"key": "phone", "type": "text"},
        ],
    }  # fmt: skip
    for number, grants in facts["role"].items():
        told = [{key: value for key, value in grant.items() if value} for grant in grants]
        yield {"kind": "role", "key": f"r{number}", "grants": told}
