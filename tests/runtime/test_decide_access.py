"""What roles add up to."""

from builder.model.entity import Entity
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
