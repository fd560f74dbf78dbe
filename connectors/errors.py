"""What can go wrong at a connector: five classes, each with one reaction, and their words."""

from __future__ import annotations

from typing import ClassVar, Literal

Reaction = Literal["retry", "wait", "ask", "stop", "reject"]


class ConnectorError(Exception):
    """A failure with a code and the arguments of its message; never holds a secret or a body."""

    reaction: ClassVar[Reaction] = "stop"

    def __init__(self, code: str, /, **args: str) -> None:
        self.code = code
        self.arguments = args
        super().__init__(code, args)

    def text(self, language: Literal["zh-CN", "en"] = "zh-CN") -> str:
        """The message in words."""
        chinese, english = MESSAGES.get(self.code, (self.code, self.code))
        template = chinese if language == "zh-CN" else english
        return template.format_map(_Blank(self.arguments))

    def __str__(self) -> str:
        return f"{self.code} {self.text('en')}"


class TransientError(ConnectorError):
    """It may work later: try again with growing pauses."""

    reaction: ClassVar[Reaction] = "retry"


class RateLimited(ConnectorError):  # noqa: N818 - the contract's name
    """The other side asks us to wait; `retry_after_s` when it said how long."""

    reaction: ClassVar[Reaction] = "wait"

    def __init__(self, code: str, /, *, retry_after_s: float | None = None, **args: str) -> None:
        super().__init__(code, **args)
        self.retry_after_s = retry_after_s


class AuthError(ConnectorError):
    """Our credentials were refused: stop and ask a person."""

    reaction: ClassVar[Reaction] = "ask"


class ConfigError(ConnectorError):
    """The configuration can not work: stop, no retry."""

    reaction: ClassVar[Reaction] = "stop"


class RowError(ConnectorError):
    """One row is unusable: put it aside, go on."""

    reaction: ClassVar[Reaction] = "reject"


class _Blank(dict[str, str]):
    """Arguments of a message; a missing one shows as a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


# code -> (zh-CN, en): the thing, the place, the remedy
MESSAGES: dict[str, tuple[str, str]] = {
    "CON101": ("找不到主机 {host}；请检查名称或 DNS", "cannot resolve {host}; check name or DNS"),
    "CON102": (
        "{host}:{port} 不在此数据源的出站许可名单中；请系统管理员添加",
        "{host}:{port} is not on the egress allow-list of this source; ask the administrator",
    ),
    "CON103": (
        "{host} 解析到禁止访问的地址（{kind}）",
        "{host} resolves to an address that may not be reached ({kind})",
    ),
    "CON104": ("连接 {host}:{port} 失败", "cannot connect to {host}:{port}"),
    "CON105": ("{host} 的 TLS 证书校验失败", "the TLS certificate of {host} was refused"),
    "CON106": ("超过总时限 {seconds} 秒", "no complete answer within {seconds} s"),
    "CON107": ("响应超过 {limit} 字节上限", "the answer is larger than {limit} bytes"),
    "CON108": ("拒绝重定向到 {host}", "refused a redirect to {host}"),
    "CON109": ("{host} 在传输中断开", "{host} closed the connection in the middle"),
    "CON110": ("服务端出错（HTTP {status}）", "the server failed (HTTP {status})"),
    "CON111": (
        "请求被拒绝（HTTP {status}，{path}）；请检查配置",
        "the request was refused (HTTP {status}, {path}); check the configuration",
    ),
    "CON112": ("对方要求限速（HTTP {status}）", "the other side asks to slow down (HTTP {status})"),
    "CON113": (
        "凭据被拒绝（{status}）；请重新输入",
        "the credentials were refused ({status}); enter them again",
    ),
    "CON114": ("登录响应中没有 {path}", "the log-in answer has no {path}"),
    "CON115": ("响应不是有效的 {format}", "the answer is not valid {format}"),
    "CON116": ("路径 {path} 不是记录列表", "{path} is not a list of records"),
    "CON117": ("翻页重复：{what}", "paging repeats itself: {what}"),
    "CON118": ("超过最大页数 {limit}", "more than {limit} pages"),
    "CON119": ("下一页链接指向其他来源 {host}", "the next link leads elsewhere: {host}"),
    "CON120": ("不是可用的地址：{reason}", "not a usable address: {reason}"),
    "CON121": ("配置错误 {pointer}：{reason}", "wrong configuration at {pointer}: {reason}"),
    "CON122": ("缺少密钥 {name}", "the secret {name} is missing"),
    "CON123": ("连接器 {name} 不可用：{reason}", "connector {name} is not available: {reason}"),
    "CON124": ("未知的占位符 {name}", "unknown placeholder {name}"),
    "CON125": (
        "密钥 {name} 是为 {origin} 输入的；请为新地址重新输入",
        "the secret {name} was entered for {origin}; enter it again for the new address",
    ),
    "CON126": ("连接器 {name} 不支持 {capability}", "connector {name} can not {capability}"),
    "CON127": ("数据流 {stream} 不存在", "there is no stream {stream}"),
    "CON128": ("参数 {name} 未设置", "the parameter {name} is not set"),
    "CON130": ("邮件服务器暂时拒绝（{status}）", "the mail server refused for now ({status})"),
    "CON131": ("邮件服务器拒绝（{status}）", "the mail server refused ({status})"),
    "CON132": ("收件地址无效：{address}", "not a mail address: {address}"),
    "CON133": ("邮件内容无效：{reason}", "the mail can not be sent: {reason}"),
    "CON140": ("OPC UA 服务器 {host} 不可达", "the OPC UA server {host} can not be reached"),
    "CON141": ("OPC UA 会话中断：{reason}", "the OPC UA session broke: {reason}"),
    "CON142": ("OPC UA 服务器没有命名空间 {uri}", "the OPC UA server has no namespace {uri}"),
    "CON143": ("OPC UA 节点无效：{item}（{status}）", "OPC UA node {item} refused ({status})"),
    "CON144": ("OPC UA 服务器拒绝登录（{status}）", "OPC UA log-in refused ({status})"),
    "CON145": ("{seconds} 秒没有心跳", "no heartbeat for {seconds} s"),
    "CON190": ("连接器内部错误：{reason}", "a bug in the connector: {reason}"),
}  # fmt: skip

# arguments of these messages that are words, English -> Chinese
PHRASES: dict[str, str] = {
    "not a JMESPath": "不是 JMESPath 表达式",
    "no evaluator": "没有可用的公式计算",
    "pages can not be smaller": "页已不能更小",
    "the next page is one we had": "下一页是已经取过的",
    "the same rows came again": "又收到同样的数据行",
    "unknown zone": "未知的时区",
    "not a number": "不是数字",
    "a log-in needs tls": "登录需要 tls",
    "not offered": "服务器不提供",
    "not installed": "没有安装",
    "its manifest has another name": "它的清单写的是另一个名称",
    "characters that do not belong in a URL": "含有网址中不该有的字符",
    "not a URL": "不是网址",
    "a scheme that is not allowed": "不允许的协议",
    "a user name in the URL": "网址中带有用户名",
    "port 0": "端口为 0",
    "not a host name": "不是主机名",
    "an address in an unusual spelling": "写法异常的地址",
    "an address with a zone": "带区域的地址",
    "it does not fit the schema": "不符合要求的写法",
}
