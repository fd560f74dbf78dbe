"""Public links: a form filled in by people without an account, from an address or a QR code.

Whoever holds the token is a principal of its own that can do three things: see the form, send
it, and upload to it. It reads no record; what the link fixes never comes from outside.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from runtime.clock import SECOND, real_now
from runtime.context import Actor
from runtime.decide.forms import pointer_to
from runtime.describe import form_descriptor
from runtime.errors import Invalid, NotFound, TooMany
from runtime.filling import fill_in
from runtime.limiter import Limiter
from runtime.qr import qr_svg
from runtime.records import insert
from runtime.submit import Submitted, submit_once
from runtime.values import parse
from store import audit
from store import links as stored
from store.links import Link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.entity import Entity
    from runtime.context import Context
    from runtime.wiring import Wiring

__all__ = ["Link", "Made", "Terms", "describe", "links_of", "make", "opened", "revoke", "submit"]

MINUTE, DAY = 60 * SECOND, 86_400 * SECOND
TOKEN_BYTES = 16
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
MOST_DAYS = 366
# a shift of a plant fills in one form through one network address
PER_LINK, PER_NETWORK, GUESSES = 6_000, 3_000, 60
_per_link = Limiter("link", PER_LINK, MINUTE)
_per_network = Limiter("link.network", PER_NETWORK, MINUTE)
_guesses = Limiter("link.guess", GUESSES, MINUTE)
_sends = Limiter("link.send", PER_LINK, MINUTE)  # a link may have a limit of its own


@dataclass(frozen=True, slots=True)
class Made:
    """A new link; its address is shown this once, the server keeps only a hash of the token."""

    link: Link
    url: str
    qr_svg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How long a link lives, how much it takes, and what it fixes."""

    days: int
    fixed: Mapping[str, object]
    per_minute: int | None = None
    most: int | None = None


def make(ctx: Context, form: str, *, label: str, terms: Terms, base_url: str) -> Made:
    """Make a link to a form; what it fixes is checked with the rights of whoever makes it."""
    entity = _entity(ctx, form)
    parse(ctx, entity, terms.fixed)
    if not 1 <= terms.days <= MOST_DAYS:
        raise Invalid(Diagnostic("RUN112", {"limit": str(MOST_DAYS)}, pointer="/days"))
    token, now = secrets.token_urlsafe(TOKEN_BYTES), real_now()
    link = Link(
        uid=ctx.new_uid(),
        form=form,
        label=label,
        fixed=dict(terms.fixed),
        created_by=ctx.actor.name,
        real_created=now,
        real_expires=now + terms.days * DAY,
        per_minute=terms.per_minute,
        most=terms.most,
    )
    stored.put(ctx.uow, link, token_hash=_hash(token))
    _note(ctx, "link.make", link.form, link.uid)
    url = f"{base_url.rstrip('/')}/fill/p/{token}"
    return Made(link, url, qr_svg(url))


def links_of(ctx: Context, form: str) -> list[Link]:
    """The links to a form, ended ones included."""
    _entity(ctx, form)
    return stored.of_form(ctx.uow, form)


def revoke(ctx: Context, form: str, uid: str) -> None:
    """End a link at once."""
    if not stored.revoke(ctx.uow, form, uid, real_at=real_now()):
        raise NotFound(f"link {uid[:64]}")
    _note(ctx, "link.revoke", form, uid)


# --- whoever holds the token ----------------------------------------------------------------
def opened(wiring: Wiring, token: str, *, network: str) -> Link:
    """The link of a token.

    Raises:
        NotFound: there is none, it has ended, or it was revoked: all the same from outside.
        TooMany: too much through this link or from this network.
    """
    now = real_now()
    found = None
    if TOKEN.fullmatch(token):
        with wiring.database.read() as uow:
            found = stored.by_token(uow, _hash(token))
    if found is None or found.real_revoked is not None or found.real_expires <= now:
        _allow(wiring, _guesses, network)
        raise NotFound("link")
    _allow(wiring, _per_network, network)
    _allow(wiring, _per_link, found.uid)
    return found


def allow_send(wiring: Wiring, link: Link) -> None:
    """Count a form that is about to be sent; before its unit of work begins.

    Raises:
        TooMany: the link takes no more this minute, whichever process was asked.
    """
    _allow(wiring, _sends, link.uid, limit=link.per_minute)


def actor_of(link: Link) -> Actor:
    """The principal of a link: without roles, so it reads nothing."""
    return Actor(kind="public_form", name=f"link:{link.uid}")


def describe(ctx: Context, link: Link) -> dict[str, Any]:
    """The form as the link shows it: without what the link fixes.

    Raises:
        TooMany: the link has taken all it takes; nobody fills in a form for nothing.
    """
    if link.most is not None and link.sent >= link.most:
        raise _full(link)
    form = ctx.catalog.forms.get(link.form)
    if form is None:
        raise NotFound(link.form)
    return form_descriptor(ctx, form, hidden=frozenset(link.fixed))


def submit(
    ctx: Context, link: Link, values: Mapping[str, object], *, key: str
) -> Submitted | list[Diagnostic]:
    """Send the form through the link; the same key again writes nothing."""

    def once() -> Submitted:
        if link.form not in ctx.catalog.forms:
            raise NotFound(link.form)
        compiled = ctx.catalog.compiled_form(link.form)
        _refuse_fixed(link, values)
        fixed = parse(ctx.as_system, compiled.entity, link.fixed)
        filled = fill_in(ctx, compiled, values, fixed=fixed)
        (change,) = insert(ctx, compiled.entity.name, [filled.values])
        if not stored.count_sent(ctx.uow, link.uid):  # last: others wait for this row
            raise _full(link)
        _note(ctx, "form.submit", link.form, change.uid)
        return Submitted(link.form, change.entity, change.uid, change.id)

    return submit_once(ctx, {"link": link.uid, "values": values}, key=key, write=once)


def _refuse_fixed(link: Link, values: Mapping[str, object]) -> None:
    """What the link fixes is as good as unknown to who opens it."""
    taken = [key for key in values if key in link.fixed]
    if taken:
        problems = (Diagnostic("RUN102", {"field": k}, pointer=pointer_to(k)) for k in taken)
        raise Invalid(*problems)


def _entity(ctx: Context, name: str) -> Entity:
    form = ctx.catalog.forms.get(name)
    if form is None:
        raise NotFound(name)
    return ctx.catalog.entity(form.entity)


def _full(link: Link) -> TooMany:
    """Sending again helps no more; whoever asks nevertheless should not do so every second."""
    left = max(link.real_expires - real_now(), SECOND)
    return TooMany(
        Diagnostic("RUN157", {"limit": str(link.most)}), retry_s=min(left, DAY) // SECOND
    )


def _allow(wiring: Wiring, limiter: Limiter, key: str, *, limit: int | None = None) -> None:
    wait = limiter.wait_us(wiring.database, key, real_now(), limit=limit)
    if wait:
        raise TooMany(Diagnostic("RUN113"), retry_s=wait // SECOND + 1)


def _note(ctx: Context, action: str, form: str, uid: str) -> None:
    detail = {"uid": uid, "revision": ctx.catalog.revision}
    audit.append(
        ctx.uow, actor=ctx.actor.name, action=action, target=form, detail=detail, at=ctx.now
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
