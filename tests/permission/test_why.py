"""The explanation of a right agrees with the right, names the way, and tells nobody else's."""

import random

import pytest

from runtime import records, why
from runtime.clock import FixedClock
from runtime.context import SYSTEM_ACTOR
from runtime.errors import NotAllowed, NotFound
from tests.permission.facts import FIELDS, TODAY, make
from tests.permission.model import Model
from tests.permission.product import Product, full
from tests.runtime.conftest import MONDAY


@pytest.fixture(params=["sqlite", "postgresql"])
def known(request, tmp_path):
    """A made-up world whose accounts exist."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    facts = make(random.Random(11), persons=10, records=8)
    product = Product(tmp_path / "w", url, facts)
    product.wiring.clock = FixedClock(MONDAY)
    yield product, facts
    product.close()


def test_the_explanation_of_each_right_is_the_right(known):
    product, facts = known
    model, asked, ways = Model(facts, TODAY), 0, 0
    with product.wiring.reading() as ctx:
        labels = {name: dict(role.label) for name, role in ctx.catalog.roles.items()}
    for actor in facts["actor"]:
        for entity, keys in FIELDS.items():
            here = [n for n, row in facts[entity].items() if not row.get("gone")]
            for n in here[:5]:
                told = explained(product, actor, entity, n)
                ways += agree_on_rows(model, actor, entity, facts[entity][n], told)
                asked += 3
            granted = model.grants(actor, entity, "read")
            fields = {each["key"]: each for each in told["fields"]}
            for key in keys:
                sight = model.sight(actor, entity, key) if granted else "hidden"
                assert fields[key]["sees"] == sight
                barred = fields[key]["barred_by"]
                assert bool(barred) >= (sight != "shown" and bool(granted))
                for each in barred:  # what a person reads, with the id beside it
                    assert each["label"] == labels[each["role"]]
                asked += 1
    assert asked > 600
    assert ways > 20


def explained(product, actor, entity, n):
    with product.wiring.reading(SYSTEM_ACTOR) as ctx:
        uid, person = product.uids[entity][n], product.actor(actor)
        return why.explain_record(ctx, full(entity), uid, actor=person)


def agree_on_rows(model, actor, entity, row, told):
    """How many grants reach the record by a way through the organisation."""
    ways = 0
    for action in ("read", "update", "delete"):
        right = model.reaches(actor, entity, row, action)
        assert told["actions"][action]["allowed"] == right, (actor, entity, row, action)
        for grant in told["actions"][action]["grants"]:
            anchored = grant["rows"] not in ("all", "formula")
            assert bool(grant["path"]) == (anchored and grant["reaches"])
            ways += bool(grant["path"])
    return ways


def test_the_way_is_named_from_boss_to_owner(either_world):
    world = either_world
    with world.writing() as ctx:
        records.update(ctx, "person", world.ids["zhao"], {"manager": world.ids["li"]})
        (goal,) = records.insert(ctx, "shop.goal", [{"name": "g", "owner": world.ids["zhao"]}])
    with world.reading(world.actor("wang", "boss")) as ctx:
        told = why.explain_access(ctx, "shop.goal", goal.uid)
        (grant,) = told["actions"]["read"]["grants"]
        assert grant["path"] == ["王", "李", "赵"]
        assert (grant["role"], grant["rows"], grant["reaches"]) == (
            "shop.boss", "subordinates", True,
        )  # fmt: skip
        with pytest.raises(NotAllowed):
            why.explain_access(ctx, "shop.goal", goal.uid, login="li")
    with world.reading(world.actor("li", "bureau")) as ctx:
        told = why.explain_access(ctx, "shop.goal", goal.uid)
        assert [each["path"] for each in told["actions"]["read"]["grants"]] == [["line"], []]
        assert told["actions"]["update"] == {"allowed": False, "grants": []}
    with world.reading(world.actor("chen", "boss")) as ctx, pytest.raises(NotFound):
        why.explain_access(ctx, "shop.goal", goal.uid)  # not even that it is there
