"""Turn a queued message into the words that leave: template, language, values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtime.notify import RenderError, choose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.catalog import Catalog
    from runtime.notify import Renderer

NOT_SENT = frozenset({"template", "values", "revision", "to_name"})


@dataclass(frozen=True, slots=True)
class Letter:
    """What the connector gets as it is, and the texts still to be rendered."""

    fixed: Mapping[str, Any]
    templates: Mapping[str, str]
    values: Mapping[str, Any]


def letter_of(catalog: Catalog, payload: Mapping[str, Any], *, base_url: str) -> Letter:
    """Choose the template in the receiver's language; links lead to `base_url`.

    Raises:
        RenderError: the template is not in the catalog any more.
    """
    fixed = {name: value for name, value in payload.items() if name not in NOT_SENT}
    if "template" not in payload:
        return Letter(fixed, {}, {})
    document = catalog.documents.get(payload["template"])
    if document is None:
        raise RenderError(f"there is no document {payload['template']}")
    fixed["to"] = [payload["to"]]
    language = payload["language"]
    templates = {
        "subject": choose(document.subject, language),
        "text": choose(document.body, language),
    }
    values = {**payload["values"], "receiver": {"name": payload.get("to_name") or ""}}
    if str(values.get("link", "")).startswith("/"):
        values["link"] = base_url + values["link"]
    return Letter(fixed, templates, values)


def write(letter: Letter, renderer: Renderer) -> dict[str, Any]:
    """The payload with its texts rendered.

    Raises:
        RenderError: a template is wrong or wants too much.
    """
    if not letter.templates:
        return dict(letter.fixed)
    return {**letter.fixed, **renderer.render(letter.templates, letter.values)}
