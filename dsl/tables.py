"""Run the tables of the grammar, which a parser generator made, over the tokens of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dsl.lexer import Token

END = "$END"  # the kind of what comes behind the last token
# How many parts a rule takes, what makes a value of them (None: there is one part, handed on as it
# is), and the name of the rule.
Reduction = tuple[int, "Callable[[list[Any]], Any] | None", str]
# For each state and each kind of token or rule: a state to go to, or a rule to apply.
Actions = dict[int, dict[str, int | Reduction]]


class Tables:
    """What to do in each state on each kind of token, from the first state to the last."""

    def __init__(self, actions: Actions, first: int, last: int) -> None:
        self._actions: Mapping[int, Mapping[str, int | Reduction]] = actions
        self._start, self._end = first, last
        self._chains: dict[tuple[int, int, str], int] = {}

    def read(self, tokens: Sequence[Token]) -> Any:  # noqa: ANN401 -- whatever the grammar makes
        """The value of a text, or None where a token does not fit."""
        actions, chains = self._actions, self._chains
        states, values = [self._start], list[Any]()
        for token in (*tokens, None):
            kind = END if token is None else token.type
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
