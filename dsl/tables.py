"""Run the parser tables of the grammar: Lark makes them once, this loop reads formulas with them.

Lark's own loop is asked only about a text that is wrong: it says what could have stood there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from lark.parsers.lalr_analysis import Shift

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lark import Lark

    from dsl.lexer import Token

_END = "$END"
# How many parts a rule takes, what makes a value of them (None: there is one part, handed on as it
# is), and the name of the rule.
_Reduction = tuple[int, "Callable[[list[Any]], Any] | None", str]


class Tables:
    """What to do in each state on each kind of token: go to a state, or apply a rule."""

    def __init__(self, lark: Lark) -> None:
        engine: Any = lark.parser.parser
        table, makers = engine.parser.parse_table, engine.parser.callbacks
        self._start: int = table.start_states["start"]
        self._end: int = table.end_states["start"]
        self._chains: dict[tuple[int, int, str], int] = {}
        self._actions: dict[int, dict[str, int | _Reduction]] = {
            state: {
                str(kind): target if action is Shift else _reduction(target, makers)
                for kind, (action, target) in row.items()
            }
            for state, row in table.states.items()
        }

    def read(self, tokens: Sequence[Token]) -> Any:  # noqa: ANN401 -- whatever the grammar makes
        """The value of a text, or None where a token does not fit."""
        actions, chains = self._actions, self._chains
        states, values = [self._start], list[Any]()
        for token in (*tokens, None):
            kind = _END if token is None else token.type
            while True:
                action = actions[states[-1]].get(kind)
                if action is None:
                    return None
                if isinstance(action, int):
                    states.append(action)
                    values.append(token)
                    break
                size, make, rule = action
                if make is None:
                    place = (states[-2], states[-1], kind)
                    states[-1] = chains.get(place) or self._follow(place)
                    if states[-1] == self._end:
                        return values[-1]
                    continue
                parts = values[-size:]
                del states[-size:], values[-size:]
                values.append(make(parts))
                states.append(cast("int", actions[states[-1]][rule]))
        return None

    def _follow(self, place: tuple[int, int, str]) -> int:
        """The state behind all rules that only hand on what the one before made; remembered."""
        below, state, kind = place
        while state != self._end:
            action = self._actions[state].get(kind)
            if action is None or isinstance(action, int) or action[1] is not None:
                break
            state = cast("int", self._actions[below][action[2]])
        self._chains[place] = state
        return state


def _reduction(rule: Any, makers: Any) -> _Reduction:  # noqa: ANN401 -- Lark's own classes
    size = len(rule.expansion)
    hands_on = size == 1 and rule.options.expand1 and rule.alias is None
    return size, None if hands_on else makers[rule], str(rule.origin.name)
