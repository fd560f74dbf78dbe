"""The diagnostics of the language: one row per code with its words in zh-CN and en."""

from __future__ import annotations

from dsl.diagnostics import register_messages, register_phrases

TOO_LONG = "DSL001"
TOO_DEEP = "DSL002"
TOO_MANY_PARTS = "DSL003"
UNCLOSED_TEXT = "DSL004"
UNCLOSED_NAME = "DSL005"
UNEXPECTED = "DSL006"
UNEXPECTED_END = "DSL007"
BAD_CHARACTER = "DSL008"
EMPTY = "DSL009"
BAD_NUMBER = "DSL010"
UNKNOWN_UNIT = "DSL011"
MINUS_OR_POWER = "DSL012"
POWER_OF_POWER = "DSL013"
NO_SUCH_DATE = "DSL014"
CHAINED_COMPARISON = "DSL015"
STRAY_PERCENT = "DSL016"
NAME_STARTS_WITH_DIGIT = "DSL017"
TOO_BIG = "DSL018"

UNKNOWN_FUNCTION = "DSL101"
UNKNOWN_NAME = "DSL102"
AMBIGUOUS_NAME = "DSL103"
ARGUMENT_COUNT = "DSL104"
ARGUMENT_TYPE = "DSL105"
OPERAND_TYPES = "DSL106"
NOT_COMPARABLE = "DSL107"
UNKNOWN_OPTION = "DSL108"
DATE_PLUS_NUMBER = "DSL109"
PERCENT_OR_POINTS = "DSL110"
NOT_A_CONDITION = "DSL111"
ROWS_OUTSIDE_AGGREGATE = "DSL112"
NOT_ROWS = "DSL113"
NO_FIELDS_BEHIND = "DSL114"
RESULT_TYPE = "DSL115"
NOT_A_LITERAL = "DSL116"
LITERAL_RANGE = "DSL117"
EMPTY_TEXT = "DSL118"
COMPARED_WITH_NULL = "DSL119"
POINTS_MISPLACED = "DSL120"
OTHER_ENTITY = "DSL121"
BRANCH_TYPES = "DSL122"
CALENDAR_UNIT = "DSL123"
NUMBER_IN_QUOTES = "DSL124"
DATE_IN_QUOTES = "DSL125"
UNKNOWN_TYPE = "DSL126"
NO_OUTER_ROW = "DSL127"
BAD_CRITERION = "DSL128"
WILDCARDS = "DSL129"
OTHER_ROWS = "DSL130"
BAD_FORMAT = "DSL131"
NO_PAST = "DSL132"
NO_GRAIN = "DSL133"
UNKNOWN_CALENDAR = "DSL134"
NOT_A_TEXT = "DSL135"
SERVER_ONLY = "DSL136"
NOT_FOLLOWED = "DSL137"
NOT_A_KIND = "DSL138"
BAD_REQUEST = "DSL190"

DIVISION_BY_ZERO = "DSL201"
OVERFLOW = "DSL202"
BAD_DATE = "DSL203"
BLANK = "DSL204"
NO_VALUES = "DSL205"
NO_MATCH = "DSL206"
NOT_WHOLE_DAYS = "DSL207"
EMPTY_RESULT = "DSL208"
NO_PARAMETER = "DSL209"
CONDITION_UNKNOWN = "DSL210"
SAID_NULL = "DSL211"
OUT_OF_DOMAIN = "DSL212"
NOT_FOUND = "DSL213"
NOT_A_NUMBER = "DSL214"
NO_TEXT = "DSL215"
NO_WORKING_DAY = "DSL216"

MESSAGES: dict[str, tuple[str, str]] = {
    TOO_LONG: (
        "公式有 {length} 个字符，最多 {limit} 个",
        "the formula has {length} characters, at most {limit} are allowed",
    ),
    TOO_DEEP: (
        "公式嵌套太深，最多 {limit} 层；请拆成几个字段",
        "the formula is nested too deeply, at most {limit} levels; split it into several fields",
    ),
    TOO_MANY_PARTS: (
        "公式太大：超过 {limit} 个部分；请拆成几个字段",
        "the formula is too large: more than {limit} parts; split it into several fields",
    ),
    UNCLOSED_TEXT: ("文本缺少结束引号", "this text has no closing quote"),
    UNCLOSED_NAME: (
        "名称缺少结束的右花括号",
        "this name has no closing brace",
    ),
    UNEXPECTED: (
        "这里不能出现“{found}”；可以是：{expected_zh}",
        "'{found}' does not fit here; expected: {expected}",
    ),
    UNEXPECTED_END: (
        "公式没有写完；还需要：{expected_zh}",
        "the formula ends too early; expected: {expected}",
    ),
    BAD_CHARACTER: ("不认识的字符“{found}”", "unknown character '{found}'"),
    EMPTY: ("公式是空的", "the formula is empty"),
    BAD_NUMBER: (
        "数字 {found} 超出范围：最多 8 位小数，整体在 64 位整数之内",
        "the number {found} is out of range: at most 8 decimals, in all within 64 bits",
    ),
    UNKNOWN_UNIT: (
        "不认识的单位“{unit}”{hint_zh}；可用：{known}",
        "unknown unit '{unit}'{hint}; known are: {known}",
    ),
    MINUS_OR_POWER: (
        "“{text}”有两种读法，请加括号：({minus})^… 或 -(…^…)",
        "'{text}' can be read in two ways; write ({minus})^... or -(...^...)",
    ),
    POWER_OF_POWER: (
        "连续的 ^ 有两种读法，请加括号：(a^b)^c 或 a^(b^c)",
        "a chain of ^ can be read in two ways; write (a^b)^c or a^(b^c)",
    ),
    NO_SUCH_DATE: ("日期 {found} 不存在", "there is no date {found}"),
    CHAINED_COMPARISON: (
        "不能连续比较；请写 BETWEEN(x, 下限, 上限) 或用 AND 连接",
        "comparisons cannot be chained; write BETWEEN(x, low, high) or join them with AND",
    ),
    STRAY_PERCENT: (
        "% 只能跟在数字后面；求余数请用 MOD(a, b)",
        "% may only follow a number; the remainder is MOD(a, b)",
    ),
    NAME_STARTS_WITH_DIGIT: (
        "以数字开头的名称要放在花括号里",
        "a name that starts with a digit goes in braces",
    ),
    TOO_BIG: (
        "乘方或连乘的结果可能过大（超过 {digits} 位）",
        "this power or product can grow too large (more than {digits} digits)",
    ),
    UNKNOWN_FUNCTION: ("没有函数“{name}”{hint_zh}", "unknown function '{name}'{hint}"),
    UNKNOWN_NAME: ("没有字段“{name}”{hint_zh}", "unknown field '{name}'{hint}"),
    AMBIGUOUS_NAME: (
        "“{name}”有多个含义：{choices}；请写字段标识",
        "'{name}' can mean {choices}; write the key",
    ),
    ARGUMENT_COUNT: (
        "{function} 需要 {wanted} 个参数，给了 {got} 个：{signature}",
        "{function} takes {wanted} arguments, got {got}: {signature}",
    ),
    ARGUMENT_TYPE: (
        "{function} 的参数“{parameter}”应为{wanted_zh}，实际是{got_zh}",
        "{function} needs {wanted} for '{parameter}', got {got}",
    ),
    OPERAND_TYPES: (
        "“{operator}”不能用于{left_zh}和{right_zh}",
        "'{operator}' cannot combine {left} and {right}",
    ),
    NOT_COMPARABLE: (
        "{left_zh}和{right_zh}不能比较",
        "{left} cannot be compared with {right}",
    ),
    UNKNOWN_OPTION: (
        "没有选项“{name}”{hint_zh}；可选：{options}",
        "unknown option '{name}'{hint}; options are: {options}",
    ),
    DATE_PLUS_NUMBER: (
        "日期不能直接加减数字；请写单位，如 7天",
        "a date and a number cannot be added; give the unit, as in 7d",
    ),
    PERCENT_OR_POINTS: (
        "“{text}”有两种含义：相对 {percent}：{relative}；或 {points} 个百分点：{absolute}",
        "'{text}' can mean {percent} of it: {relative}; or {points} percentage points: {absolute}",
    ),
    NOT_A_CONDITION: (
        "这里需要一个条件（是/否），实际是{got_zh}",
        "a condition (true or false) is needed here, got {got}",
    ),
    ROWS_OUTSIDE_AGGREGATE: (
        "“{name}”是多行明细，只能放在 SUM、COUNT、AVG、MIN、MAX 等汇总函数里",
        "'{name}' stands for many rows; use it inside SUM, COUNT, AVG, MIN or MAX",
    ),
    NOT_ROWS: (
        "“{name}”不是明细表，不能用 […] 筛选",
        "'{name}' is not a child table, a filter [...] does not apply",
    ),
    NO_FIELDS_BEHIND: (
        "“{name}”是{got_zh}，后面不能再接字段",
        "'{name}' is {got} and has no fields",
    ),
    RESULT_TYPE: (
        "结果应为{wanted_zh}，实际是{got_zh}",
        "the result must be {wanted}, it is {got}",
    ),
    NOT_A_LITERAL: (
        "{function} 的参数“{parameter}”必须直接写成整数",
        "{function} needs a whole number written out for '{parameter}'",
    ),
    LITERAL_RANGE: (
        "{function} 的参数“{parameter}”要在 {low} 到 {high} 之间",
        "{function} needs {low} to {high} for '{parameter}'",
    ),
    EMPTY_TEXT: (
        "空文本就是空值；请用 ISBLANK(x) 判断",
        "empty text is the same as blank; test it with ISBLANK(x)",
    ),
    COMPARED_WITH_NULL: (
        "与 NULL 比较永远没有结果；请用 ISBLANK(x)",
        "a comparison with NULL is never true; use ISBLANK(x)",
    ),
    POINTS_MISPLACED: (
        "百分点只能用于加减和比较；请写 {percent}",
        "percentage points can only be added, subtracted or compared; write {percent}",
    ),
    OTHER_ENTITY: (
        "“{left}”和“{right}”是不同的对象，不能比较",
        "'{left}' and '{right}' are different entities and cannot be compared",
    ),
    BRANCH_TYPES: (
        "各分支的结果要同类：{left_zh}和{right_zh}",
        "the branches must yield one type, not {left} and {right}",
    ),
    CALENDAR_UNIT: (
        "月和年的长短不一，只能与日期相加减",
        "months and years differ in length; they can only be added to or taken from a date",
    ),
    NUMBER_IN_QUOTES: (
        "数字不要加引号：{found}",
        "write the number without quotes: {found}",
    ),
    DATE_IN_QUOTES: (
        "日期不要加引号：{found}",
        "write the date without quotes: {found}",
    ),
    UNKNOWN_TYPE: (
        "无法判断类型：公式只有 NULL",
        "the type is unknown: there is nothing but NULL",
    ),
    NO_OUTER_ROW: (
        "只有在明细筛选 […] 里才能用 {name}",
        "'{name}' is only known inside the filter [...] of a child table",
    ),
    BAD_CRITERION: (
        "条件“{text}”要写成一个值，或比较符加值，如 '>5'",
        "the criterion '{text}' must be a value, or a comparison and a value, as '>5'",
    ),
    WILDCARDS: (
        "条件里的 * 和 ? 不是通配符；请写 {rows}[CONTAINS(字段, '…')]",
        "* and ? are no wildcards here; write {rows}[CONTAINS(field, '...')]",
    ),
    OTHER_ROWS: (
        "{function} 的各部分要来自同一个明细表",
        "the parts of {function} must come from one child table",
    ),
    BAD_FORMAT: (
        "不认识的格式“{text}”；数字如 '#,##0.00'、'0%'，日期如 'yyyy-mm-dd'",
        "unknown format '{text}'; for numbers '#,##0.00' or '0%', for dates 'yyyy-mm-dd'",
    ),
    NO_PAST: (
        "这里没有以前的周期；周期函数只用于规则条件里的实际值、目标值",
        "there are no earlier periods here; use it on value and target in a rule's condition",
    ),
    NO_GRAIN: (
        "这里没有周期，不知道哪个是上年同期；{function} 只用于规则条件里的实际值、目标值",
        "there are no periods here; use {function} on value and target in a rule's condition",
    ),
    UNKNOWN_CALENDAR: (
        "没有日历“{name}”{hint_zh}",
        "there is no calendar '{name}'{hint}",
    ),
    NOT_A_TEXT: (
        "{function} 的参数“{parameter}”必须直接写成加引号的文本",
        "{function} needs a text written out in quotes for '{parameter}'",
    ),
    SERVER_ONLY: (
        "{names} 要由服务器逐条计算，记录很多时筛选和汇总较慢；可把结果存成字段",
        "the server computes {names} record by record; for many, keep the result in a field",
    ),
    NOT_FOLLOWED: (
        "“{name}”可指向几种记录（{kinds}），后面不能接字段；请改用关联字段，或用 POINTSTO 判断",
        "'{name}' may point to any of {kinds}, no field is behind it; use a reference or POINTSTO",
    ),
    NOT_A_KIND: (
        "“{name}”不是它能指向的记录；可以是：{kinds}",
        "'{name}' is nothing it may point to; that is one of: {kinds}",
    ),
    BAD_REQUEST: ("请求不正确：{problem}", "bad request: {problem}"),
    DIVISION_BY_ZERO: ("除数为 0", "division by zero"),
    OVERFLOW: ("结果超出 64 位整数范围", "the result leaves the 64-bit range"),
    BAD_DATE: ("没有这个日期", "there is no such date"),
    BLANK: ("数据缺失：{name} 是空的", "missing data: {name} is blank"),
    NO_VALUES: ("没有可汇总的数据", "there are no values to aggregate"),
    NO_MATCH: ("没有符合的分支", "no branch matches"),
    NOT_WHOLE_DAYS: ("日期只能加减整天", "only whole days can be added to a date"),
    EMPTY_RESULT: ("结果是空文本", "the result is empty text"),
    NO_PARAMETER: (
        "计算时没有给出 {name}",
        "{name} was not given for this evaluation",
    ),
    CONDITION_UNKNOWN: (
        "条件未知，按“否”处理",
        "the condition is unknown and counts as false",
    ),
    SAID_NULL: ("公式在这里给出空值", "the formula yields blank here"),
    OUT_OF_DOMAIN: (
        "这个数没有结果（如负数的平方根、零的对数），或结果太大",
        "there is no such result (as the root of a negative number), or it is too large",
    ),
    NOT_FOUND: ("没有找到", "it does not occur"),
    NOT_A_NUMBER: ("文本不是数字", "the text is not a number"),
    NO_TEXT: (
        "结果为空，或超过 4096 个字",
        "the result is empty or longer than 4096 characters",
    ),
    NO_WORKING_DAY: (
        "日历里没有这么多工作日",
        "the calendar does not have that many working days",
    ),
}
register_messages(MESSAGES)
register_phrases({"the line is not a JSON object": "这一行不是 JSON 对象"})
