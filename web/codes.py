"""What the web floor says when a request is refused: code -> text in both languages."""

from __future__ import annotations

from dsl.diagnostics import register_messages

CODES: dict[str, tuple[str, str]] = {
    # the request as a whole
    "WEB100": ("请求无法理解", "the request can not be understood"),
    "WEB101": ("请求体应为 JSON 对象", "the body must be a JSON object"),
    "WEB102": ("请先登录", "please sign in"),
    "WEB103": ("没有权限", "you are not allowed to do this"),
    "WEB104": ("没有找到", "there is nothing here"),
    "WEB105": ("此地址不支持 {method}", "this address does not take {method}"),
    "WEB106": ("内容超过 {limit}", "the content is larger than {limit}"),
    "WEB107": ("内容类型应为 {expected}", "the content type must be {expected}"),
    "WEB108": ("安全令牌无效，请刷新页面", "the security token is not valid; reload the page"),
    "WEB109": ("请求来自其他网站，已拒绝", "the request came from another site and was refused"),
    "WEB110": ("系统出错了，编号 {number}", "something went wrong; its number is {number}"),
    "WEB111": ("系统正忙，请稍后再试", "the system is busy; please try again"),
    "WEB112": ("请求太频繁，请稍后再试", "too many requests; please wait a little"),
    "WEB113": (
        "密钥不能用于此操作，请登录后进行",
        "a key can not do this; sign in and do it yourself",
    ),
    "WEB114": (
        "密钥缺少范围“{scope}”，请另建密钥",
        "the key lacks the scope '{scope}'; make another one",
    ),
    "WEB115": ("密钥无效或已过期", "the key is not valid or has expired"),
    "WEB116": (
        "管理员须先设置身份验证器（一次性验证码）",
        "administrators have to set up an authenticator app first",
    ),
    "WEB117": ("没有配置此登录方式", "this way to sign in is not set up"),
    "WEB118": (
        "您正在以他人身份查看，不能修改",
        "you are looking as somebody else and can change nothing",
    ),
    "WEB119": (
        "服务器存储空间已满，没有保存；仍可查看。请联系管理员清理空间，腾出后无需重启即可再提交",
        "the server's disk is full: nothing was saved, reading goes on; ask for room to be made",
    ),
    # one field of it
    "WEB201": ("请填写“{field}”", "'{field}' is required"),
    "WEB202": ("“{field}”的值无效", "'{field}' has a value that is not valid"),
    "WEB203": ("不认识“{field}”", "'{field}' is unknown"),
    "WEB204": ("“{field}”不能为空", "'{field}' may not be null"),
    "WEB205": ("“{field}”的长度不对", "'{field}' is too long or too short"),
    "WEB206": ("“{field}”不在可选值之中", "'{field}' is not one of the choices"),
    "WEB207": ("“{field}”超出范围", "'{field}' is out of range"),
    "WEB208": ("参数“{field}”出现多次", "parameter '{field}' appears more than once"),
    "WEB209": ("“{field}”应为文本", "'{field}' must be text"),
    "WEB210": ("“{field}”应为整数", "'{field}' must be a whole number"),
}
register_messages(CODES)
