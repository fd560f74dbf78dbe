"""Things a visitor lets happen: an alarm, a quality check, a corrected record."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from examples.plant.company import MACHINES, machine_code
from examples.plant.shopfloor import DIM, OTHER_CODES, alarm_event, ticket_event
from examples.plant.times import Event
from examples.plant.world import STREAMS

if TYPE_CHECKING:
    from examples.plant.ledger import Ledger


class BadRequest(Exception):  # noqa: N818  it is what the answer is called
    """The request can not be understood; the text says why."""


def raise_alarm(ledger: Ledger, body: dict[str, Any]) -> dict[str, Any]:
    """{"machine": "CNC-03", "code": "dim_out_of_tolerance", "count": 1}; all count at once."""
    machine, code = _machine(body), body.get("code", DIM)
    if code not in (DIM, *OTHER_CODES):
        raise BadRequest(f"code: one of {', '.join((DIM, *OTHER_CODES))}")
    count = body.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= 20:  # noqa: PLR2004
        raise BadRequest("count: 1 to 20")
    raised = []
    for number in range(count):
        at = ledger.clock.now() + number * 1000
        event = alarm_event(machine, code, at, key=f"H-{machine_code(machine)}-{at}")
        if isinstance(body.get("batch"), str):
            event = replace(event, record={**event.record, "batch": body["batch"]})
        ledger.add_by_hand(event)
        raised.append(event.record)
    return {"items": raised}


def raise_qc(ledger: Ledger, body: dict[str, Any]) -> dict[str, Any]:
    """{"machine": "CNC-03", "passed": true}."""
    machine, at = _machine(body), ledger.clock.now()
    passed = body.get("passed", True)
    if not isinstance(passed, bool):
        raise BadRequest("passed: true or false")
    defect = None if passed else "尺寸超差"
    event = ticket_event(
        machine, at, key=f"QC-H-{machine + 1:02}-{at}", passed=passed, defect=defect
    )
    ledger.add_by_hand(event)
    return {"items": [event.record]}


def correct(ledger: Ledger, body: dict[str, Any]) -> dict[str, Any]:
    """{"stream": "reviews", "key": "REV-260228-1", "changes": {"passed_share": "0.9000"}}."""
    stream, key, changes = body.get("stream"), body.get("key"), body.get("changes")
    if stream not in STREAMS or not isinstance(key, str) or not isinstance(changes, dict):
        raise BadRequest("want stream, key and changes")
    record = ledger.record(stream, key)
    if record is None:
        raise BadRequest(f"no {stream} {key!r}")
    unknown = sorted(set(changes) - set(record))
    if unknown:
        raise BadRequest(f"{stream} has no {', '.join(unknown)}")
    changed = {**record, **changes}
    ledger.add_by_hand(Event(ledger.clock.now(), stream, key, changed))
    return {"items": [changed]}


def _machine(body: dict[str, Any]) -> int:
    codes = [machine_code(number) for number in range(MACHINES)]
    if body.get("machine") not in codes:
        raise BadRequest(f"machine: one of {', '.join(codes)}")
    return codes.index(body["machine"])
