"""Random changes of what the metrics of both packs read."""

from dsl.values import parse_date
from runtime import records
from store.query import Query, read
from store.system_scope import SYSTEM
from tests.faults.houses import CORE, RED

GOAL, REPORT, MACHINE = f"{CORE}.goal", f"{CORE}.weekly_report", f"{RED}.machine"
SCALE = 1_000_000


def read_all(ctx, entity, *fields):
    """Every record, in the order of the ids."""
    page = read(
        ctx.uow, SYSTEM, Query(entity, fields), tables=ctx.tables, catalog=ctx.catalog,
        params=ctx.params,
    )  # fmt: skip
    return sorted(page.rows, key=lambda row: row["id"])


class Chaos:
    """Random changes of what the metrics read: records, what they point to, their dates."""

    def __init__(self, rng):
        self.rng = rng
        self.made = {entity: [] for entity in MAKERS}

    def step(self, ctx, number):
        entity = self.rng.choice(sorted(MAKERS))
        mine = self.made[entity]
        kind = self.rng.choice(("insert", "insert", "change", "delete", "move", "far"))
        if kind == "far":
            return self.far(ctx)
        if kind == "insert" or not mine:
            (change,) = records.insert(ctx, entity, [self.row(ctx, entity, number)])
            return mine.append(change.id)
        chosen = self.rng.choice(mine)
        if kind == "delete":
            mine.remove(chosen)
            return records.remove(ctx, entity, chosen)
        row = self.row(ctx, entity, number)
        kept = row if kind == "move" else dict(list(row.items())[-1:])
        return records.update(ctx, entity, chosen, kept)

    def far(self, ctx):
        """Something a record points to: a machine's team, a goal's dates, a person's department."""
        rng = self.rng
        what, field, values = rng.choice(
            (
                (MACHINE, "team", [row["id"] for row in read_all(ctx, "department")]),
                (GOAL, "end", [parse_date("2026-07-01"), parse_date("2026-09-30")]),
                (GOAL, "start", [parse_date("2026-05-04"), parse_date("2026-06-22")]),
                ("person", "department", [row["id"] for row in read_all(ctx, "department")]),
            )
        )
        row = rng.choice(read_all(ctx, what))
        return records.update(ctx, what, row["id"], {field: rng.choice(values)})

    def row(self, ctx, entity, number):
        day = parse_date("2026-05-18") + self.rng.randrange(70)
        return MAKERS[entity](self.rng, lambda name: self.some(ctx, name), day, number)

    def some(self, ctx, entity):
        return self.rng.choice(read_all(ctx, entity))["id"]


DAY = 86_400 * SCALE
MAKERS = {
    f"{RED}.inspection": lambda rng, some, day, number: {
        "record_no": f"R{number}", "machine": some(MACHINE), "due_on": day,
        "due_check": some(f"{RED}.inspection_due"), "source": rng.choice(("sensor", "manual")),
    },
    f"{RED}.review": lambda rng, some, day, number: {
        "review_no": f"R{number}", "machine": some(MACHINE), "reviewed_on": day,
        "passed_share": rng.randrange(SCALE // 100 + 1) * 100,
    },
    f"{RED}.qc_ticket": lambda rng, some, day, number: {
        "ticket_no": f"R{number}", "machine": some(MACHINE),
        "inspected_at": day * DAY + rng.randrange(DAY), "passed": rng.random() < 0.5,
    },
    f"{RED}.rework": lambda rng, some, day, number: {
        "rework_no": f"R{number}", "machine": some(MACHINE),
        "done_at": day * DAY + rng.randrange(DAY), "hours": rng.randrange(100_000) * 100,
    },
    f"{RED}.customer_order": lambda rng, some, day, number: {
        "order_no": f"R{number}", "customer": some(f"{RED}.customer"), "delivered_on": day,
        "complained_on": day + 7, "team": some("department"), "complained": rng.random() < 0.5,
    },
}  # fmt: skip
