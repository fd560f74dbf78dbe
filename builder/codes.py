"""The codes of everything that can be wrong with a definition, in Chinese and English."""

from __future__ import annotations

from dsl.diagnostics import register_messages, register_phrases

CODES: dict[str, tuple[str, str]] = {
    # --- reading JSON ---------------------------------------------------------------------
    "BLD101": ("不是有效的 JSON：{reason}", "not valid JSON: {reason}"),
    "BLD102": ("同一对象中键“{key}”出现两次，请删除其一", "key '{key}' appears twice; remove one"),
    "BLD103": (
        "数字 {number} 不可用：必须有限且在 64 位整数范围内",
        "number {number} is not usable: it must be finite and fit into 64 bits",
    ),
    "BLD104": ("嵌套超过 {limit} 层，请简化", "nested deeper than {limit} levels; simplify it"),
    "BLD105": (
        "文本含有不允许的字符（空字符或残缺的代理字符）",
        "a text holds a character that is not allowed (NUL or a lone surrogate)",
    ),
    # --- shape of a document --------------------------------------------------------------
    "BLD110": ("缺少“{key}”", "'{key}' is missing"),
    "BLD111": ("不认识“{key}”{hint}", "unknown key '{key}'{hint}"),
    "BLD112": ("应为{expected}，实为{actual}", "expected {expected}, found {actual}"),
    "BLD113": ("“{value}”不在可选值中：{options}{hint}", "'{value}' is not one of {options}{hint}"),
    "BLD114": (
        "“{value}”的写法不对，应形如 {pattern}",
        "'{value}' is malformed, expected {pattern}",
    ),
    "BLD115": ("不满足限制 {rule}：{limit}", "breaks the limit {rule}: {limit}"),
    "BLD116": (
        "列表中“{key}”重复，每项必须不同",
        "'{key}' appears twice in the list; items must differ",
    ),
    "BLD117": (
        "“{value}”不是有效的日期，应形如 2026-03-31",
        "'{value}' is not a date like 2026-03-31",
    ),
    "BLD118": ("“{value}”不是有效的时长，应形如 PT8H", "'{value}' is not a duration like PT8H"),
    "BLD119": (
        "“{value}”不是有效的时刻，应形如 08:00",
        "'{value}' is not a time of day like 08:00",
    ),
    "BLD120": ("没有名为“{value}”的时区", "there is no time zone named '{value}'"),
    "BLD121": (
        "没有从版本 {version} 升级 {kind} 的办法",
        "{kind} of version {version} can not be read",
    ),
    # --- meaning of a catalog -------------------------------------------------------------
    "BLD201": ("{kind}“{name}”定义了两次", "{kind} '{name}' is defined twice"),
    "BLD202": ("没有名为“{name}”的{kind}{hint}", "there is no {kind} '{name}'{hint}"),
    "BLD203": ("{entity}没有字段“{name}”{hint}", "{entity} has no field '{name}'{hint}"),
    "BLD204": (
        "“{path}”应指向 {expected}，却指向 {actual}",
        "'{path}' must lead to {expected}, it leads to {actual}",
    ),
    "BLD205": ("“{path}”不是日期或时间字段", "'{path}' is not a date or datetime field"),
    "BLD206": ("标签“{label}”在同一范围内出现两次", "label '{label}' appears twice in one scope"),
    "BLD207": ("循环：{path}", "cycle: {path}"),
    "BLD208": (
        "角色对 {entity} 使用行范围“{rows}”，但该实体没有 access.{anchor}",
        "rows '{rows}' on {entity} need access.{anchor}, which the entity does not declare",
    ),
    "BLD209": (
        "收件人路径“{path}”必须指向人员，却指向 {actual}",
        "receiver '{path}' must lead to a person, it leads to {actual}",
    ),
    "BLD210": ("聚合“{agg}”需要 value", "aggregate '{agg}' needs a value"),
    "BLD211": (
        "“{key}”不能用于类型为 {type} 的字段",
        "'{key}' does not apply to a field of type {type}",
    ),
    "BLD212": ("类型为 {type} 的字段需要“{key}”", "a field of type {type} needs '{key}'"),
    "BLD213": ("最小值 {low} 大于最大值 {high}", "min {low} is greater than max {high}"),
    "BLD214": (
        "子表实体 {entity} 的 parent 必须是 {parent}",
        "the rows of a child table: {entity} must have parent {parent}",
    ),
    "BLD215": (
        "事件规则只能读日志实体，{entity} 不是",
        "an event rule reads a log entity; {entity} is not one",
    ),
    "BLD216": ("版本必须从旧到新排列", "versions must be listed from old to new"),
    "BLD217": ("找不到连接器“{name}”{hint}", "there is no connector '{name}'{hint}"),
    "BLD218": (
        "连接器“{name}”没有流“{stream}”{hint}",
        "connector '{name}' has no stream '{stream}'{hint}",
    ),
    "BLD219": ("不认识转换“{value}”{hint}", "unknown conversion '{value}'{hint}"),
    "BLD220": ("键字段“{key}”没有被映射", "key field '{key}' is not mapped"),
    "BLD221": (
        "无法从 {entity} 找到通往 {subject} 的路径，请写明 subject",
        "no single path leads from {entity} to {subject}; name it with 'subject'",
    ),
    "BLD222": (
        "{entity} 没有时间字段，请写明 at",
        "{entity} has no time field; name one with 'at'",
    ),
    "BLD223": (
        "内建实体“{name}”不能在包中定义",
        "'{name}' is built in and can not be defined by a pack",
    ),
    "BLD224": (
        "参数“{name}”没有在 pack.json 中声明",
        "parameter '{name}' is not declared in pack.json",
    ),
    "BLD235": (
        "“{key}”是每条记录自带的系统列；请换一个键，例如 {key}_no",
        "'{key}' is a system column of every record; choose another key, for example {key}_no",
    ),
    "BLD225": ("条件步骤需要正好一个默认分支", "a condition needs exactly one default branch"),
    "BLD226": (
        "只读的系统实体 {entity} 不能用在这里",
        "{entity} is a read-only system entity, not usable here",
    ),
    "BLD227": ("字段“{name}”不在表单上", "field '{name}' is not on the form"),
    "BLD228": ("行范围“formula”需要 formula", "rows 'formula' need a formula"),
    "BLD229": (
        "源设置 {setting} 不符合连接器的要求：{reason}",
        "setting {setting} does not fit the connector: {reason}",
    ),
    "BLD230": ("没有数据源提供序列“{name}”", "no source provides the series '{name}'"),
    "BLD231": ("“{path}”不能为空", "'{path}' may not be empty"),
    "BLD232": (
        "lookup 只用于引用字段，“{name}”不是",
        "lookup is for reference fields; '{name}' is not one",
    ),
    "BLD234": (
        "字段“{field}”不指向对象“{entity}”",
        "the field '{field}' does not point to '{entity}'",
    ),
    "BLD233": (
        "字段“{name}”由公式计算，不能写入",
        "field '{name}' is computed and can not be written",
    ),
    "BLD236": (
        "编号规则“{rule}”无效：要有一个由零组成的计数，如 QC-{{yyyy}}{{mm}}-{{0000}}",
        "'{rule}' is no numbering rule: it needs a counter, as in QC-{{yyyy}}{{mm}}-{{0000}}",
    ),
    "BLD237": (
        "明细行不能有 {type} 字段：明细不嵌套，也不编号",
        "rows of a child table can not have a {type} field: they neither nest nor are numbered",
    ),
    "BLD239": ("“{name}”不是这个表单的明细", "'{name}' is no child table of this form"),
    "BLD240": ("字段“{name}”没有选项“{value}”", "the field '{name}' has no option '{value}'"),
    "BLD435": (
        "“{name}”不指向记录，不能限定可选的记录",
        "'{name}' does not point to records, so none can be filtered",
    ),
    "BLD436": (
        "可选范围不能统计表单自己的明细“{name}”",
        "which records may be chosen can not depend on the rows '{name}' of the form itself",
    ),
    "BLD241": ("余额只用于日志实体（log）", "a balance is for log entities"),
    "BLD242": (
        "账户和金额字段必须必填：{name}",
        "accounts and amounts must be required fields: {name}",
    ),
    "BLD243": ("金额字段“{name}”应为数字", "the amount '{name}' must be a number"),
    # --- packs ----------------------------------------------------------------------------
    "BLD301": ("包中没有 pack.json", "the pack has no pack.json"),
    "BLD302": ("路径“{path}”不允许出现在包中", "path '{path}' is not allowed in a pack"),
    "BLD303": (
        "文件类型不允许：只收 JSON、图片和 README.md",
        "only JSON, images and README.md may be in a pack",
    ),
    "BLD304": ("包超过 {limit}", "the pack is larger than {limit}"),
    "BLD305": ("不是有效的 zip 文件：{reason}", "not a readable zip file: {reason}"),
    "BLD306": (
        "文件名应为“{expected}”（与 key 相同）",
        "the file should be named '{expected}', after its key",
    ),
    "BLD307": (
        "文件不属于包的任何文件夹：{folders}",
        "the file is in none of the folders of a pack: {folders}",
    ),
    "BLD308": ("样例应是记录的列表", "samples must be a list of records"),
    "BLD309": (
        "测试应是带“case”的对象或其列表",
        "a test must be an object with 'case', or a list of them",
    ),
    "BLD310": ("没有文件夹“{path}”", "there is no folder '{path}'"),
    # --- values of fields -----------------------------------------------------------------
    "BLD401": ("{label}必填", "{label_en} is required"),
    "BLD402": ("{label}应为{expected}", "{label_en} must be {expected}"),
    "BLD403": ("{label}不能小于 {limit}", "{label_en} must not be less than {limit}"),
    "BLD404": ("{label}不能大于 {limit}", "{label_en} must not be greater than {limit}"),
    "BLD405": ("{label}最多 {limit} 个字符", "{label_en} may have at most {limit} characters"),
    "BLD406": ("{label}没有选项“{value}”", "{label_en} has no option '{value}'"),
    "BLD408": ("{label}由公式计算，不能填写", "{label_en} is computed and can not be filled in"),
    "BLD409": (
        "{label}的树最多 {depth} 层、{nodes} 个节点",
        "{label_en}: a tree has at most {depth} levels and {nodes} nodes",
    ),
    # --- values that a change of type can not keep ----------------------------------------
    "BLD421": (
        "{label}：{before} 不能转换为 {after}；请先转换为文本，或保留原字段",
        "{label_en}: {before} does not convert to {after}; go by way of text or keep the field",
    ),
    "BLD422": (
        "{label}：“{value}”转换后会丢失小数位",
        "{label_en}: '{value}' would lose digits",
    ),
    "BLD423": ("{label}：没有名为“{value}”的记录", "{label_en}: no record is called '{value}'"),
    "BLD424": (
        "{label}：有多条记录名为“{value}”",
        "{label_en}: several records are called '{value}'",
    ),
    "BLD425": (
        "{label}：所指的记录已不存在或没有名称",
        "{label_en}: the record it points to is gone or has no name",
    ),
    # --- rules that hold however a record is written -------------------------------------------
    "BLD456": (
        "“{name}”已是该实体的通用表单，一个实体只能有一个；请去掉其中一个的 general",
        "'{name}' is the entity's general form already; only one can be: unset one of them",
    ),
    # --- what a role may do with fields -----------------------------------------------------
    "BLD445": (
        "{name} 不在 masked_fields 中，掩码对它无效；请加入 masked_fields 或删除此掩码",
        "{name} is not among masked_fields, so it has no mask; put it there or remove the mask",
    ),
    "BLD446": (
        "{name} 不是文本字段，不能只显示首尾；请删除此掩码，字段将显示为 ***",
        "{name} is not a text, so no part of it can be shown; without this mask it reads ***",
    ),
    "BLD447": (
        "new_fields 为 {value} 时必须写明 known_fields（当前已有的字段），否则无法区分新字段",
        "with new_fields {value}, say in known_fields which fields there are today",
    ),
    # --- personal data --------------------------------------------------------------------
    "BLD430": (
        "“{name}”含个人信息，须写明处理目的（privacy.purpose，中英文都要）",
        "'{name}' holds personal data: say what it is kept for (privacy.purpose, zh-CN and en)",
    ),
    "BLD431": (
        "“{name}”由系统算出，不能到期清除；请对其来源字段设置 retain_days",
        "'{name}' is computed and can not be cleared; set retain_days on the fields it comes from",
    ),
    "BLD432": (
        "“{name}”属于账户余额，不能到期清除；请去掉 retain_days",
        "'{name}' is part of a balance and can not be cleared; leave retain_days away",
    ),
    "BLD433": (
        "“{name}”由多行组成，不能到期清除；请对子表的字段设置 retain_days",
        "'{name}' is made of rows; set retain_days on the fields of a child table's rows",
    ),
    "BLD411": ("{label}至少 {limit} 个字符", "{label_en} needs at least {limit} characters"),
}
register_messages(CODES)
PHRASES: dict[str, str] = {
    # kinds of definitions
    "entity": "实体",
    "form": "表单",
    "flow": "流程",
    "rule": "规则",
    "metric": "指标",
    "dashboard": "看板",
    "source": "数据源",
    "role": "角色",
    "document": "模板",
    "calendar": "日历",
    "pack": "模板包",
    # kinds of records that are always there
    "person": "人员",
    "department": "部门",
    "position": "职位",
    "assignment": "任职记录",
    "record": "记录",
    # kinds of JSON, and of texts
    "object": "对象",
    "array": "列表",
    "list": "列表",
    "string": "文本",
    "text": "文本",
    "integer": "整数",
    "number": "数字",
    "boolean": "真或假",
    "true/false": "真或假",
    "null": "空",
    "a text": "文本",
    "a list of rows": "由若干行组成的列表",
    "a decimal text like 12.5": "数字，如 12.5",
    "latitude,longitude like 31.230416,121.473701": "纬度,经度，如 31.230416,121.473701",
    "a division code such as 330106": "行政区划代码，如 330106",
    # why a file is none
    "it is damaged": "文件已损坏",
    "two files have the same name": "有两个文件同名",
    "not UTF-8, byte": "不是 UTF-8 编码，位置",
    "it does not fit the rule": "不符合要求",
    # why a text is no JSON, as Python puts it
    "Expecting value": "此处应有一个值",
    "Expecting ',' delimiter": "此处应有逗号",
    "Expecting ':' delimiter": "此处应有冒号",
    "Expecting property name enclosed in double quotes": "此处应有双引号括起的键",
    "Unterminated string starting at": "文本没有结束，起于",
    "Invalid control character at": "含有控制字符",
    "Invalid \\escape": "转义写法不对",
    "Invalid \\uXXXX escape": "\\u 后应有四位十六进制数",
    "Illegal trailing comma before end of object": "对象末尾多了一个逗号",
    "Illegal trailing comma before end of array": "列表末尾多了一个逗号",
    "Extra data": "末尾有多余内容",
}
register_phrases(PHRASES)


def hint(guess: str | None) -> str:
    """The did-you-mean part of a message; reads in both languages."""
    return f" (→ {guess}?)" if guess else ""
