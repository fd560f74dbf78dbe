"""Used-in lists, wider rights, several people's drafts, earlier revisions."""

from __future__ import annotations

import pytest

from builder.diff import HideField, RetypeField
from builder.impact import used_in, widened
from builder.packs import load
from runtime import draft, listing, revisions
from runtime.context import SYSTEM_ACTOR
from runtime.errors import Conflicting, Invalid, NotFound
from runtime.impact import impact_of
from runtime.publish import Proposal, plan
from tests.builder import samples
from tests.runtime.reshaping import NAME, Depot, decoded, entity, field


@pytest.fixture(params=["sqlite", "postgresql"])
def depot(request, tmp_path):
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    made = Depot(tmp_path / "data", url)
    yield made
    made.close()


@pytest.fixture
def perf(tmp_path):
    """The sample pack, with rules, metrics, forms and roles over one entity."""
    made = Depot(tmp_path / "data")
    pack = load(samples.files())
    from runtime.publish import publish

    publish(made.wiring, Proposal(tuple(pack.definitions)), actor=SYSTEM_ACTOR)
    yield made
    made.close()


# --- used in, wider -----------------------------------------------------------------------
def test_every_use_of_a_field_is_listed(perf):
    with perf.wiring.reading() as ctx:
        found = used_in(ctx.catalog, "perf.goal", "start")
        unused = used_in(ctx.catalog, "perf.goal", "reason")
    kinds = {(use.kind, use.name) for use in found}
    assert ("metric", "perf.goal_progress") in kinds
    assert ("entity", "perf.goal") in kinds
    assert ("rule", "perf.behind_plan") in kinds  # by way of its metric
    pointers = {use.pointer for use in found if use.kind == "entity"}
    assert "/fields/days/formula" in pointers
    assert not {use for use in unused if use.kind in ("metric", "rule")}


def test_a_field_of_a_built_in_entity_is_looked_for_too(perf):
    with perf.wiring.reading() as ctx:
        found = used_in(ctx.catalog, "person", "department")
    assert {use.name for use in found if use.kind == "entity"} >= {"perf.goal"}


def role(*grants, **more):
    return {"kind": "role", "key": "clerk", "grants": list(grants), **more}


def grant(*actions, rows="own", **more):
    return {"entity": "item", "actions": list(actions), "rows": rows, **more}


def test_wider_rights_are_told_and_narrower_ones_are_not(depot):
    owned = entity(NAME, field("amount"), field("who", "person"), access={"owner": "who"})
    depot.put(owned, role(grant("read", hidden_fields=["amount"])))
    wider = role(grant("read", "update", rows="all"))
    with depot.wiring.reading() as ctx:
        checked = plan(ctx, Proposal(decoded(wider)), manifests={})
        found = {(w.role, w.entity, w.what) for w in widened(ctx.catalog, checked.catalog)}
        assert found == {
            ("depot.clerk", "depot.item", "read all"),
            ("depot.clerk", "depot.item", "update"),
            ("depot.clerk", "depot.item", "amount"),
        }
        assert widened(checked.catalog, ctx.catalog) == ()
        more = entity(NAME, field("amount"), field("who", "person"), field("pay"),
                      access={"owner": "who"})  # fmt: skip
        grown = plan(ctx, Proposal(decoded(more)), manifests={})
        assert [w.what for w in widened(ctx.catalog, grown.catalog)] == ["pay"]


def test_what_roles_may_do_with_new_fields_is_told(depot):
    known = {"known_fields": ["name", "amount"]}
    ways = {
        "clerk": {}, "guest": {"new_fields": "hidden", **known},
        "aide": {"new_fields": "masked", **known}, "boss": {"new_fields": "read_only", **known},
    }  # fmt: skip
    roles = [
        {**role(grant("read", "update", rows="all", **more)), "key": key}
        for key, more in ways.items()
    ]
    depot.put(entity(NAME, field("amount")), *roles)
    grown = entity(NAME, field("amount"), field("pay"))
    with depot.wiring.reading() as ctx:
        impact = impact_of(ctx, plan(ctx, Proposal(decoded(grown)), manifests={}))
    told = {each.role: (each.entity, each.field, each.right) for each in impact.new_fields}
    assert told == {
        "depot.aide": ("depot.item", "pay", "masked"),
        "depot.boss": ("depot.item", "pay", "read"),
        "depot.clerk": ("depot.item", "pay", "write"),
        "depot.guest": ("depot.item", "pay", "hidden"),
    }
    assert {each.role for each in impact.widened} == {"depot.boss", "depot.clerk"}


def test_a_mask_that_lets_more_through_is_a_wider_right(depot):
    def masked(**mask):
        return role(grant("read", rows="all", masked_fields=["amount"], masks={"amount": mask}))

    depot.put(entity(NAME, field("amount")), masked(last=4))
    with depot.wiring.reading() as ctx:
        for mask, wider in ({"last": 2}, []), ({"first": 1, "last": 4}, ["amount 1…4"]):
            checked = plan(ctx, Proposal(decoded(masked(**mask))), manifests={})
            assert [each.what for each in widened(ctx.catalog, checked.catalog)] == wider
        whole = plan(ctx, Proposal(decoded(role(grant("read", rows="all")))), manifests={})
        assert widened(whole.catalog, ctx.catalog) == ()


def test_an_impact_names_all_that_consent_is_needed_for(depot):
    depot.put(entity(NAME, field("amount"), field("old")), entity(NAME, key="spare"))
    depot.add({"name": "a", "amount": "x"}, {"name": "b", "amount": "2"})
    proposal = Proposal(
        decoded(entity(NAME, field("amount", "integer"), unique=[["name"]])),
        removed=(("entity", "depot.spare"),),
    )
    with depot.wiring.reading() as ctx:
        found = impact_of(ctx, plan(ctx, proposal, manifests={}))
    assert found.consent == ("depot.item.amount", "depot.item.old", "entity depot.spare")
    assert [(t.name, t.values, t.failed) for t in found.trials] == [("depot.item.amount", 2, 1)]
    assert found.doubles == ()
    steps = {type(step) for step in found.checked.plan.steps}
    assert {RetypeField, HideField} <= steps


# --- drafts of several people -------------------------------------------------------------
def test_drafts_of_several_people_are_checked_and_published_together(depot):
    depot.put(entity(NAME))
    (item, place) = ("entity", "depot.item"), ("entity", "depot.place")
    pointing = entity(NAME, field("at", "reference", entity="place"))
    depot.draft(item, pointing)
    with pytest.raises(Invalid):
        draft.publish_drafts(depot.wiring, [item], actor=SYSTEM_ACTOR, note="")
    depot.draft(place, entity(NAME, key="place"))
    draft.publish_drafts(depot.wiring, [item, place], actor=SYSTEM_ACTOR, note="both")
    with depot.wiring.reading() as ctx:
        assert draft.list_drafts(ctx) == []
        assert ctx.catalog.entity("depot.item").field("at").entity == "depot.place"


def test_an_older_draft_does_not_overwrite_what_was_published_since(depot):
    depot.put(entity(NAME))
    name = ("entity", "depot.item")
    saved = depot.draft(name, entity(NAME, field("mine")))
    depot.put(entity(NAME, field("theirs")))
    with pytest.raises(Conflicting) as refused:
        draft.publish_drafts(depot.wiring, [name], actor=SYSTEM_ACTOR, note="")
    assert refused.value.problems[0].code == "RUN418"
    assert [f["key"] for f in refused.value.details["theirs"]["fields"]] == ["name", "theirs"]
    assert [f["key"] for f in refused.value.details["mine"]["fields"]] == ["name", "mine"]
    with depot.wiring.writing() as ctx:
        both = entity(NAME, field("theirs"), field("mine"))
        draft.save_draft(ctx, name, both, expected_version=saved.version, rebase=True)
    draft.publish_drafts(depot.wiring, [name], actor=SYSTEM_ACTOR, note="")
    with depot.wiring.reading() as ctx:
        assert [f.key for f in ctx.catalog.entity("depot.item").fields] == [
            "name", "theirs", "mine",
        ]  # fmt: skip


# --- revisions ----------------------------------------------------------------------------
def test_going_back_to_a_revision_keeps_all_data(depot):
    first = depot.put(entity(NAME, field("amount"))).revision
    (a,) = depot.add({"name": "a", "amount": " 12"})
    last = depot.put(
        entity(NAME, field("amount", "integer"), field("more")), entity(NAME, key="place")
    ).revision
    depot.change(a, {"more": "x"})
    with pytest.raises(Invalid) as refused:
        revisions.roll_back(depot.wiring, first, actor=SYSTEM_ACTOR)
    names = {each.args["name"] for each in refused.value.problems}
    assert names == {"depot.item.more", "entity depot.place"}
    back = revisions.roll_back(depot.wiring, first, actor=SYSTEM_ACTOR, consent=names)
    assert back.revision == last + 1
    assert depot.values("amount") == {"a": " 12"}
    again = revisions.roll_back(depot.wiring, last, actor=SYSTEM_ACTOR)
    assert depot.values("amount") == {"a": "12"}
    assert depot.values("more") == {"a": "x"}
    with depot.wiring.reading() as ctx:
        assert revisions.compare(ctx, last, again.revision).documents == ()
        found = revisions.compare(ctx, first, last)
        assert [name for name, *_ in found.documents] == [
            ("entity", "depot.item"), ("entity", "depot.place"),
        ]  # fmt: skip
        (_, before, after) = found.documents[0]
        assert len(before["fields"]) == 2
        assert len(after["fields"]) == 3
        with pytest.raises(NotFound):
            revisions.compare(ctx, first, 99)


def test_a_change_is_undone_by_its_uid_and_only_once(depot):
    depot.put(entity(NAME, field("amount")))
    depot.add({"name": "a", "amount": "x"})
    depot.put(entity(NAME, field("amount", "integer")), consent=["depot.item.amount"])
    with depot.wiring.reading() as ctx:
        (listed,) = listing.changes(ctx)
        (failure,) = listing.failures(ctx, listed.change.uid)
        (version,) = listing.failures(ctx, listed.change.uid, history=True)
    assert (listed.before, listed.after, listed.failed, listed.can_undo) == (
        "text", "integer", 1, True,
    )  # fmt: skip
    assert (failure.value, failure.failure.code) == ("x", "BLD402")
    assert version.value == "x"
    revisions.undo(depot.wiring, listed.change.uid, actor=SYSTEM_ACTOR)
    assert depot.values("amount") == {"a": "x"}
    with pytest.raises(Conflicting) as refused:
        revisions.undo(depot.wiring, listed.change.uid, actor=SYSTEM_ACTOR)
    assert refused.value.problems[0].code == "RUN417"
    with pytest.raises(NotFound):
        revisions.undo(depot.wiring, "nothing", actor=SYSTEM_ACTOR)
