"""Walk through pages: what to ask next, and when a server only pretends to page."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urljoin

from connectors.addresses import target_of
from connectors.egress import Answer, header_links
from connectors.errors import ConfigError
from connectors.rest.decode import find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectors.rest.config import PaginatorSpec


@dataclass(frozen=True, slots=True)
class Page:
    """What to add to the request for one page, or the whole URL when the server gave it."""

    params: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, Any] = field(default_factory=dict)
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One page as it came."""

    answer: Answer
    document: Any
    rows: Sequence[Mapping[str, Any]]


class Paginator(Protocol):
    """Asks for one page after the other."""

    def first(self) -> Page:
        """The first page."""

    def after(self, page: Page, seen: Seen) -> Page | None:
        """The page after this one, None at the end."""


@dataclass(slots=True)
class Single:
    """There is one page."""

    spec: PaginatorSpec

    def first(self) -> Page:
        """The page."""
        return Page()

    def after(self, page: Page, seen: Seen) -> Page | None:  # noqa: ARG002 - the protocol's
        """Nothing."""
        return None


@dataclass(slots=True)
class Numbered:
    """Pages by number. Ends at an empty page: a short one may only be a server's own cap."""

    spec: PaginatorSpec
    number: int = 0

    def first(self) -> Page:
        """The page with the first number."""
        self.number = self.spec.start
        return self._page()

    def after(self, page: Page, seen: Seen) -> Page | None:  # noqa: ARG002 - the protocol's
        """The next number, unless this page was the last."""
        if _ended(self.spec, seen):
            return None
        self.number += 1
        return self._page()

    def _page(self) -> Page:
        return Page({self.spec.param: str(self.number), **_size(self.spec)})


@dataclass(slots=True)
class Offset:
    """Pages by number of rows to skip; counts what came, not what was asked for."""

    spec: PaginatorSpec
    skipped: int = 0

    def first(self) -> Page:
        """From the start."""
        return self._page()

    def after(self, page: Page, seen: Seen) -> Page | None:  # noqa: ARG002 - the protocol's
        """After the rows that came."""
        if _ended(self.spec, seen):
            return None
        self.skipped += len(seen.rows)
        return self._page()

    def _page(self) -> Page:
        return Page({self.spec.param: str(self.skipped), **_size(self.spec)})


@dataclass(slots=True)
class Cursor:
    """The body names the next page."""

    spec: PaginatorSpec

    def first(self) -> Page:
        """Without a cursor."""
        return Page(_size(self.spec))

    def after(self, page: Page, seen: Seen) -> Page | None:
        """The page the body names."""
        value = find(seen.document, self.spec.source)
        if value in (None, "", False) or not _has_more(self.spec, seen):
            return None
        place, _, name = self.spec.into.partition(".")
        if place == "json":
            return replace(page, json={**page.json, name: value})
        return replace(page, params={**page.params, name: str(value)})


@dataclass(slots=True)
class NextLink:
    """The body holds the URL of the next page."""

    spec: PaginatorSpec

    def first(self) -> Page:
        """The declared request."""
        return Page(_size(self.spec))

    def after(self, page: Page, seen: Seen) -> Page | None:  # noqa: ARG002 - the protocol's
        """The URL in the body."""
        return _linked(find(seen.document, self.spec.source), seen)


@dataclass(slots=True)
class LinkHeader:
    """The `Link` header holds the URL of the next page (RFC 8288)."""

    spec: PaginatorSpec

    def first(self) -> Page:
        """The declared request."""
        return Page(_size(self.spec))

    def after(self, page: Page, seen: Seen) -> Page | None:  # noqa: ARG002 - the protocol's
        """The URL in the header."""
        links = header_links(seen.answer.headers.get("link", ""))
        return _linked(links.get("next"), seen)


KINDS: Mapping[str, type[Single | Numbered | Offset | Cursor | NextLink | LinkHeader]] = {
    "none": Single,
    "page": Numbered,
    "offset": Offset,
    "cursor": Cursor,
    "next_link": NextLink,
    "link_header": LinkHeader,
}


def paginator_of(spec: PaginatorSpec) -> Paginator:
    """The paginator a declaration names."""
    return KINDS[spec.kind](spec)


@dataclass(slots=True)
class RepeatGuard:
    """Notices a server that gives the same page or the same cursor again, and endless paging."""

    max_pages: int
    requests: set[str] = field(default_factory=set)
    contents: set[bytes] = field(default_factory=set)

    def ask(self, page: Page) -> None:
        """Refuse to ask for the same page twice."""
        wish = json.dumps(
            [dict(page.params), dict(page.json), page.url], sort_keys=True, default=str
        )
        if wish in self.requests:
            raise ConfigError("CON117", what="the next page is one we had")
        if len(self.requests) >= self.max_pages:
            raise ConfigError("CON118", limit=str(self.max_pages))
        self.requests.add(wish)

    def got(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Refuse the same rows twice."""
        if not rows:
            return
        text = json.dumps(list(rows), sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        if digest in self.contents:
            raise ConfigError("CON117", what="the same rows came again")
        self.contents.add(digest)


def _size(spec: PaginatorSpec) -> dict[str, str]:
    return {} if spec.size_param is None else {spec.size_param: str(spec.size)}


def _has_more(spec: PaginatorSpec, seen: Seen) -> bool:
    return spec.more is None or bool(find(seen.document, spec.more))


def _ended(spec: PaginatorSpec, seen: Seen) -> bool:
    return not seen.rows or not _has_more(spec, seen)


def _linked(link: object, seen: Seen) -> Page | None:
    if not isinstance(link, str) or not link:
        return None
    url = urljoin(seen.answer.url, link)
    target = target_of(url)
    if target != target_of(seen.answer.url):
        raise ConfigError("CON119", host=target.host)
    return Page(url=url)
