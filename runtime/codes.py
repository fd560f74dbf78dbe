"""What the runtime says when something is wrong: code -> text in both languages."""

from __future__ import annotations

from dsl.diagnostics import register_messages, register_phrases

register_messages(
    {
        # values of a record
        "RUN101": ("请填写“{label}”", "please fill in “{label_en}”"),
        "RUN102": ("没有字段“{field}”", "there is no field '{field}'"),
        "RUN103": ("字段“{field}”不能在这里填写", "the field '{field}' can not be set here"),
        "RUN104": ("“{label}”没有找到所选的记录", "“{label_en}”: the chosen record was not found"),
        "RUN105": ("“{label}”没有找到所选的文件", "“{label_en}”: the chosen file was not found"),
        "RUN106": ("“{label}”必须是行的列表", "“{label_en}” must be a list of rows"),
        "RUN107": ("“{label}”最多 {limit} 行", "“{label_en}” may have at most {limit} rows"),
        "RUN110": ("“{label}”至少选 {limit} 项", "“{label_en}” needs at least {limit} values"),
        "RUN111": (
            "“{label}”的这个选项现在不能选，请重新选择",
            "“{label_en}”: this option can not be chosen now; please choose again",
        ),
        "RUN112": ("有效期应为 1 到 {limit} 天", "it may be valid for 1 to {limit} days"),
        "RUN113": ("提交太频繁，请稍后再试", "too much was sent; please wait a little"),
        "RUN114": (
            "“{label}”余额不足，没有记账",
            "“{label_en}”: the balance is too low; nothing was posted",
        ),
        # people who leave
        "RUN140": (
            "没有人接手：此人没有上级，请指定接手人",
            "nobody would take over: there is no manager; please name a successor",
        ),
        "RUN141": (
            "接手人已离职或就是离职者本人，请另选一位",
            "the successor has left or is the one who leaves; please choose somebody else",
        ),
        "RUN142": (
            "{person}已离职，仍有 {count} 项待办无人接手；请为其安排离职交接并指定接手人",
            "{person} has left, {count} open tasks have nobody; arrange it again with a successor",
        ),
        "RUN143": ("离职日期无效，请写成 2026-03-31 的样子", "write the day like 2026-03-31"),
        "RUN150": (
            "“{day}”不是日期，请写成 2026-10-01 的样子",
            "'{day}' is no day; write it like 2026-10-01",
        ),
        "RUN151": (
            "{day} 不在 {year} 年：请分年保存",
            "{day} is not in {year}: mark each year by itself",
        ),
        "RUN152": (
            "{year} 年的日历刚刚被别人改过：请取回最新内容，核对后再保存",
            "somebody else has just marked days of {year}: load them, look again, then save",
        ),
        # the data of one person
        "RUN120": (
            "预览之后数据有变化：请重新查看将被清除的内容，再次确认",
            "the data has changed since the preview: look again at what would be erased",
        ),
        "RUN121": (
            "不能清除自己：请由另一位管理员操作",
            "nobody erases himself: ask another administrator",
        ),
        "RUN122": ("请说明清除的理由", "say why the data is erased"),
        "RUN123": (
            "清除个人数据开始后不能中止，请等待完成",
            "erasing a person's data is not stopped half way: wait until it is done",
        ),
        "RUN124": (
            "您的账号没有关联人员：请让管理员在账号上关联您的人员记录，再导出",
            "your account belongs to no person: have an administrator name you on it, then export",
        ),
        "RUN130": (
            "这份草稿已在另一台设备上改过，请先打开那一份",
            "this draft was changed on another device; open that one first",
        ),
        "RUN131": (
            "这份表单已经提交，不再保存草稿",
            "this form was sent already; no draft of it is kept",
        ),
        "RUN132": (
            "草稿太大，最多 {limit} KB，请删减内容或直接提交",
            "the draft is too large (at most {limit} KB); shorten it or send the form",
        ),
        "RUN133": (
            "草稿最多保存 {limit} 份，请先提交或删除一些",
            "at most {limit} drafts are kept; send or delete some first",
        ),
        "RUN134": (
            "“{label}”选的记录不在可选范围内，请重新选择",
            "“{label_en}”: the chosen record is not among those that fit; please choose again",
        ),
        "RUN156": (
            "“{label}”在当前情况下只读，不能修改；请保留原值，或先改变使它只读的条件",
            "“{label_en}” is read-only as things stand; leave it, or change what makes it so first",
        ),
        "RUN157": (
            "这个链接只收 {limit} 份，已经收满；如需继续填报，请联系发布者",
            "this link takes {limit} answers and has them all; ask whoever gave it to you",
        ),
        "RUN158": (
            "“{login}”是最后一位管理员，不能停用、离职、删除或失去管理员角色；请先让其他人成为管理员",
            "'{login}' is the last administrator and stays one; make somebody else one first",
        ),
        "RUN159": (
            "“{person}”的 {count} 条记录未能转给继任者；请逐条处理后重新安排离职",
            "{count} records of “{person}” were not handed over; settle them and arrange it again",
        ),
        "RUN108": (
            "“{label}”与已有记录重复",
            "there is a record with the same “{label_en}” already",
        ),
        "RUN109": ("{message}", "{message_en}"),  # the author's own message of a form check
        # what is asked for
        "RUN201": ("没有找到：{what}", "not found: {what}"),
        "RUN202": ("没有权限：{what}", "not allowed: {what}"),
        "RUN203": (
            "记录已被他人修改：{fields}",
            "somebody else has changed the record meanwhile: {fields_en}",
        ),
        "RUN204": (
            "同一个提交编号用于不同的内容",
            "the same submission key was used with other content",
        ),
        "RUN205": ("任务已经结束", "the task is already closed"),
        "RUN206": ("这条记录不能修改或删除", "this record can not be changed or deleted"),
        "RUN207": ("排序字段无效：{field}", "can not sort by '{field}'"),
        "RUN208": ("翻页标记无效", "the page cursor is not valid"),
        "RUN209": ("告警已经关闭", "the alert is already closed"),
        "RUN210": ("“{name}”的取值无效：{value}", "not a valid {name}: {value}"),
        "RUN211": ("这个任务没有要填写的表单", "the task has no form to fill in"),
        "RUN216": ("您不能填写“{label}”", "you may not set “{label_en}”"),
        "RUN217": (
            "“{label}”由任职记录决定，请新增一条任职记录",
            "“{label_en}” follows the person's assignments; add an assignment instead",
        ),
        "RUN212": (
            "“{label}”不能用“{operator}”来筛选",
            "“{label_en}” can not be compared with '{operator}'",
        ),
        "RUN213": ("筛选条件的写法不对", "the condition is not written as it should be"),
        "RUN214": (
            "“{label}”不能求“{aggregate}”",
            "'{aggregate}' makes no sense of “{label_en}”",
        ),
        "RUN215": ("“{label}”不能用来分组", "rows can not be grouped by “{label_en}”"),
        "RUN218": ("请填写查看的原因", "please say why you look as somebody else"),
        # the life of a record
        "RUN220": (
            "删除不足 {days} 天，还不能彻底清除",
            "it was deleted less than {days} days ago and can not be purged yet",
        ),
        "RUN221": (
            "仍有“{entity}”的记录引用它，不能彻底清除",
            "a record of “{entity_en}” still points to it; it can not be purged",
        ),
        "RUN222": ("提到的人员不存在", "a mentioned person was not found"),
        "RUN223": ("请写下评论内容", "please write something"),
        "RUN224": ("已有同名的视图“{name}”", "there is a view named “{name}” already"),
        "RUN225": (
            "视图已被他人修改，请重新载入",
            "the view was changed by somebody else; please reload it",
        ),
        "RUN226": (
            "你不能修改这条记录",
            "you are not allowed to change this record",
        ),
        "RUN227": (
            "只有已结束的批量修改才能撤销",
            "only a bulk change that has ended can be undone",
        ),
        "RUN228": ("请填写要修改的字段", "please fill in a field to change"),
        "RUN229": (
            "一次最多处理 {limit} 条记录，请缩小范围",
            "at most {limit} records at a time; please narrow the list down",
        ),
        # files with tables
        "RUN231": (
            "文件无法读取，请另存为 xlsx 或 csv 再试",
            "the file can not be read; save it as xlsx or csv",
        ),
        "RUN232": ("第一行没有标题", "the first row has no titles"),
        "RUN233": ("标题“{title}”出现两次", "the title “{title}” appears twice"),
        "RUN234": (
            "表格过大：最多 {rows} 行、{columns} 列",
            "the table is too large: at most {rows} rows and {columns} columns",
        ),
        "RUN235": (
            "超过 {limit} 条，请用后台导出",
            "more than {limit} records: export them in the background",
        ),
        "RUN236": (
            "“{label}”中有多条记录叫“{value}”，无法确定是哪一条",
            "“{label_en}”: more than one record is called “{value}”",
        ),
        "RUN237": ("文件中另一行有相同的关键值", "another row of the file has the same key"),
        "RUN238": (
            "列“{title}”没有对应的字段",
            "the column “{title}” goes to no field that can be imported",
        ),
        "RUN239": ("没有对应任何列", "no column goes to a field"),
        "RUN240": ("关键字段“{label}”没有对应的列", "no column goes to the key field “{label_en}”"),
        "RUN242": ("已有同名的定义“{name}”", "there is a definition named '{name}' already"),
        # XLSForm
        "RUN243": (
            "{sheet} 第 {row} 行：没有与“{value}”对应的写法，没有转换",
            "{sheet}, row {row}: there is nothing like '{value}' here; it was not converted",
        ),
        "RUN244": (
            "{sheet} 第 {row} 行 {column}：表达式“{value}”无法转换（{reason}），请转换后手动补上",
            "{sheet}, row {row}, {column}: '{value}' was not converted ({reason}); add it by hand",
        ),
        "RUN245": (
            "{sheet} 第 {row} 行：列“{column}”没有对应的设置，“{value}”没有转换",
            "{sheet}, row {row}: the column '{column}' has no counterpart; '{value}' was dropped",
        ),
        "RUN246": (
            "{sheet} 第 {row} 行：“{value}”没有配对的开始或结束，请修改后再导入",
            "{sheet}, row {row}: '{value}' has no matching begin or end; correct it and try again",
        ),
        "RUN247": (
            "{sheet} 第 {row} 行：“{value}”按“{kind}”转换，请核对",
            "{sheet}, row {row}: '{value}' was converted as '{kind}'; please check it",
        ),
        "RUN248": (
            "{sheet} 第 {row} 行：选项列表“{value}”不存在或为空，请补上后再导入",
            "{sheet}, row {row}: the list of choices '{value}' is missing or empty; add it first",
        ),
        "RUN249": (
            "文件里没有可以转换的 survey 工作表，请检查是否为 XLSForm",
            "the file has no sheet 'survey' with questions; please check that it is an XLSForm",
        ),
        # signing in and accounts
        "RUN301": ("用户名或密码不正确", "wrong name or password"),
        "RUN302": ("尝试次数过多，请稍后再试", "too many attempts, please try again later"),
        "RUN303": ("密码至少 {length} 个字符", "a password has at least {length} characters"),
        "RUN304": ("这个密码太常见", "this password is too common"),
        "RUN305": ("登录名“{login}”已被使用", "the login '{login}' is taken"),
        "RUN306": ("没有角色“{role}”", "there is no role '{role}'"),
        "RUN310": (
            "请输入身份验证器中的 6 位验证码",
            "enter the 6-digit code of your authenticator app",
        ),
        "RUN311": (
            "验证码不正确或已使用，请等待下一个",
            "the code is wrong or was used already; wait for the next one",
        ),
        "RUN312": ("原密码不正确", "the present password is wrong"),
        "RUN313": (
            "没有等待确认的验证器：请先停用，再重新设置",
            "there is no authenticator to confirm; turn it off, then set it up anew",
        ),
        "RUN315": (
            "不能授予范围“{scope}”：只能授予您自己拥有的权限",
            "the scope '{scope}' is not yours to give; choose among your own rights",
        ),
        "RUN316": (
            "最多 {limit} 个密钥，请先撤销不用的",
            "there are at most {limit} keys; revoke one that is not used",
        ),
        "RUN317": ("此密钥的请求过于频繁", "this key is used too often; wait a little"),
        "RUN320": (
            "登录服务暂时无法访问，请稍后再试或使用密码登录",
            "the sign-in service can not be reached; try later or use a password",
        ),
        "RUN321": (
            "登录服务未能确认身份，请重新登录",
            "the sign-in service did not confirm who you are; sign in again",
        ),
        "RUN322": (
            "登录已过期或来自其他浏览器，请重新登录",
            "the sign-in has expired or began in another browser; sign in again",
        ),
        "RUN323": (
            "此账号需要验证码：请用密码登录，或让登录服务要求第二因素",
            "this account asks for a code: use the password, or a service that asks for more",
        ),
        "RUN324": (
            "登录服务认识您，但这里没有同名的可用账号：请让管理员建立、启用或解锁该账号",
            "no account here may sign in by that name: ask an administrator to create or enable it",
        ),
        "RUN325": (
            "登录服务没有放行（您取消了，或无权使用本系统）：请重试，或向登录服务的管理员申请",
            "the sign-in service did not let you through: try again, or ask those who run it",
        ),
        "RUN326": (
            "登录服务没有给出可用的登录名（或邮箱未验证）：请管理员核对所用的声明（claim）",
            "the service gave no name, or an unverified e-mail: have the claim in use checked",
        ),
        # publishing and packs
        "RUN403": ("未知参数：{name}", "there is no parameter {name}"),
        "RUN404": ("需要先安装包“{pack}”", "the pack '{pack}' must be installed first"),
        "RUN405": ("样例记录无效：{problem}", "a sample record is not valid: {problem}"),
        "RUN407": (
            "草稿已被他人修改，请重新载入",
            "the draft was changed by somebody else; please reload it",
        ),
        "RUN408": (
            "密钥“{name}”要先有唯一的地址才能保存",
            "the secret {name} can be kept only once there is exactly one address it is for",
        ),
        "RUN411": (
            "“{field}”有 {count} 个值无法转换；请先改正这些值，或同意让它们留在原列",
            "{field}: {count} values do not convert; correct them, or consent to leave them behind",
        ),
        "RUN412": (
            "{entity} 的 {fields} 要唯一，但这些记录相同：{uids}",
            "{fields} of {entity} are to be unique, but these records share them: {uids}",
        ),
        "RUN413": (
            "“{name}”将被移除（数据保留）；需要单独同意",
            "'{name}' would be removed (its data is kept); that needs its own consent",
        ),
        "RUN414": (
            "“{field}”数据很多，不能随包一起转换；请先单独发布这个字段",
            "{field} has too many values to convert with a pack; publish that field first",
        ),
        "RUN415": (
            "另一次发布正在进行，涉及：{names}；请等它完成或取消它",
            "another publication is under way for {names}; wait for it or cancel it",
        ),
        "RUN416": (
            "这次发布已经结束：{state}",
            "that publication is over: {state}",
        ),
        "RUN417": (
            "“{field}”的这次转换不能再撤销：已过 30 天，或之后又改过",
            "the change of {field} can not be undone: 30 days are over, or it was changed again",
        ),
        "RUN418": (
            "草稿“{name}”基于版本 {base}，此后已有人发布；请比较两个版本后重新保存",
            "{name} was published after revision {base}, where this began; merge both versions",
        ),
        # files
        "RUN501": ("文件不能超过 {limit} MB", "a file has at most {limit} MB"),
        "RUN502": ("不允许的文件类型：{type}", "files of type {type} are not allowed"),
        "RUN503": ("文件内容与类型不符", "the content of the file is not what its type says"),
        # numbers and rules
        "RUN601": ("本期没有记录", "no record in the period"),
        "RUN602": ("该对象本期不考核", "the subject is not measured in the period"),
        "RUN603": ("本期还没有生效的公式", "no formula is in force in the period"),
        "RUN604": (
            "规则 {rule} 找不到接收人：{paths}（对象 {subject}）",
            "rule {rule}: nobody at {paths} of subject {subject}",
        ),
        "RUN605": (
            "规则 {rule} 一次触发 {count} 条告警，只发送前 {limit} 条",
            "rule {rule}: {count} new alerts at once, only the first {limit} were sent",
        ),
        "RUN606": (
            "规则 {rule} 的触发链过深，{count} 条告警未发送",
            "rule {rule}: the chain of causes is too deep, {count} alerts were not sent",
        ),
        "RUN607": (
            "规则 {rule} 不是周期规则，无法回测",
            "rule {rule} is not a period rule and can not be backtested",
        ),
        "RUN609": (
            "规则 {rule} 的收件人没有邮箱：{people}",
            "rule {rule}: no mail address for {people}",
        ),
        "RUN608": ("测试文件有误：{problem}", "the test file is not valid: {problem}"),
        # durable work
        "RUN701": (
            "后台任务 {kind}（{key}）多次失败：{error}",
            "the job {kind} ({key}) failed again and again: {error}",
        ),
        "RUN702": (
            "消息 {key} 未能通过 {connector} 送出：{error}",
            "the message {key} could not be sent by {connector}: {error}",
        ),
        "RUN703": (
            "后台任务 {kind}（{key}）执行时进程意外中止 {count} 次，已停止重试",
            "the process ended {count} times while doing the job {kind} ({key}); no more tries",
        ),
        "RUN704": (
            "消息 {key} 经 {connector} 发送时中断，可能已送出；请核实后再重试",
            "sending {key} by {connector} was cut off; see whether it left, then retry",
        ),
        # backups
        "RUN801": ("文件夹 {folder} 不是空的", "the folder {folder} is not empty"),
        "RUN802": ("无法复制数据库：{problem}", "the database can not be copied: {problem}"),
        "RUN803": (
            "备份试恢复失败，请勿使用：{problem}",
            "the backup could not be restored on trial, do not rely on it: {problem}",
        ),
        "RUN804": (
            "缺少密钥文件 {place}：请先放回备份时使用的密钥",
            "there is no key file {place}; put back the one the backup was made with first",
        ),
        "RUN805": (
            "{folder} 中没有完好的备份（文件缺失、损坏或被改动）",
            "there is no sound backup in {folder}: a file is missing, damaged or was changed",
        ),
        "RUN806": (
            "此备份使用另一个密钥制作，请换用当时的密钥文件",
            "the backup was made with another key; use the key file of that time",
        ),
    }
)

register_phrases(
    {
        # what was not found, or is not allowed: the first word of it
        "account": "账号",
        "alert": "告警",
        "change": "字段变更",
        "comment": "评论",
        "departure": "离职安排",
        "draft": "草稿",
        "file": "文件",
        "incident": "故障",
        "key": "密钥",
        "link": "链接",
        "notice": "消息",
        "publication": "发布",
        "revision": "版本",
        "rows": "数据行",
        "session": "会话",
        "task": "任务",
        "view": "视图",
        "work": "后台任务",
        "admin": "需要管理员",
        "read": "查看",
        "create": "新建",
        "update": "修改",
        "delete": "删除",
        "export": "导出",
        "share": "共享",
        # how far a publication is
        "filling": "正在转换",
        "waiting": "等待确认",
        "done": "已完成",
        "failed": "已失败",
        "cancelled": "已取消",
        # what is wrong with a pack, a test of it, or a backup
        "no such entity": "没有这个实体",
        "no such metric": "没有这个指标",
        "no such record": "没有这条记录",
        "no such name in expect": "expect 中没有这样的名称",
        "no such name here": "此处没有这样的名称",
        "a case has a clock, or steps with a time each": "用例要么有 clock，要么每一步都有时间",
        "steps are in order of time": "各步须按时间先后排列",
        "records are a list, or an object with rows and series": (
            "记录应为列表，或带 rows 与 series 的对象"
        ),
        "the database is not empty": "数据库不是空的",
        "install PostgreSQL's client programs, there is none on the path": (
            "请安装 PostgreSQL 客户端程序，路径中没有"
        ),
        "rows, revision or audit head are not what the manifest says": (
            "行数、版本或审计链头与清单不符"
        ),
        "audit chain": "审计链",
        "the process ended while doing it": "进程在执行时中止",
        # how a value of a source is read
        "rows of a child table": "子表的行",
        "the filter is not a formula": "筛选条件不是公式",
        "no source is set up for it": "没有为它设置数据源",
    }
)
