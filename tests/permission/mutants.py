"""The product with one thing wrong, the way it is easily written wrong: name -> how to break it."""

from sqlalchemy import false, true

from runtime import org, records, values
from runtime.decide import access
from store import people, query, source
from store.scope import Scope


def always(answer):
    """A function that has one answer."""
    return lambda *_given, **_more: answer


def _rows_unguarded(patch):
    patch.setattr(source.Source, "_seen", always([]))


def _references_unguarded(patch):
    step = source.Source._step

    def unguarded(self, rows, key, *, guarded, viewer):
        return step(self, rows, key, guarded=False, viewer=viewer)

    patch.setattr(source.Source, "_step", unguarded)


def _fields_unguarded(patch):
    patch.setattr(Scope, "hides", always(False))


def _masked_as_shown(patch):
    """What is masked is read like any other field; only whole values are written as a mask."""
    patch.setattr(
        Scope, "hides", lambda self, entity, key: key in self.hidden.get(entity, frozenset())
    )


def _no_mask(patch):
    patch.setattr(values, "masks_of", always({}))


def _rights_as_union(patch):
    """A field is shown when any grant shows it, whatever rows that one reaches."""
    patch.setattr(access, "covers", lambda wide, _narrow: bool(list(wide)))
    known = {}  # the catalog keeps what the roles allowed before

    def rights_of(catalog, actor, action):
        key = (actor.roles, action)
        if key not in known:
            known[key] = org.collected(catalog, org.roles_of(catalog, actor), action)
        return known[key]

    patch.setattr(org, "rights_of", rights_of)


def _any_field_is_written(patch):
    patch.setattr(values, "unwritable_of", always(frozenset()))


def _unseen_is_written(patch):
    """The right to change alone says which fields are changed."""

    def own(ctx, entity, action):
        found = org.entity_right(ctx.catalog, ctx.actor, entity, action)
        return frozenset() if found is None else found.unwritable

    patch.setattr(values, "unwritable_of", own)


def _writes_reach_all(patch):
    patch.setattr(records, "_check_reach", always(None))


def _direct_reports_only(patch):
    def line(self, person):
        ways = self.ways_to("manager", [person])
        return {person: None} | {each: person for each, _ in ways}

    patch.setattr(people.Organisation, "line", line)


def _no_subtree(patch):
    patch.setattr(
        people.Organisation, "tree", lambda _self, departments: dict.fromkeys(departments)
    )


def _future_counts(patch):
    patch.setattr(people.Assignments, "has_begun", always(true()))


def _past_counts(patch):
    patch.setattr(people.Assignments, "in_force", lambda self, day: self.has_begun(day))


def _last_day_does_not_count(patch):
    right = people.Assignments.in_force
    patch.setattr(
        people.Assignments,
        "in_force",
        lambda self, day: right(self, day) & (self["to"].is_(None) | (self["to"] > day)),
    )


def _own_fields_always_count(patch):
    patch.setattr(people, "begun", always(false()))


def _trash_counts(patch):
    patch.setattr(people, "alive", always(true()))


def _formulas_read_what_is_written(patch):
    patch.setattr(source.Source, "_is_dated", always(False))


def _one_place_only(patch):
    """The anchors read the column, as if a person had one department."""
    patch.setattr(org, "_is_dated", always(False))


def _history_tells_all(patch):
    class Open(Scope):
        hides = always(False)

    right = query.history

    def history(uow, scope, *rest, **more):
        fields = (scope.filters, {}, {}, scope.otherwise, scope.person_id, scope.today)
        return right(uow, Open(*fields), *rest, **more)

    patch.setattr(query, "history", history)


MUTANTS = {
    name.strip("_"): mutant
    for name, mutant in dict(globals()).items()
    if name.startswith("_") and callable(mutant) and mutant.__module__ == __name__
}
