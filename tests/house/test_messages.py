"""A message is wholly of one language, with everything that is put into it."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from dsl.diagnostics import MESSAGES, PHRASED, PHRASES, Diagnostic

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("dsl", "builder", "store", "connectors", "runtime", "web")
for name in ("builder.codes", "runtime.sources", "runtime.take_in", "web.codes"):
    importlib.import_module(name)  # each registers what it says
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
FIRST = {"NotFound": "what", "NotAllowed": "what", "wrong": "problem", "expected": "expected",
         "CopyError": "problem"}  # fmt: skip


def spoken():
    """(place, argument, text up to what is filled in) of every text that is put into a message."""
    for floor in FLOORS:
        for file in sorted((ROOT / floor).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    place = f"{file.relative_to(ROOT)}:{node.lineno}"
                    yield from ((place, key, text) for key, text in arguments(node))


def arguments(call):
    named = [(each.arg, each.value) for each in call.keywords]
    for given in call.args:
        if isinstance(given, ast.Dict):
            pairs = zip(given.keys, given.values, strict=True)
            named += [(k.value, v) for k, v in pairs if isinstance(k, ast.Constant)]
    who = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if who in FIRST and call.args:
        named.append((FIRST[who], call.args[0]))
    for key, value in named:
        start = value.values[0] if isinstance(value, ast.JoinedStr) and value.values else value
        if key in PHRASED and isinstance(start, ast.Constant) and isinstance(start.value, str):
            yield key, start.value


def is_known(key, text):
    head = text.partition(" " if key == "what" else ":")[0]
    return text in PHRASES or head in PHRASES


def test_what_is_put_into_a_message_is_a_registered_phrase():
    found = list(spoken())
    assert len(found) > 100
    strange = [
        (place, key, text)
        for place, key, text in found
        if not is_known(key, text) and (CHINESE.search(text) or ENGLISH.search(text)
                                        or (key == "what" and " " in text.rstrip()))
    ]  # fmt: skip
    assert strange == [], "register_phrases({english: chinese}) beside the codes of the package"


def test_no_template_and_no_phrase_mixes_languages():
    mixed = [
        code
        for code, texts in MESSAGES.items()
        if CHINESE.search(texts["en"])
        or ENGLISH.search(re.sub(r"\{\w+\}|OPC UA", "", texts["zh-CN"]))
    ]
    assert mixed == []
    assert [one for one in PHRASES if CHINESE.search(one)] == []
    assert [one for one in PHRASES.values() if not CHINESE.search(one)] == []


@pytest.mark.parametrize(
    ("code", "args", "chinese", "english"),
    [
        ("BLD402", {"label": "尺寸", "label_en": "Size", "expected": "a decimal text like 12.5"},
         "尺寸应为数字，如 12.5", "Size must be a decimal text like 12.5"),
        ("BLD202", {"kind": "form", "name": "x", "hint": ""},
         "没有名为“x”的表单", "there is no form 'x'"),
        ("RUN201", {"what": "account 12"}, "没有找到：账号 12", "not found: account 12"),
        ("RUN201", {"what": "yard.form 12"}, "没有找到：yard.form 12", "not found: yard.form 12"),
        ("BLD101", {"reason": "Expecting value: 1:3"},
         "不是有效的 JSON：此处应有一个值: 1:3", "not valid JSON: Expecting value: 1:3"),
        ("RUN210", {"name": "form", "value": "rule"},  # what users call things stays
         "“form”的取值无效：rule", "not a valid form: rule"),
    ],
)  # fmt: skip
def test_an_argument_is_said_in_the_language_of_the_message(code, args, chinese, english):
    problem = Diagnostic(code, args)
    assert (problem.text("zh-CN"), problem.text("en")) == (chinese, english)
