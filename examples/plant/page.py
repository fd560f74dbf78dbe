"""The pages people look at: what the plant does, its switches, the mails it got."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from examples.plant.company import MACHINES, machine_code
from examples.plant.switches import SWITCHES
from examples.plant.times import iso
from examples.plant.world import STREAMS

if TYPE_CHECKING:
    from examples.plant.http_system import Plant

_STYLE = """
:root{color-scheme:light dark;--line:#8883;--soft:#8881;--ink:#1f5f8b}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans SC",sans-serif;
max-width:64rem;margin:0 auto;padding:1rem}
h1{font-size:1.4rem;margin:.2rem 0 1rem}h2{font-size:1.1rem;margin:1.6rem 0 .5rem}
nav{display:flex;gap:1rem;flex-wrap:wrap}a{color:var(--ink)}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.35rem .6rem;
border-bottom:1px solid var(--line);vertical-align:top}
.wide{overflow-x:auto}code{font-size:.85em;overflow-wrap:anywhere}
button{font:inherit;padding:.35rem .9rem;border:1px solid var(--line);border-radius:.4rem;
background:var(--soft);cursor:pointer;min-height:2.4rem}
button[aria-pressed=true]{background:#b3261e;color:#fff;border-color:#b3261e}
select{font:inherit;padding:.35rem;min-height:2.4rem}
details{border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem;margin:.5rem 0}
summary{cursor:pointer}pre{white-space:pre-wrap;font:inherit;margin:.6rem 0 0}
.tag{background:var(--soft);border-radius:.6rem;padding:.05rem .5rem;font-size:.85em}
.bad{color:#b3261e}.row{display:flex;gap:.6rem;flex-wrap:wrap;align-items:center}
"""
_SCRIPT = """
async function send(path, body) {
  const answer = await fetch(path, {method: 'POST', body: JSON.stringify(body)});
  const said = document.getElementById('said');
  said.textContent = answer.ok ? '' : (await answer.json()).error;
  if (answer.ok) location.reload();
}
document.addEventListener('click', event => {
  const button = event.target.closest('button[data-path]');
  if (!button) return;
  const body = JSON.parse(button.dataset.body);
  for (const name of (button.dataset.fields || '').split(' ').filter(Boolean))
    body[name] = document.getElementById(name).value;
  send(button.dataset.path, body);
});
"""


def _document(title: str, body: str, *, zh: bool, path: str) -> str:
    language, other, other_name = ("zh-CN", "en", "English") if zh else ("en", "zh", "中文")
    lang = "" if zh else "?lang=en"
    plant, mails = ("工厂", "邮件") if zh else ("Plant", "Mails")
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{title}</title><style>{_STYLE}</style></head>'
        f'<body><nav><a href="/{lang}">{plant}</a><a href="/mails{lang}">{mails}</a>'
        f'<a href="{path}?lang={other}" lang="{other}">{other_name}</a></nav>'
        f"<main><h1>{title}</h1>{body}</main><script>{_SCRIPT}</script></body></html>"
    )


def overview(plant: Plant, *, zh: bool) -> str:
    """The first page: time, addresses, things to do, switches, counts."""
    now = iso(plant.ledger.advance())
    words = (
        ("演示工厂", "业务时间", "倍速", "手动事件", "异常开关", "数据", "流", "记录数")
        if zh
        else (
            "Demo plant",
            "Business time",
            "Speed",
            "By hand",
            "Switches",
            "Data",
            "List",
            "Records",
        )
    )
    factor = plant.ledger.clock.factor
    addresses = "".join(
        f"<tr><th>{escape(name)}</th><td><code>{escape(str(value))}</code></td></tr>"
        for name, value in plant.addresses.items()
        if isinstance(value, str)
    )
    streams = "".join(
        f"<tr><td><code>/api/{name}</code></td><td>{plant.ledger.count(name)}</td></tr>"
        for name in STREAMS
    )
    body = (
        f"<p>{words[1]} <b>{escape(now)}</b> · {words[2]} ×{factor}</p>"
        f'<div class="wide"><table>{addresses}</table></div>'
        f'<p id="said" class="bad" role="status"></p>'
        f"<h2>{words[3]}</h2>{_by_hand(zh=zh)}<h2>{words[4]}</h2>{_switches(plant, zh=zh)}"
        f"<h2>{words[5]}</h2><table><tr><th>{words[6]}</th><th>{words[7]}</th></tr>{streams}</table>"
    )
    return _document(words[0], body, zh=zh, path="/")


def _by_hand(*, zh: bool) -> str:
    machines = "".join(f"<option>{machine_code(n)}</option>" for n in range(MACHINES))
    labels = (
        ("机床", "尺寸超差 ×1", "尺寸超差 ×3", "质检合格一件")
        if zh
        else ("Machine", "Out of tolerance ×1", "Out of tolerance ×3", "One piece passes QC")
    )
    buttons = (
        ("/raise_alarm", "{}", labels[1]),
        ("/raise_alarm", '{"count":3}', labels[2]),
        ("/raise_qc", "{}", labels[3]),
    )
    drawn = "".join(_button(path, body, text, fields="machine") for path, body, text in buttons)
    return (
        f'<div class="row"><label for="machine">{labels[0]}</label>'
        f'<select id="machine">{machines}</select>{drawn}</div>'
    )


def _button(path: str, body: str, text: str, *, fields: str = "", pressed: str = "") -> str:
    state = f' aria-pressed="{pressed}"' if pressed else ""
    return (
        f'<button data-path="{path}" data-body="{escape(body, quote=True)}" '
        f'data-fields="{fields}"{state}>{escape(text)}</button>'
    )


def _switches(plant: Plant, *, zh: bool) -> str:
    values = plant.switches.all()
    rows = []
    for switch in SWITCHES:
        value = values[switch.name]
        wanted = "false" if value else str(switch.sample).lower()
        on, off = ("开", "关") if zh else ("on", "off")
        text = (on if value is True else f"{on} {value:g}") if value else off
        button = _button(
            "/switches", f'{{"{switch.name}":{wanted}}}', text, pressed="true" if value else "false"
        )
        label = switch.zh if zh else switch.en
        rows.append(
            f"<tr><td>{escape(label)}<br><code>{switch.name}</code> "
            f'<span class="tag">{switch.kind}</span></td><td>{button}</td></tr>'
        )
    return f"<table>{''.join(rows)}</table>"


def mails(kept: list[dict[str, Any]], *, zh: bool) -> str:
    """All mails, newest first."""
    title, empty, double = (
        ("收到的邮件", "还没有邮件。", "重复")
        if zh
        else ("Mails received", "No mails yet.", "copy")
    )
    drawn = []
    for mail in reversed(kept):
        copy = f' <span class="tag bad">{double} {mail["copy"]}</span>' if mail["copy"] else ""
        drawn.append(
            f"<details><summary><b>{escape(mail['subject'])}</b> → {escape(', '.join(mail['to']))} "
            f"<time>{escape(mail['received'])}</time>{copy}</summary>"
            f"<pre>{escape(mail['body'])}</pre><p><code>{escape(mail['message_id'])}</code></p>"
            "</details>"
        )
    return _document(title, "".join(drawn) or f"<p>{empty}</p>", zh=zh, path="/mails")


def status(plant: Plant) -> dict[str, Any]:
    """The same in JSON, for tests and scripts."""
    now = plant.ledger.advance()
    return {
        "business_time": iso(now), "factor": plant.ledger.clock.factor, **plant.addresses,
        "counts": {name: plant.ledger.count(name) for name in STREAMS},
        "switches": plant.switches.all(), "mails": len(plant.mails.mails()),
    }  # fmt: skip
