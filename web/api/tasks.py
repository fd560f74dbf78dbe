"""Tasks: what I have to do, and doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import act, read_tasks
from runtime.errors import Invalid
from runtime.read_metrics import number
from web import payloads, queries
from web.routes import Routes, signed_in

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes()


@routes.get("/tasks", query=queries.TaskQuery, answer="TaskPage")
@signed_in
def list_tasks(asked: Asked) -> dict[str, Any]:
    """My tasks, most urgent first; done ones newest first."""
    with asked.reading() as ctx:
        return read_tasks.my_tasks(ctx, state=asked.query.get("state", "open"))


@routes.get("/tasks/<uid:uid>", answer="TaskCard")
@signed_in
def get_task(asked: Asked, uid: str) -> dict[str, Any]:
    """A task with what its card shows: a curve, records, the form."""
    with asked.reading() as ctx:
        return read_tasks.task_card(ctx, uid)


@routes.post(
    "/tasks/<uid:uid>/submission", body=payloads.Submission, answer="SubmittedTask", status=201
)
@signed_in
def submit_task(asked: Asked, uid: str) -> dict[str, Any]:
    """Send the form of the card: the task is done, the response time measured."""
    with asked.writing(f"task:{uid}") as ctx:
        done = act.submit_task(ctx, uid, asked.body["values"], key=asked.body["key"])
    if isinstance(done, list):
        raise Invalid(*done)
    with asked.reading() as ctx:
        card = read_tasks.task_card(ctx, uid)
    task = {key: value for key, value in card.items() if key not in {"steps", "alert"}}
    return {
        "task": task,
        "record_uid": done.record_uid,
        "record_entity": done.record_entity,
        "response_hours": number(done.response_hours, None),
    }
