"""The survey sheet of an XLSForm as a tree of questions, groups and repeats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runtime.decide.sheet_entity import key_of
from runtime.decide.xlsform_parts import Cell, left_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dsl.diagnostics import Diagnostic
    from runtime.decide.xlsform_parts import Row

FIRST = 2  # below the titles
BEGINS = {"begin_group": "group", "begin_repeat": "repeat"}
ENDS = {"end_group": "group", "end_repeat": "repeat"}


@dataclass(slots=True)
class Item:
    """A row of the survey; a group or repeat has the rows inside it."""

    row: int
    kind: str  # the first word of its type
    rest: str  # what follows it: the list of choices
    cells: Row
    key: str
    table: str | None = None  # the repeat it stands in
    inside: list[Item] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What expressions call it."""
        return self.cells.get("name", "")

    def cell(self, column: str) -> Cell:
        """A place in its row."""
        return Cell("survey", self.row, column)


@dataclass(slots=True)
class Tree:
    """The items in order; what is wrong with the structure refuses the whole."""

    items: list[Item] = field(default_factory=list)
    left: list[Diagnostic] = field(default_factory=list)
    wrong: list[Diagnostic] = field(default_factory=list)

    def walk(self) -> Iterator[Item]:
        """Every item, groups before what is inside them."""
        waiting = list(reversed(self.items))
        while waiting:
            item = waiting.pop()
            yield item
            waiting += reversed(item.inside)


def read_tree(survey: Sequence[Row]) -> Tree:
    """The items of the survey; a repeat within a repeat is left out with all it holds."""
    tree = Tree()
    stack: list[Item] = []
    taken: dict[str | None, list[str]] = {None: []}
    for row, cells in enumerate(survey, FIRST):
        words = cells.get("type", "").replace("begin ", "begin_").replace("end ", "end_").split()
        if not words:
            continue
        kind = words[0].lower()
        if kind in ENDS:
            if not stack or stack[-1].kind != ENDS[kind]:
                tree.wrong.append(left_out("RUN246", Cell("survey", row, "type"), kind))
                return tree
            stack.pop()
            continue
        table = next((one.key for one in reversed(stack) if one.kind == "repeat"), None)
        key = key_of(cells.get("name", ""), taken[table], otherwise=f"q{row}")
        item = Item(row, BEGINS.get(kind, kind), " ".join(words[1:]), cells, key, table)
        (stack[-1].inside if stack else tree.items).append(item)
        if item.kind != "group":
            taken[table].append(key)
        if item.kind == "repeat":
            taken.setdefault(key, [])
        if kind in BEGINS:
            stack.append(item)
    tree.wrong += [left_out("RUN246", one.cell("type"), f"begin_{one.kind}") for one in stack]
    _drop_nested(tree)
    return tree


def _drop_nested(tree: Tree) -> None:
    for item in tree.walk():
        nested = [one for one in item.inside if one.kind == "repeat" and one.table is not None]
        item.inside = [one for one in item.inside if one not in nested]
        for one in nested:
            lost = Tree([one])
            tree.left += [left_out("RUN243", x.cell("type"), x.cells["type"]) for x in lost.walk()]
