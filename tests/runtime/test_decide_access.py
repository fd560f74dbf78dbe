"""What roles add up to."""

import pytest

from builder.masks import Mask
from builder.model.entity import Entity, Field
from builder.model.others import Grant, Role
from runtime.decide.access import is_admin, metrics_seen, right

GOAL = Entity(name="p.goal", label={}, display="name", fields=())


def grant(rows, *, actions=("read",), hidden=(), formula=None, entity="p.goal"):
    return Grant(entity=entity, actions=actions, rows=rows, hidden_fields=hidden, formula=formula)


def role(*grants, **more):
    return Role(name="p.r", label={}, grants=grants, **more)


def hidden_fields(grants):
    found = right(GOAL, "read", [role(*grants)])
    return found.barred


def test_without_a_grant_nothing_is_allowed():
    assert right(GOAL, "read", [role(grant("all", entity="p.other"))]) is None
    assert right(GOAL, "update", [role(grant("all"))]) is None


def test_the_scopes_of_several_roles_add_up():
    found = right(GOAL, "read", [role(grant("own")), role(grant("subtree"))])
    assert found is not None
    assert found.scopes == {"own", "subtree"}
    assert not found.is_everything


def test_a_field_hidden_by_the_wider_grant_stays_hidden():
    # own rows with salary + all rows without it: showing it would show everybody's salary
    assert hidden_fields([grant("own"), grant("all", hidden=("salary",))]) == {"salary"}


def test_a_field_shown_by_the_wider_grant_is_shown():
    assert hidden_fields([grant("own", hidden=("salary",)), grant("all")]) == frozenset()
    assert hidden_fields([grant("own", hidden=("a",)), grant("subordinates")]) == frozenset()


def test_scopes_on_different_anchors_do_not_cover_each_other():
    assert hidden_fields([grant("own", hidden=("a",)), grant("subtree")]) == {"a"}


def test_a_formula_covers_only_itself():
    same = [grant("formula", formula="open", hidden=("a",)), grant("formula", formula="open")]
    other = [grant("formula", formula="open", hidden=("a",)), grant("formula", formula="late")]
    assert hidden_fields(same) == frozenset()
    assert hidden_fields(other) == {"a"}


def test_masked_counts_as_hidden():
    masked = Grant(entity="p.goal", actions=("read",), rows="all", masked_fields=("id_card",))
    assert hidden_fields([masked]) == {"id_card"}


def test_metrics_and_administration_add_up():
    roles = [role(metrics=("p.a",)), role(metrics=("p.b",), admin=True)]
    assert metrics_seen(roles) == {"p.a", "p.b"}
    assert is_admin(roles)
    assert not is_admin(roles[:1])


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (Mask(3, 4), "13800001234", "138****1234"),
        (Mask(0, 4), "13800001234", "****1234"),
        (Mask(1, 0), "\u738b\u5c0f\u660e\u5148", "\u738b****"),
        (Mask(3, 4), "138123451234567", "138****4567"),  # how much is hidden is not told
        (Mask(3, 4), "138001234", "***"),  # too little would be left
        (Mask(3, 4), "", "***"),
        (Mask(3, 4), None, "***"),
        (Mask(3, 4), 13_800_001_234, "***"),
        (Mask(), "13800001234", "***"),
    ],
)
def test_a_mask_lets_both_ends_through(mask, value, shown):
    assert mask.of(value) == shown
    assert mask.of(mask.of(value)) == shown


def phone(rows, mask=None, *, whole=False):
    barred = () if whole else ("phone",)
    masks = {} if mask is None else {"phone": mask}
    return Grant(entity="p.goal", actions=("read",), rows=rows, masked_fields=barred, masks=masks)


@pytest.mark.parametrize(
    ("grants", "mask"),
    [
        ([phone("all", Mask(3, 4))], Mask(3, 4)),
        ([phone("all", Mask(3, 4)), phone("own")], Mask(3, 4)),  # the wider one tells more
        ([phone("own", Mask(3, 4)), phone("all")], Mask(0, 0)),
        ([phone("all", Mask(0, 4)), phone("own", Mask(3, 4))], Mask(0, 4)),
        ([phone("all", Mask(3, 0)), phone("all", Mask(0, 4))], Mask(3, 4)),
        ([phone("own", whole=True), phone("all", Mask(0, 2))], Mask(0, 2)),
        ([phone("own", Mask(3, 3)), phone("subtree", Mask(0, 4))], Mask(0, 3)),
    ],
)
def test_masks_add_up_to_what_every_row_within_reach_lets_through(grants, mask):
    found = right(GOAL, "read", [role(*grants)])
    assert (found.masked, found.masks) == ({"phone"}, {"phone": mask})


def test_a_field_that_is_shown_or_hidden_has_no_mask():
    shown = right(GOAL, "read", [role(phone("all", Mask(3, 4)), phone("all", whole=True))])
    assert (shown.masked, shown.masks) == (frozenset(), {})
    hidden = right(GOAL, "read", [role(phone("own", Mask(3, 4)), grant("all", hidden=("phone",)))])
    assert (hidden.hidden, hidden.masks) == ({"phone"}, {})


@pytest.mark.parametrize(
    ("said", "barred"),
    [
        ("shown", (set(), set(), set())),
        ("hidden", ({"bonus"}, set(), set())),
        ("masked", (set(), {"bonus"}, set())),
        ("read_only", (set(), set(), {"bonus"})),
    ],
)
def test_fields_that_came_later_are_seen_as_the_grant_says(said, barred):
    fields = tuple(Field(key=key, type="text", label={}) for key in ("name", "pay", "bonus"))
    goal = Entity(name="p.goal", label={}, display="name", fields=fields)
    given = Grant(
        entity="p.goal", actions=("read",), rows="all", new_fields=said,
        known_fields=("name", "pay"),
    )  # fmt: skip
    found = right(goal, "read", [role(given)])
    assert (found.hidden, found.masked, found.read_only) == barred
