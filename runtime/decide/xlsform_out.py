"""A form of ours as an XLSForm; what it has no words for is listed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.model.form import Box, Control, FormCheck, FormCondition, FormFilter
from dsl import ast
from dsl.parser import parse
from dsl.values import format_date
from runtime.decide.xlsform_parts import Book, Cell, left_out
from runtime.decide.xpath import UntranslatableError, write_xpath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from builder.model.common import Labels
    from builder.model.entity import Entity, Field
    from builder.model.form import Consequence, Form
    from dsl.diagnostics import Diagnostic

    Keys = Callable[[str, str], str]  # a formula of an entity, with keys for names

# a type of a field -> the type of a row, and how it looks; with a mark where it is only near
KINDS: Mapping[str, tuple[str, str, bool]] = {
    "text": ("text", "", False), "long_text": ("text", "multiline", False),
    "integer": ("integer", "", False), "decimal": ("decimal", "", False),
    "money": ("decimal", "", True), "percent": ("decimal", "", True),
    "date": ("date", "", False), "datetime": ("datetime", "", False),
    "boolean": ("acknowledge", "", False), "choice": ("select_one", "", False),
    "multi_choice": ("select_multiple", "", False), "location": ("geopoint", "", False),
    "image": ("image", "", False), "signature": ("image", "signature", False),
    "file": ("file", "", False), "formula": ("calculate", "", False),
    "lookup": ("", "", False), "rollup": ("", "", False),
}  # fmt: skip
LANGUAGES = {"zh-CN": "中文 (zh)", "en": "English (en)"}


@dataclass(slots=True)
class Written:
    """The sheets and what is not in them."""

    book: Book
    left: list[Diagnostic]


def book_of(form: Form, entities: Mapping[str, Entity], *, keys: Keys) -> Written:
    """The workbook of a form; `keys` writes a formula with keys for names."""
    writer = _Writer(form, entities, keys)
    writer.nodes(form.layout)
    for item in entities[form.entity].fields:  # computed ones that others may read
        if item.type == "formula" and item.key not in writer.done:
            writer.question(item, form.entity, None)
    writer.leftovers()
    title = {"form_title": form.label.get("zh-CN") or form.label.get("en") or form.key}
    settings = [{**title, "form_id": entities[form.entity].key}]
    return Written(Book(writer.survey, writer.choices, settings), writer.left)


@dataclass(slots=True)
class _Writer:
    form: Form
    entities: Mapping[str, Entity]
    keys: Keys
    survey: list[dict[str, str]] = field(default_factory=list)
    choices: list[dict[str, str]] = field(default_factory=list)
    left: list[Diagnostic] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)

    def nodes(self, nodes: Sequence[Box | Control]) -> None:
        """Boxes as groups; columns have no counterpart that matters."""
        for node in nodes:
            match node:
                case Control(field=key):
                    item = self.entities[self.form.entity].field(key)
                    if item is not None:
                        self.question(item, self.form.entity, None)
                case Box(box="section" | "tab"):
                    self._group(node)
                case Box(children=children):
                    self.nodes(children)

    def _group(self, box: Box) -> None:
        name = "".join(c if c.isalnum() and c.isascii() else "_" for c in box.id)
        begin = {"type": "begin_group", "name": f"group_{name}", **_texts("label", box.label)}
        self.survey.append(begin)
        self.nodes(box.children)
        self.survey.append({"type": "end_group"})

    def question(self, item: Field, entity: str, table: str | None) -> None:
        """The row of a field, with its rules; a child table is a repeat."""
        self.done.add(item.key if table is None else f"{table}.{item.key}")
        base = {"name": item.key, **_texts("label", item.label), **_texts("hint", item.help)}
        if item.type == "child_table":
            child = self.entities[item.entity or ""]
            self.survey.append({"type": "begin_repeat", **base, **self._rules(item, entity, table)})
            for one in child.fields:
                self.question(one, child.name, item.key)
            self.survey.append({"type": "end_repeat"})
            return
        kind, look, is_near = KINDS.get(item.type, ("", "", False))
        if not kind:
            self._leave("RUN243", "type", item.type)
            return
        row = {"type": kind, **base} | ({"appearance": look} if look else {})
        if is_near:
            self._leave("RUN247", "type", f"{item.key}: {item.type}", kind=kind)
        if item.options:
            row["type"] = f"{kind} {self._options(item, table)}"
        row |= self._rules(item, entity, table)
        if item.formula is not None:
            row["calculation"] = self._xpath(item.formula, entity, table, column="calculation")
            if not row["calculation"]:
                return
        self.survey.append({key: value for key, value in row.items() if value})

    def _options(self, item: Field, table: str | None) -> str:
        name = item.key if table is None else f"{table}_{item.key}"
        self.choices += [
            {"list_name": name, "name": option.id, **_texts("label", option.label)}
            for option in item.options
        ]
        return name

    def _rules(self, item: Field, entity: str, table: str | None) -> dict[str, str]:
        """Relevance, demands, checks and the default of a field."""

        def column(name: str, sources: Iterable[str], joiner: str = " or ") -> str:
            found = [self._xpath(each, entity, table, column=name, own=item) for each in sources]
            parts = [each for each in found if each]
            return parts[0] if len(parts) == 1 else joiner.join(f"({each})" for each in parts)

        rules = [each for each in self.form.rules if isinstance(each, FormCheck)]
        checks = [each for each in rules if each.at == item.key and each.rows == table]
        bounds = _bounds(item)
        found = {
            "relevant": column("relevant", self._asking(item, table, "show")),
            "required": "yes" if item.required else column(
                "required", self._asking(item, table, "require")),
            "read_only": column("read_only", self._asking(item, table, "read_only")),
            "constraint": column("constraint", (*bounds, *(c.check for c in checks)), " and "),
            "default": self._default(item, entity),
        }  # fmt: skip
        if checks:
            found |= _texts("constraint_message", checks[0].message)
        return {key: value for key, value in found.items() if value}

    def _asking(self, item: Field, table: str | None, action: str) -> list[str]:
        return [
            rule.when
            for rule in self.form.rules
            if isinstance(rule, FormCondition) and rule.rows == table
            for each in rule.then
            if each.action == action and each.field == item.key
        ]

    def _default(self, item: Field, entity: str) -> str:
        """A value as it is typed, else an expression."""
        if item.default is None:
            return ""
        match parse(self.keys(item.default, entity)).tree:
            case ast.Text(value=value):
                return value
            case ast.Date(day=day):
                return format_date(day)
            case _:
                return self._xpath(item.default, entity, None, column="default")

    def _xpath(
        self, source: str, entity: str, table: str | None, *, column: str, own: Field | None = None
    ) -> str:
        """A formula as an expression; blank and listed when there is none."""

        def name(path: tuple[str, ...]) -> str:
            if own is not None and path == (own.key,) and column == "constraint":
                return "."
            if len(path) == 1 or (table is None and self._is_cell(path)):
                return f"${{{path[-1]}}}"
            raise UntranslatableError(".".join(path))

        tree = parse(self.keys(source, entity)).tree
        try:
            return write_xpath(tree or ast.Text("'"), name=name)
        except UntranslatableError as lost:
            self._leave("RUN244", column, source, reason=str(lost))
            return ""

    def _is_cell(self, path: tuple[str, ...]) -> bool:
        item = self.entities[self.form.entity].field(path[0])
        return item is not None and item.type == "child_table" and len(path) == len(("t", "c"))

    def leftovers(self) -> None:
        """Rules that no column can hold."""
        for number, rule in enumerate(self.form.rules, 1):
            cell = Cell("rules", number, rule.id)
            if isinstance(rule, FormFilter):
                self.left.append(left_out("RUN244", cell, rule.filter, reason="filter"))
            elif isinstance(rule, FormCondition):
                for each in rule.then:
                    if each.action == "offer":
                        self.left.append(left_out("RUN245", cell, _offer(each)))

    def _leave(self, code: str, column: str, value: str, **more: str) -> None:
        row = len(self.survey) + 2  # where it would stand
        self.left.append(left_out(code, Cell("survey", row, column), value, **more))


def _bounds(item: Field) -> list[str]:
    """The least and the greatest value as conditions."""
    if item.type not in _BOUNDED:
        return []
    limits = ((">=", item.min), ("<=", item.max))
    return [f"{item.key} {sign} {limit}" for sign, limit in limits if limit is not None]


_BOUNDED = frozenset({"integer", "decimal", "money", "percent"})


def _offer(each: Consequence) -> str:
    return f"{each.field}: {', '.join(each.options)}"


def _texts(column: str, labels: Labels | None) -> dict[str, str]:
    """One column when both languages say the same, else one for each."""
    if not labels:
        return {}
    if len(set(labels.values())) == 1 and len(labels) == len(LANGUAGES):
        return {column: next(iter(labels.values()))}
    return {f"{column}::{LANGUAGES[language]}": text for language, text in labels.items()}
