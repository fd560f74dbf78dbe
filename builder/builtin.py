"""The entities and calendars every system has: people, organisation, plans, and `sys.*`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.model.entity import Access, Entity, Field, Option, Privacy
from builder.model.others import Calendar, Source

if TYPE_CHECKING:
    from builder.model.common import Labels


def _label(chinese: str, english: str) -> Labels:
    return {"zh-CN": chinese, "en": english}


def _field(
    key: str, kind: str, words: tuple[str, str], **settings: str | int | bool | Privacy
) -> Field:
    target = settings.pop("entity", {"person": "person", "department": "department"}.get(kind))
    return Field(key=key, type=kind, label=_label(*words), entity=target, **settings)  # type: ignore[arg-type]


_NAME = _field("name", "text", ("名称", "Name"), required=True)
_CODE = _field("code", "text", ("编号", "Code"))
_SUBJECT = (
    _field("subject_entity", "text", ("对象实体", "Subject entity")),
    _field("subject_id", "integer", ("对象编号", "Subject id")),
)

_IDENTITY = Privacy(
    "personal", _label("识别是谁、归属谁的工作", "To tell who is who and whose work it is")
)
_CONTACT = Privacy("personal", _label("发送任务与提醒", "To send tasks and reminders"))

PERSON = Entity(
    name="person",
    label=_label("人员", "Person"),
    display="name",
    fields=(
        _field("name", "text", ("姓名", "Name"), required=True, privacy=_IDENTITY),
        _field("code", "text", ("工号", "Code"), privacy=_IDENTITY),
        _field("department", "department", ("部门", "Department")),
        _field("manager", "person", ("上级", "Manager")),
        _field("position", "reference", ("岗位", "Position"), entity="position"),
        _field("email", "text", ("邮箱", "E-mail"), privacy=_CONTACT),
        _field("active", "boolean", ("在职", "Active")),
    ),
    access=Access(owner="", department="department"),
    unique=(("code",),),
)
DEPARTMENT = Entity(
    name="department",
    label=_label("部门", "Department"),
    display="name",
    fields=(
        _NAME,
        _CODE,
        _field("parent", "department", ("上级部门", "Parent")),
        _field("head", "person", ("负责人", "Head")),
    ),
    access=Access(owner="head", department=""),
    unique=(("code",),),
)
POSITION = Entity(
    name="position",
    label=_label("岗位", "Position"),
    display="name",
    fields=(_NAME, _CODE),
    unique=(("code",),),
)
ASSIGNMENT = Entity(
    name="assignment",
    label=_label("任职", "Assignment"),
    display="person",
    fields=(
        _field("person", "person", ("人员", "Person"), required=True),
        _field("department", "department", ("部门", "Department"), required=True),
        _field("position", "reference", ("岗位", "Position"), entity="position"),
        _field("manager", "person", ("上级", "Manager")),
        _field("from", "date", ("开始", "From")),
        _field("to", "date", ("结束", "To")),
        _field("main", "boolean", ("主要任职", "Main")),
    ),
    access=Access(owner="person", department="department"),
)
PLAN = Entity(
    name="plan",
    label=_label("方案", "Plan"),
    display="name",
    fields=(
        _NAME,
        _field("person", "person", ("人员", "Person")),
        _field("from", "date", ("开始", "From")),
        _field("to", "date", ("结束", "To")),
    ),
    access=Access(owner="person", department="person.department"),
)
PLAN_ITEM = Entity(
    name="plan_item",
    label=_label("方案项", "Plan item"),
    display="metric",
    fields=(
        _field("plan", "reference", ("方案", "Plan"), entity="plan"),
        _field("person", "person", ("人员", "Person"), required=True),
        _field("metric", "text", ("指标", "Metric"), required=True),
        _field("weight", "percent", ("权重", "Weight"), min="0", max="1"),
        _field("from", "date", ("开始", "From")),
        _field("to", "date", ("结束", "To")),
        _field("reason", "long_text", ("原因", "Reason")),
    ),
    access=Access(owner="person", department="person.department"),
)

_TASK_STATES = (
    Option("open", _label("待办", "Open")),
    Option("done", _label("已完成", "Done")),
    Option("cancelled", _label("已取消", "Cancelled")),
)
_ALERT_STATES = (
    Option("firing", _label("告警中", "Firing")),
    Option("acknowledged", _label("已确认", "Acknowledged")),
    Option("closed", _label("已关闭", "Closed")),
)
_FEEDBACK = (Option("right", _label("准确", "Right")), Option("false", _label("误报", "False")))


def _choice(key: str, words: tuple[str, str], options: tuple[Option, ...]) -> Field:
    return Field(key=key, type="choice", label=_label(*words), options=options)


SYS_TASK = Entity(
    name="sys.task",
    label=_label("任务", "Task"),
    display="title",
    fields=(
        _field("rule", "text", ("规则", "Rule")),
        _field("title", "text", ("标题", "Title")),
        _field("assignee", "person", ("负责人", "Assignee")),
        _choice("state", ("状态", "State"), _TASK_STATES),
        _field("opened_at", "datetime", ("开始时间", "Opened at")),
        _field("due_at", "datetime", ("期限", "Due at")),
        _field("done_at", "datetime", ("完成时间", "Done at")),
        _field("response_hours", "percent", ("响应小时", "Response hours"), decimals=6),
        *_SUBJECT,
    ),
    access=Access(owner="assignee", department="assignee.department"),
    system=True,
)
SYS_ALERT = Entity(
    name="sys.alert",
    label=_label("告警", "Alert"),
    display="rule",
    fields=(
        _field("rule", "text", ("规则", "Rule")),
        *_SUBJECT,
        _field("episode", "integer", ("次数", "Episode")),
        _choice("state", ("状态", "State"), _ALERT_STATES),
        _field("opened_at", "datetime", ("开始时间", "Opened at")),
        _field("closed_at", "datetime", ("关闭时间", "Closed at")),
        _choice("feedback", ("反馈", "Feedback"), _FEEDBACK),
    ),
    system=True,
)
SYS_MEASUREMENT = Entity(
    name="sys.measurement",
    label=_label("测量值", "Measurement"),
    display="metric",
    fields=(
        _field("metric", "text", ("指标", "Metric")),
        _field("subject_id", "integer", ("对象编号", "Subject id")),
        _field("period", "integer", ("周期", "Period")),
        # scale 6 is the storage of percent; the number itself is whatever the metric measures
        _field("value", "percent", ("值", "Value"), decimals=6),
        _field("target", "percent", ("目标", "Target"), decimals=6),
        _field("n", "integer", ("样本数", "Count")),
    ),
    system=True,
)
SYS_SYNC_RUN = Entity(
    name="sys.sync_run",
    label=_label("同步记录", "Sync run"),
    display="source",
    fields=(
        _field("source", "text", ("数据源", "Source")),
        _field("stream", "text", ("数据流", "Stream")),
        _field("started_at", "datetime", ("开始时间", "Started at")),
        _field("ended_at", "datetime", ("结束时间", "Ended at")),
        _field("state", "text", ("状态", "State")),
        _field("rows_written", "integer", ("写入行数", "Rows written")),
    ),
    system=True,
)
SYS_VIEW_LOG = Entity(
    name="sys.view_log",
    label=_label("查看记录", "View log"),
    display="actor",
    fields=(
        _field("actor", "text", ("查看人", "Actor")),
        _field("entity", "text", ("实体", "Entity")),
        _field("at", "datetime", ("时间", "At")),
    ),
    system=True,
)

OFFICE = Calendar(name="office", label=_label("办公日历", "Office calendar"))
MAIL = Source(
    name="mail",
    label=_label("邮件发送", "Mail out"),
    connector="smtp",
    config={
        "host": "${param.host}",
        "port": "${param.port}",
        "security": "${param.security}",
        "sender": "${param.sender}",
        "sender_name": "Plumbline 准绳",
    },
)

BUILT_IN_DEFINITIONS: tuple[Entity | Calendar | Source, ...] = (
    PERSON, DEPARTMENT, POSITION, ASSIGNMENT, PLAN, PLAN_ITEM,
    SYS_TASK, SYS_ALERT, SYS_MEASUREMENT, SYS_SYNC_RUN, SYS_VIEW_LOG, OFFICE, MAIL,
)  # fmt: skip
