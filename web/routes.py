"""A route: address, view, who may call it, what goes in and what comes out."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Response, g, request
from werkzeug.routing import BaseConverter

from runtime.patience import PAUSES_S, patiently
from web.bodies import read_body, read_query
from web.etag import with_etag
from web.problems import language

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from flask import Flask

    from dsl.diagnostics import Language
    from runtime.context import Actor, Context
    from runtime.links import Link
    from runtime.notify import Renderer
    from runtime.sign_in import Session
    from runtime.wiring import Wiring
    from web.payload_parts import Payload

PREFIX = "/api/v1"
ViewT = TypeVar("ViewT", bound=Callable[..., Any])


class Policy(Enum):
    """Who may call a view."""

    PUBLIC = "public"  # anybody
    OWN = "own"  # a person's own session and keys: never a key, also before codes are set up
    SIGNED_IN = "signed in"  # a person, or a key with the scope; rights on data are the runtime's
    ADMIN = "admin"  # an administrator, or one's key with the scope and with `admin`
    LINK = "public link"  # whoever holds the token in the address


class MissingPolicyError(Exception):
    """A view says not who may call it; the application does not start."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a view is given."""

    wiring: Wiring
    actor: Actor
    language: Language
    session: Session | None = None
    link: Link | None = None
    renderer: Renderer | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)

    def reading(self) -> AbstractContextManager[Context]:
        """One snapshot with the actor's rights."""
        return self.wiring.reading(self.actor)

    def writing(self, cause: str, *, needed: bool = False) -> AbstractContextManager[Context]:
        """One transaction with the actor's rights; `needed` also on a full disk."""
        return self.wiring.writing(self.actor, cause=cause, needed=needed)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view gives back when a plain JSON body with status 200 is not it."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None  # of the record that is shown; it begins the ETag


View = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation of the API."""

    method: str
    path: str
    view: View
    body: type[Payload] | None = None
    query: type[Payload] | None = None
    upload: str | None = None  # media type of a file that is sent instead of JSON
    answer: str | None = None  # name of the answer's schema in `web.answers`
    status: int = 200
    noun: str = ""  # what a key is limited to, where it is not the module's name

    @property
    def name(self) -> str:
        """The operation's id."""
        return f"{self.view.__module__.rpartition('.')[2]}.{self.view.__name__}"

    @property
    def scope(self) -> str:
        """What a key must be limited to, or wider."""
        noun = self.noun or self.name.partition(".")[0]
        return f"{noun}:{'read' if self.method == 'GET' else 'write'}"

    @property
    def policy(self) -> Policy:
        """Who may call it."""
        return policy_of(self.view)


@dataclass(slots=True)
class Routes:
    """The operations of one noun, in order."""

    noun: str = ""  # for keys; the module's name unless said
    listed: list[Route] = field(default_factory=list)

    def get(self, path: str, **more: Any) -> Callable[[ViewT], ViewT]:  # noqa: ANN401 -- the rest of Route
        """The view reads."""
        return self._add("GET", path, more)

    def post(self, path: str, **more: Any) -> Callable[[ViewT], ViewT]:  # noqa: ANN401 -- the rest of Route
        """The view does something."""
        return self._add("POST", path, more)

    def put(self, path: str, **more: Any) -> Callable[[ViewT], ViewT]:  # noqa: ANN401 -- the rest of Route
        """The view replaces something."""
        return self._add("PUT", path, more)

    def patch(self, path: str, **more: Any) -> Callable[[ViewT], ViewT]:  # noqa: ANN401 -- the rest of Route
        """The view changes something."""
        return self._add("PATCH", path, more)

    def delete(self, path: str, **more: Any) -> Callable[[ViewT], ViewT]:  # noqa: ANN401 -- the rest of Route
        """The view takes something away."""
        return self._add("DELETE", path, more)

    def _add(self, method: str, path: str, more: dict[str, Any]) -> Callable[[ViewT], ViewT]:
        def add(view: ViewT) -> ViewT:
            route = Route(method=method, path=path, view=view, noun=self.noun, **more)
            self.listed.append(route)
            return view

        return add


def public(view: ViewT) -> ViewT:
    """Anybody may call the view."""
    return _with_policy(view, Policy.PUBLIC)


def own(view: ViewT) -> ViewT:
    """Every signed-in person may call the view for their own session and keys; no key may."""
    return _with_policy(view, Policy.OWN)


def signed_in(view: ViewT) -> ViewT:
    """Every signed-in person may call the view; rights on data are the runtime's business."""
    return _with_policy(view, Policy.SIGNED_IN)


def admin(view: ViewT) -> ViewT:
    """Only an administrator may call the view."""
    return _with_policy(view, Policy.ADMIN)


def while_viewing(view: ViewT) -> ViewT:
    """Who looks as somebody else may call the view, though it changes something."""
    view.while_viewing = True  # type: ignore[attr-defined]
    return view


def is_while_viewing(view: Callable[..., Any]) -> bool:
    """Whether looking as somebody else does not bar the view."""
    return getattr(view, "while_viewing", False) is True


def link_holder(view: ViewT) -> ViewT:
    """Whoever holds the token of a public link may call the view, and no other."""
    return _with_policy(view, Policy.LINK)


def _with_policy(view: ViewT, policy: Policy) -> ViewT:
    view.policy = policy  # type: ignore[attr-defined]
    return view


def policy_of(view: Callable[..., Any]) -> Policy:
    """The policy attached to a view."""
    policy = getattr(view, "policy", None)
    if not isinstance(policy, Policy):
        message = f"{view.__module__}.{view.__name__} has no policy"
        raise MissingPolicyError(message)
    return policy


def scope_of(view: Callable[..., Any]) -> str:
    """The scope a key needs for the view; "" where keys have no business."""
    return str(getattr(view, "scope", ""))


class Uid(BaseConverter):
    """A public id in an address."""

    regex = "[A-Za-z0-9_.:-]{1,64}"


class Token(BaseConverter):
    """The token of a public link in an address."""

    regex = "[A-Za-z0-9_-]{1,64}"


class Name(BaseConverter):
    """The full name of a definition in an address."""

    regex = r"[a-z][a-z0-9_]{0,62}(?:\.[a-z][a-z0-9_]{0,62}){0,2}"


def add_routes(app: Flask, wiring: Wiring, routes: list[Route]) -> None:
    """Register the operations under the API's prefix."""
    app.url_map.converters |= {"uid": Uid, "name": Name, "token": Token}
    for route in routes:
        app.add_url_rule(
            PREFIX + route.path,
            endpoint=route.name,
            view_func=_called(route, wiring),
            methods=[route.method],
        )


def _called(route: Route, wiring: Wiring) -> Callable[..., Response]:
    @functools.wraps(route.view)
    def call(**path: str) -> Response:
        spoken = language()
        asked = Asked(
            wiring=wiring,
            actor=replace(g.actor, language=spoken),
            language=spoken,
            session=g.get("session"),
            link=g.get("link"),
            renderer=g.get("renderer"),
            query=read_query(route.query),
            body={} if route.method == "GET" or route.upload else read_body(route.body),
        )
        # what was sent as a file can be read only once
        pauses_s = () if route.upload else PAUSES_S
        given = patiently(lambda: route.view(asked, **path), pauses_s=pauses_s)
        if isinstance(given, Response):
            return given
        answer = given if isinstance(given, Answer) else Answer(given, route.status)
        return _json(answer)

    call.scope = route.scope  # type: ignore[attr-defined]
    return call


def _json(answer: Answer) -> Response:
    if answer.body is None:
        return Response(status=204, headers=dict(answer.headers))
    text = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(text, answer.status, dict(answer.headers), mimetype="application/json")
    if request.method == "GET":
        tag = hashlib.sha256(text).hexdigest()[:32]
        with_etag(response, tag if answer.version is None else f"{answer.version}.{tag}")
    return response


def check_policies(app: Flask) -> None:
    """Refuse to start when a view does not say who may call it."""
    for view in app.view_functions.values():
        policy_of(view)
