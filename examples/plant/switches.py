"""The ways the plant can be made to misbehave."""

from __future__ import annotations

import threading
from dataclasses import dataclass

Value = bool | float


@dataclass(frozen=True, slots=True)
class Switch:
    """One way; `kind` says what a number means (a flag takes true or false only)."""

    name: str
    kind: str  # flag, share (0..1), seconds (real), business_seconds
    zh: str
    en: str
    sample: Value = True


SWITCHES = (
    Switch("drop_connection", "share", "HTTP 中途断线", "HTTP answers break off half-way"),
    Switch("http_500", "share", "HTTP 返回 500", "HTTP answers 500"),
    Switch("slow", "seconds", "HTTP 变慢", "HTTP answers late", 5.0),
    Switch("bad_rows", "share", "返回坏行", "Rows with broken values", 0.1),
    Switch("late_data", "business_seconds", "数据迟到", "Records appear late", 3600.0),
    Switch("rate_limit", "flag", "限流 429", "HTTP answers 429 with Retry-After"),
    Switch("expire_tokens", "flag", "令牌失效", "All tokens so far are void"),
    Switch("refuse_login", "flag", "拒绝登录", "No log-in is accepted"),
    Switch("opcua_freeze", "flag", "OPC UA 冻结", "OPC UA answers nothing, connections stay"),
    Switch("opcua_drop", "flag", "OPC UA 断开", "OPC UA server is down"),
    Switch("opcua_bad_quality", "flag", "OPC UA 坏质量", "OPC UA values are of bad quality"),
    Switch("smtp_down", "flag", "邮件服务器停机", "The mail server is down"),
    Switch("smtp_refuse", "flag", "邮件暂时拒收 451", "Mails are refused for now (451)"),
    Switch("smtp_drop_after_data", "flag", "收信后断线", "Mail is kept, then the line breaks"),
)
_BY_NAME = {switch.name: switch for switch in SWITCHES}


class Switches:
    """What is on now. All off at start; only the names above exist."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[str, Value] = dict.fromkeys(_BY_NAME, False)
        self._asked: dict[str, int] = dict.fromkeys(_BY_NAME, 0)
        self.token_epoch = 0

    def set(self, changes: dict[str, object]) -> list[str]:
        """Take changes whole or not at all; gives what is wrong with them."""
        wrong = [text for name, value in changes.items() if (text := _problem(name, value))]
        if wrong:
            return wrong
        with self._lock:
            for name, value in changes.items():
                self._values[name] = value  # type: ignore[assignment]  # checked above
                self._asked[name] = 0  # a share counts from when it is set: the same every time
            if changes.get("expire_tokens"):
                self.token_epoch += 1
        return []

    def all(self) -> dict[str, Value]:
        """Every switch and its value."""
        with self._lock:
            return dict(self._values)

    def value(self, name: str) -> float:
        """The number of a switch; true counts as 1, off is 0."""
        return float(self._values[name])

    def is_on(self, name: str) -> bool:
        """Whether a switch is on at all."""
        return bool(self._values[name])

    def hits(self, name: str) -> bool:
        """Whether this time is one of the share that fails; evenly spread, no chance involved."""
        share = self.value(name)
        with self._lock:
            self._asked[name] += 1
            count = self._asked[name]
        return int(count * share) > int((count - 1) * share)


def _problem(name: str, value: object) -> str | None:
    switch = _BY_NAME.get(name)
    if switch is None:
        return f"no switch {name!r}; there are: {', '.join(_BY_NAME)}"
    if isinstance(value, bool):
        return None
    if switch.kind == "flag" or not isinstance(value, int | float) or value < 0:
        return f"{name}: want true or false" + (
            "" if switch.kind == "flag" else " or a number >= 0"
        )
    if switch.kind == "share" and value > 1:
        return f"{name}: a share is 0 to 1"
    return None
