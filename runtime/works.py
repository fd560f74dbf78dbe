"""Long work of a person in batches: a batch, its progress and its next job commit together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from dsl.values import format_datetime
from runtime.context import Cause
from runtime.errors import Invalid, NotFound, Refused
from runtime.operator_line import OPERATOR
from runtime.org import scope_of
from runtime.sign_in import actor_for
from store import accounts, jobs, work
from store.work import Item, Work

if TYPE_CHECKING:
    from runtime.context import Actor, Context

Json = dict[str, Any]
KIND = "work"
MOST = 50
SHOWN_PROBLEMS = 100
ERASE = "erase"
UNSTOPPABLE = frozenset({ERASE})  # consent was given; it ends whoever leaves meanwhile


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did; without a `place` there is no next one."""

    done: int
    written: int = 0
    unchanged: int = 0
    refused: int = 0
    place: Any = None


Step = Callable[["Context", Work], Batch]


def start(
    ctx: Context, kind: str, entity: str, *, request: Mapping[str, Any], items: Sequence[Item]
) -> Json:
    """Begin work on rows; the worker goes on with it after this transaction."""
    uid = ctx.new_uid()
    work_id = work.start(
        ctx.uow,
        uid=uid,
        kind=kind,
        actor=_owner(ctx.actor),
        entity=entity,
        request=request,
        total=len(items) or int(request.get("total", 0)),
        at=ctx.now,
    )
    work.put_items(ctx.uow, work_id, items)
    _ask(ctx, uid, None)
    return show(ctx, uid)


def step(ctx: Context, uid: str, steps: Mapping[str, Step]) -> None:
    """Do the next batch with the rights its person has now."""
    found = work.by_uid(ctx.uow, uid, lock=True)
    if found is None or found.state != "running":
        return
    acting = ctx if found.kind in UNSTOPPABLE else _acting(ctx, found)
    if found.cancel or acting is None or found.entity not in ctx.catalog.entities:
        work.advance(ctx.uow, found.id, state="cancelled", ended_at=ctx.now)
        return
    try:
        with ctx.uow.savepoint():
            batch = steps[found.kind](acting, found)
    except Refused as refused:  # the person lost the right, or the catalog changed
        problem = Item(-1, problems=[as_json(each) for each in refused.problems])
        work.put_items(ctx.uow, found.id, [problem])
        work.advance(ctx.uow, found.id, state="cancelled", ended_at=ctx.now)
        return
    values: Json = {
        "done": found.done + batch.done,
        "written": found.written + batch.written,
        "unchanged": found.unchanged + batch.unchanged,
        "refused": found.refused + batch.refused,
        "place": batch.place,
    }
    if batch.place is None:
        values |= {"state": "done", "ended_at": ctx.now}
    else:
        _ask(ctx, uid, batch.place)
    work.advance(ctx.uow, found.id, **values)


def cancel(ctx: Context, uid: str) -> Json:
    """Stop before the next batch; what was done stays done.

    Raises:
        Invalid: half of it would be worse than none.
    """
    found = mine(ctx, uid)
    if found.kind in UNSTOPPABLE:
        raise Invalid(Diagnostic("RUN123"))
    work.ask_to_stop(ctx.uow, found.id)
    return show(ctx, uid)


def show(ctx: Context, uid: str) -> Json:
    """How far it is, with the first of its problems."""
    found = mine(ctx, uid)
    refused = work.items(ctx.uow, found.id, after=-2, limit=SHOWN_PROBLEMS, refused_only=True)
    rows = [
        {"row": each.place, "problems": [told(ctx, problem) for problem in each.problems]}
        for each in refused
    ]
    return _json(found) | {"rows": rows}


def list_works(ctx: Context) -> list[Json]:
    """The newest work of the actor."""
    found = work.of_actor(ctx.uow, _owner(ctx.actor), limit=MOST)
    return [_json(each) | {"rows": []} for each in found]


def mine(ctx: Context, uid: str) -> Work:
    """A piece of work the actor has begun.

    Raises:
        NotFound: it is not there, or somebody else's.
    """
    found = work.by_uid(ctx.uow, uid)
    if found is None or found.actor != _owner(ctx.actor):
        raise NotFound(f"work {uid[:64]}")
    return found


def as_json(problem: Diagnostic) -> Json:
    """A problem to keep: its words are looked up when somebody reads it."""
    return {"code": problem.code, "args": dict(problem.args), "pointer": problem.pointer}


def told(ctx: Context, kept: Mapping[str, Any]) -> Json:
    """A kept problem in the actor's language."""
    problem = Diagnostic(kept["code"], kept["args"], pointer=kept["pointer"])
    field = (problem.pointer or "").removeprefix("/values/").replace("/", ".")
    return {
        "code": problem.code,
        "field": field or None,
        "message": problem.text(ctx.actor.language),
    }


def _owner(actor: Actor) -> str:
    """Whose work it is: no login has the sign that sets the operator apart."""
    return f"{actor.kind}\n{actor.name}" if actor.kind == "system" else actor.name


def _acting(ctx: Context, found: Work) -> Context | None:
    """The person as of now; None when the account is closed."""
    if found.actor == _owner(OPERATOR):
        return replace(ctx, actor=OPERATOR, cause=Cause(f"{KIND}:{found.kind}"))
    account = accounts.by_login(ctx.uow, found.actor)
    if account is None or not account.active:
        return None
    actor = actor_for(ctx.catalog, account)
    scope = scope_of(ctx.uow, ctx.catalog, ctx.tables, actor=actor, today=ctx.today)
    return replace(ctx, actor=actor, scope=scope, cause=Cause(f"{KIND}:{found.kind}"))


def _ask(ctx: Context, uid: str, place: Any) -> None:  # noqa: ANN401 - each kind of work has its own
    """Ask for the batch that begins at a place: each is done once."""
    said = json.dumps(place, ensure_ascii=False).encode()
    key = f"{KIND}:{uid}:{hashlib.sha256(said).hexdigest()[:16]}"
    jobs.put(ctx.uow, kind=KIND, key=key, payload={"uid": uid}, at=ctx.now)


def _json(found: Work) -> Json:
    return {
        "uid": found.uid,
        "kind": found.kind,
        "entity": found.entity,
        "state": "stopping" if found.cancel and found.state == "running" else found.state,
        "total": found.total,
        "done": found.done,
        "written": found.written,
        "unchanged": found.unchanged,
        "refused": found.refused,
        "at": format_datetime(found.at),
        "ended_at": None if found.ended_at is None else format_datetime(found.ended_at),
    }
