"""An XLSForm as documents of ours: one entity, one per repeat, and the form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dsl import ast
from dsl.printer import print_formula
from dsl.values import parse_date
from runtime.decide.sheet_entity import key_of
from runtime.decide.xlsform_parts import APPEARANCES, NEAR, TYPES, Book, Cell, left_out
from runtime.decide.xlsform_tree import FIRST, Item, Tree, read_tree
from runtime.decide.xpath import UntranslatableError, number, path, read_xpath

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dsl.diagnostics import Diagnostic
    from runtime.decide.xlsform_parts import Row

Json = dict[str, Any]
Origin = tuple[Cell, str]
LANGUAGES = {
    "en": "en", "english": "en", "english (en)": "en", "zh": "zh-CN", "zh-cn": "zh-CN",
    "chinese": "zh-CN", "chinese (zh)": "zh-CN", "中文": "zh-CN", "中文 (zh)": "zh-CN",
}  # fmt: skip
TEXTS = ("label", "hint", "constraint_message")
PLAIN = {
    "survey": {"type", "name", "required", "relevant", "constraint", "calculation", "default",
               "read_only", "readonly", "appearance", *TEXTS},
    "choices": {"list_name", "list name", "name", "label"},
    "settings": {"form_title", "form_id"},
}  # fmt: skip
YES, NO = {"yes", "true", "true()"}, {"", "no", "false", "false()"}
OPTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
NUMBERS = {"integer", "decimal"}


@dataclass(slots=True)
class Converted:
    """The documents, what was left out, and where each rule and formula came from."""

    documents: list[Json]
    left: list[Diagnostic]
    origins: Mapping[tuple[str, str], Origin] = field(default_factory=dict)
    wrong: list[Diagnostic] = field(default_factory=list)


def documents_of(book: Book, *, key: str | None = None) -> Converted:
    """The documents of an XLSForm; whatever has no counterpart is listed, nothing is dropped."""
    tree = read_tree(book.survey)
    settings = book.settings[0] if book.settings else {}
    title = settings.get("form_title") or settings.get("form_id") or key or "form"
    chosen = key or key_of(settings.get("form_id") or title, [], otherwise="form")
    builder = _Builder(tree, book, chosen)
    builder.build()
    if tree.wrong or builder.wrong:
        return Converted([], builder.left, wrong=[*tree.wrong, *builder.wrong])
    return Converted(builder.documents(title), builder.left, builder.origins)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What names mean at one item."""

    known: Mapping[str, Item]
    types: Mapping[int, str]
    at: Item

    @property
    def here(self) -> ast.Node:
        return path(self.at.key)

    def name(self, name: str) -> ast.Node:
        item = self.known.get(name)
        if item is not None and item.table == self.at.table:
            return path(item.key)
        if item is not None and self.at.table is None:
            return path(str(item.table), item.key)
        raise UntranslatableError(f"${{{name}}}")  # unknown, or of the form but asked in a row

    def selected(self, field: ast.Node, option: ast.Node) -> ast.Node:
        if not isinstance(field, ast.Path) or len(field.segments) != 1:
            raise UntranslatableError("selected()")
        key = field.segments[0].name
        asked = (i for i in self.known.values() if i.key == key and i.table == self.at.table)
        item = next(asked, None)
        if item is None or self.types.get(item.row) != "multi_choice":
            return ast.Binary("=", field, option)
        where = ast.Binary("=", path("value"), option)
        counted = ast.Call("COUNT", (ast.Path((ast.Segment(key, where),)),))
        return ast.Binary(">", counted, number("0"))


class _Builder:
    """Builds fields, rules and layout, and notes what has no counterpart."""

    def __init__(self, tree: Tree, book: Book, key: str) -> None:
        self._tree, self._book, self._key = tree, book, key
        self._known = {item.name: item for item in reversed(list(tree.walk())) if item.name}
        self._types: dict[int, str] = {}
        self._fields: dict[str | None, list[Json]] = {None: []}
        self._rules: list[Json] = []
        self._shows: dict[tuple[str | None, str], Json] = {}
        self._layout: list[Json] = []
        self.left: list[Diagnostic] = list(tree.left)
        self.wrong: list[Diagnostic] = []
        self.origins: dict[tuple[str, str], Origin] = {}

    def build(self) -> None:
        """Go through the sheets."""
        for sheet in PLAIN:
            self._strange_columns(sheet, getattr(self._book, sheet))
        for item in self._tree.walk():
            self._types[item.row] = self._type_of(item)
        self._layout = list(self._items(self._tree.items, ()))

    def documents(self, title: str) -> list[Json]:
        """The entities, rows first, and the form; nothing when no question is left."""
        if not self._fields[None]:
            return []
        label = {"zh-CN": title[:200], "en": title[:200]}
        found = [
            _entity(f"{self._key}_{table}", fields, self._label_of(table), parent=self._key)
            for table, fields in self._fields.items()
            if table is not None and fields
        ]
        found.append(_entity(self._key, self._fields[None], label))
        form: Json = {
            "kind": "form", "key": f"{self._key}_form", "label": label, "entity": self._key,
            "layout": self._layout, "rules": self._rules,
        }  # fmt: skip
        return [*found, form]

    def _label_of(self, table: str) -> Json:
        item = next(i for i in self._tree.walk() if i.kind == "repeat" and i.key == table)
        return _texts(item.cells, "label") or {"zh-CN": table, "en": table}

    # --- what stands where ----------------------------------------------------------------
    def _strange_columns(self, sheet: str, rows: Sequence[Row]) -> None:
        for row, cells in enumerate(rows, FIRST):
            for column, value in cells.items():
                base, _, language = column.partition("::")
                known = base in PLAIN[sheet] and (not language or _language(language) is not None)
                if not known:
                    self.left.append(left_out("RUN245", Cell(sheet, row, column), value))

    def _type_of(self, item: Item) -> str:
        look = item.cells.get("appearance", "")
        kind = APPEARANCES.get((item.kind, look)) or TYPES.get(item.kind, "")
        if look and (item.kind, look) not in APPEARANCES:
            self.left.append(left_out("RUN245", item.cell("appearance"), look))
        if item.kind in ("group", "repeat"):
            return item.kind
        if not kind and NEAR.get(item.kind):
            kind = NEAR[item.kind]
            self.left.append(left_out("RUN247", item.cell("type"), item.kind, kind=kind))
        if not kind:
            self.left.append(left_out("RUN243", item.cell("type"), item.cells["type"]))
        return kind

    def _items(self, items: Sequence[Item], when: tuple[ast.Node, ...]) -> Iterator[Json]:
        """The layout of some items; `when` are the conditions of the groups around them."""
        for item in items:
            own = self._read(item, "relevant")
            conditions = when if own is None else (*when, own)
            match self._types[item.row]:
                case "group":
                    children = list(self._items(item.inside, conditions))
                    if children:
                        label = _texts(item.cells, "label")
                        box: Json = {"id": f"g{item.row}", "box": "section", "children": children}
                        yield box | ({"label": label} if label else {})
                case "repeat":
                    yield from self._repeat(item, conditions)
                case "":
                    continue
                case kind:
                    yield from self._question(item, kind, conditions)

    def _repeat(self, item: Item, when: tuple[ast.Node, ...]) -> Iterator[Json]:
        self._fields[item.key] = []
        list(self._items(item.inside, ()))  # rows have no layout of their own
        if not self._fields[item.key]:
            self.left.append(left_out("RUN243", item.cell("type"), item.cells["type"]))
            return
        child = {"type": "child_table", "entity": f"{self._key}_{item.key}"}
        self._add(item, child)
        self._shown(item, when)
        yield {"id": f"c{item.row}", "field": item.key}

    def _question(self, item: Item, kind: str, when: tuple[ast.Node, ...]) -> Iterator[Json]:
        computed = self._formula(item, "calculation")
        if computed is not None:
            more: Json = {"type": "formula", "formula": computed}
            origin = item.cell("calculation"), item.cells["calculation"]
            self.origins[self._entity_key(item), item.key] = origin
            if kind != "formula":
                self.left.append(left_out("RUN247", item.cell("type"), item.kind, kind="formula"))
        elif kind == "formula":
            if not item.cells.get("calculation"):
                self.left.append(left_out("RUN243", item.cell("type"), item.cells["type"]))
            return
        else:
            more = {"type": kind} | self._options_of(item, kind)
        self._add(item, more)
        if computed is None:
            self._asked(item)
        if item.kind == "calculate":
            return  # known, but not on the form
        self._shown(item, when)
        self._checked(item)
        if item.table is None:
            yield {"id": f"c{item.row}", "field": item.key}

    def _options_of(self, item: Item, kind: str) -> Json:
        if kind not in ("choice", "multi_choice"):
            return {}
        options = self._options(item)
        if not options:
            self.wrong.append(left_out("RUN248", item.cell("type"), item.rest))
        return {"options": options}

    def _options(self, item: Item) -> list[Json]:
        options: list[Json] = []
        taken: list[str] = []
        for row, cells in enumerate(self._book.choices, FIRST):
            if cells.get("list_name", cells.get("list name")) != item.rest.partition(" ")[0]:
                continue
            name = cells.get("name", "")
            key = name if OPTION.fullmatch(name) else f"o{row}"
            if key != name:
                cell = Cell("choices", row, "name")
                self.left.append(left_out("RUN247", cell, name, kind=key))
            if key not in taken:
                taken.append(key)
                label = _texts(cells, "label") or {"zh-CN": name or key, "en": name or key}
                options.append({"id": key, "label": label})
        if " " in item.rest:
            self.left.append(left_out("RUN245", item.cell("type"), item.rest.partition(" ")[2]))
        return options

    # --- settings of a question -----------------------------------------------------------
    def _add(self, item: Item, more: Json) -> None:
        label = _texts(item.cells, "label") or {"zh-CN": item.key, "en": item.key}
        help_ = _texts(item.cells, "hint")
        found = {"key": item.key, "label": label, **more} | ({"help": help_} if help_ else {})
        self._fields[item.table].append(found)
        if item.name and item.name != item.key:
            self.left.append(left_out("RUN247", item.cell("name"), item.name, kind=item.key))

    def _asked(self, item: Item) -> None:
        """Required, read-only, and what it starts with."""
        required = item.cells.get("required", "").strip()
        if required.lower() in YES:
            self._fields[item.table][-1]["required"] = True
        elif required.lower() not in NO:
            self._consequence(item, "required", "require", f"need_{item.row}")
        column = "read_only" if "read_only" in item.cells else "readonly"
        locked = item.cells.get(column, "").strip().lower()
        if locked not in NO:
            self._consequence(item, column, "read_only", f"lock_{item.row}")
        default = self._default(item)
        if default is not None:
            self._fields[item.table][-1]["default"] = default
            self.origins[self._entity_key(item), item.key] = (
                item.cell("default"), item.cells["default"],
            )  # fmt: skip

    def _consequence(self, item: Item, column: str, action: str, id_: str) -> None:
        is_always = item.cells[column].strip().lower() in YES
        when = "TRUE" if is_always else self._formula(item, column)
        if when is not None:
            self._rule(item, column, {"id": id_, "when": when, "then": [{action: item.key}]})

    def _shown(self, item: Item, when: tuple[ast.Node, ...]) -> None:
        """A condition of its own and of the groups around it: all of them must hold."""
        if not when:
            return
        node = when[0] if len(when) == 1 else ast.Nary("AND", when)
        place = item.table, print_formula(node)
        if place in self._shows:
            self._shows[place]["then"].append({"show": item.key})
            return
        rule = {"id": f"show_{item.row}", "when": place[1], "then": [{"show": item.key}]}
        self._rule(item, "relevant", rule)
        self._shows[place] = self._rules[-1]

    def _checked(self, item: Item) -> None:
        check = self._formula(item, "constraint")
        if check is None:
            return
        message = _texts(item.cells, "constraint_message")
        if not message:
            shown = item.cells.get("label", item.key)
            message = {"zh-CN": f"请检查“{shown}”", "en": f"please check “{shown}”"}
        rule = {"id": f"check_{item.row}", "check": check, "message": message, "at": item.key}
        self._rule(item, "constraint", rule)

    def _rule(self, item: Item, column: str, rule: Json) -> None:
        self._rules.append(rule | ({"rows": item.table} if item.table else {}))
        origin = item.cell(column), item.cells.get(column, "")
        self.origins[f"{self._key}_form", rule["id"]] = origin

    def _default(self, item: Item) -> str | None:
        text, kind = item.cells.get("default", "").strip(), self._types[item.row]
        if not text:
            return None
        if "(" in text or "${" in text:
            return self._formula(item, "default")
        literal = _literal(text, kind)
        if literal is None:
            self.left.append(left_out("RUN245", item.cell("default"), text))
        return None if literal is None else print_formula(literal)

    def _formula(self, item: Item, column: str) -> str | None:
        node = self._read(item, column)
        return None if node is None else print_formula(node)

    def _read(self, item: Item, column: str) -> ast.Node | None:
        text = item.cells.get(column, "").strip()
        if not text:
            return None
        try:
            return read_xpath(text, _Standing(self._known, self._types, item))
        except UntranslatableError as lost:
            why = left_out("RUN244", item.cell(column), text, reason=str(lost))
            self.left.append(why)
            return None

    def _entity_key(self, item: Item) -> str:
        return self._key if item.table is None else f"{self._key}_{item.table}"


def _entity(key: str, fields: list[Json], label: Json, *, parent: str | None = None) -> Json:
    stored = [f for f in fields if f["type"] not in ("formula", "child_table", "multi_choice")]
    texts = [f for f in stored if f["type"] == "text"]
    display = (texts or stored or fields)[0]["key"]
    found: Json = {
        "kind": "entity", "key": key, "label": label, "display": display, "fields": fields,
    }  # fmt: skip
    return found | ({"parent": parent} if parent else {})


def _texts(cells: Row, base: str) -> Json:
    """A text by language; one without a language stands for both."""
    found = {
        language: value
        for column, value in cells.items()
        if column.startswith(f"{base}::")
        and (language := _language(column.partition("::")[2])) is not None
    }
    if base in cells:
        found = {"zh-CN": cells[base], "en": cells[base]} | found
    return {language: text[:200] for language, text in found.items()}


def _language(name: str) -> str | None:
    return LANGUAGES.get(name.strip().lower())


def _literal(text: str, kind: str) -> ast.Node | None:
    if kind in NUMBERS and NUMBER.fullmatch(text):
        found = number(text.lstrip("-"))
        return ast.Unary("-", found) if text.startswith("-") else found
    if kind == "date":
        try:
            return ast.Date(parse_date(text))
        except ValueError:
            return None
    return ast.Text(text) if kind in ("text", "long_text", "choice") else None
