"""The REST connector against a real HTTP server that behaves and misbehaves."""

from __future__ import annotations

import gzip
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from connectors.base import Batch, ConnectorContext, Window
from connectors.errors import AuthError, ConfigError, RateLimited, TransientError
from connectors.rest.connector import RestConnector
from tests.connectors.servers import Reply, Request, Site, World, serving

if TYPE_CHECKING:
    from collections.abc import Callable

REST = RestConnector()


def config(site: Site, **stream: Any) -> dict[str, Any]:
    stream = {"request": {"path": "/orders"}, "records": "items", **stream}
    return {"base_url": site.url, "streams": {"orders": stream}, "retry": {"base_s": 0.01}}


def read(
    ctx: ConnectorContext, state: dict[str, Any] | None = None, window: Window | None = None
) -> list[Batch]:
    return list(REST.read(ctx, "orders", state or {}, window=window))


def rows(batches: list[Batch]) -> list[Any]:
    return [row["id"] for batch in batches for row in batch.rows]


def pages(parts: list[list[int]], **more: Any) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        number = int(request.query.get("page", "1"))
        found = parts[number - 1] if number <= len(parts) else []
        return Reply({"items": [{"id": n} for n in found], **more})

    return answer


def test_numbers_stay_exact() -> None:
    body = b'{"items":[{"id":1,"a":0.1,"b":12345678901234567890.123456789}]}'
    with serving(lambda _: Reply(raw=body)) as site:
        (batch,) = read(World().context(config(site), ports=(site.port,)))
    assert batch.rows[0]["a"] == Decimal("0.1")
    assert str(batch.rows[0]["b"]) == "12345678901234567890.123456789"


def test_numbered_pages_end_at_an_empty_one_not_at_a_short_one() -> None:
    """A server that caps the page size below ours must not look like the end."""
    with serving(pages([[1, 2, 3], [4], [5, 6]])) as site:
        ctx = World().context(
            config(site, paginator={"kind": "page", "size_param": "size", "size": 100}),
            ports=(site.port,),
        )
        assert rows(read(ctx)) == [1, 2, 3, 4, 5, 6]
        assert [r.query.get("size") for r in site.requests] == ["100"] * 4


def test_offset_counts_what_came() -> None:
    def answer(request: Request) -> Reply:
        at = int(request.query["offset"])
        return Reply({"items": [{"id": n} for n in range(7)][at : at + 3]})

    with serving(answer) as site:
        ctx = World().context(
            config(site, paginator={"kind": "offset", "param": "offset"}), ports=(site.port,)
        )
        assert rows(read(ctx)) == list(range(7))


def test_a_cursor_in_the_body() -> None:
    def answer(request: Request) -> Reply:
        after = request.query.get("cursor")
        body = {"items": [{"id": 2}], "next": None, "has_more": False}
        return Reply(body if after else {"items": [{"id": 1}], "next": "abc", "has_more": True})

    paginator = {"kind": "cursor", "from": "next", "into": "params.cursor", "more": "has_more"}
    with serving(answer) as site:
        assert rows(
            read(World().context(config(site, paginator=paginator), ports=(site.port,)))
        ) == [1, 2]
        assert [r.query for r in site.requests] == [{}, {"cursor": "abc"}]


def test_a_link_header_and_a_link_in_the_body() -> None:
    def answer(request: Request) -> Reply:
        if request.query.get("p") == "2":
            return Reply({"items": [{"id": 2}]})
        reply = Reply({"items": [{"id": 1}], "links": {"next": "/orders?p=2"}})
        reply.headers["Link"] = f'<{site.url}/orders?p=2>; rel="next"'
        return reply

    with serving(answer) as site:
        for paginator in ({"kind": "link_header"}, {"kind": "next_link", "from": "links.next"}):
            ctx = World().context(config(site, paginator=paginator), ports=(site.port,))
            assert rows(read(ctx)) == [1, 2]


def test_a_next_link_that_leads_elsewhere_is_refused() -> None:
    evil = {"items": [{"id": 1}], "next": "http://127.0.0.1:9/steal"}
    with serving(lambda _: Reply(evil)) as site:
        ctx = World().context(
            config(site, paginator={"kind": "next_link", "from": "next"}), ports=(site.port, 9)
        )
        with pytest.raises(ConfigError) as refused:
            read(ctx)
        assert refused.value.code == "CON119"


@pytest.mark.parametrize(
    "paginator",
    [{"kind": "page"}, {"kind": "cursor", "from": "next"}, {"kind": "next_link", "from": "link"}],
)
def test_a_server_that_repeats_itself_is_noticed(paginator: dict[str, Any]) -> None:
    body = {"items": [{"id": 1}], "next": "same", "link": "/orders?again"}
    with serving(lambda _: Reply(body)) as site:
        with pytest.raises(ConfigError) as refused:
            read(World().context(config(site, paginator=paginator), ports=(site.port,)))
        assert refused.value.code == "CON117"
        assert len(site.requests) <= 3


def test_endless_paging_has_an_end() -> None:
    with serving(lambda r: Reply({"items": [{"id": r.query["page"]}]})) as site:
        ctx = World().context(
            config(site, paginator={"kind": "page"}, max_pages=5), ports=(site.port,)
        )
        with pytest.raises(ConfigError) as refused:
            read(ctx)
        assert refused.value.code == "CON118"


# --- the cursor ---------------------------------------------------------------------------
CURSOR = {"field": "updated_at", "into": "params.since", "lookback_s": 300}


def test_the_checkpoint_is_the_servers_clock_less_a_lookback() -> None:
    with serving(
        lambda _: Reply({"items": [{"id": 1, "updated_at": "2026-02-02T01:00:00Z"}]})
    ) as site:
        site.date = "Mon, 02 Feb 2026 03:04:05 GMT"
        ctx = World().context(config(site, cursor=CURSOR), ports=(site.port,))
        (batch,) = read(ctx)
        assert batch.state == {"v": 1, "until": 1_770_001_445_000_000}
        assert batch.newest_at == 1_769_994_000_000_000
        read(ctx, dict(batch.state))
        assert site.requests[-1].query == {"since": "2026-02-02T02:59:05.000Z"}


def test_the_checkpoint_moves_with_the_last_page_only() -> None:
    with serving(pages([[1], [2]])) as site:
        ctx = World().context(
            config(site, cursor=CURSOR, paginator={"kind": "page"}), ports=(site.port,)
        )
        states = [batch.state for batch in read(ctx, {"until": 5})]
    assert states[:-1] == [None, None]
    assert states[-1] is not None


def test_the_servers_own_stamp_can_be_the_upper_end() -> None:
    body = {"items": [], "server_time": "2026-02-02T11:04:05+08:00"}
    with serving(lambda _: Reply(body)) as site:
        cursor = {**CURSOR, "upper": "body:server_time"}
        (batch,) = read(World().context(config(site, cursor=cursor), ports=(site.port,)))
    assert batch.state == {"v": 1, "until": 1_770_001_445_000_000}


def test_a_backfill_window_leaves_the_checkpoint_alone() -> None:
    cursor = {**CURSOR, "into_end": "params.before", "format": "epoch_s"}
    with serving(lambda _: Reply({"items": []})) as site:
        ctx = World().context(config(site, cursor=cursor), ports=(site.port,))
        (batch,) = read(ctx, {"until": 9}, Window(1_000_000, 2_000_000))
        assert site.requests[0].query == {"since": "1", "before": "2"}
    assert batch.state is None


# --- credentials --------------------------------------------------------------------------
def logging_in(site_date: float = 600) -> tuple[Callable[[Request], Reply], dict[str, Any]]:
    memory: dict[str, Any] = {"good": None, "logins": 0}

    def answer(request: Request) -> Reply:
        if request.path == "/login":
            memory["logins"] += 1
            memory["good"] = f"t{memory['logins']}"
            return Reply({"data": {"token": memory["good"], "expires_in": site_date}})
        if request.headers.get("authorization") != f"Bearer {memory['good']}":
            return Reply({"error": "who?"}, 401)
        return Reply({"items": [{"id": 1}]})

    return answer, memory


def login_config(site: Site) -> dict[str, Any]:
    auth = {
        "kind": "session_login",
        "request": {"path": "/login", "json": {"user": "u", "password": "${secret.pw}"}},
        "token_path": "data.token",
        "expires_path": "data.expires_in",
    }
    return {**config(site), "auth": auth}


def test_a_token_is_fetched_and_renewed_once_when_it_is_refused() -> None:
    answer, memory = logging_in()
    with serving(answer) as site:
        ctx = World().context(
            login_config(site), ports=(site.port,), secrets={"pw": ("x", site.url)}
        )

        def forgetful(request: Request) -> Reply:
            if request.path != "/login" and memory["logins"] == 1:
                return Reply({"error": "expired"}, 401)
            return answer(request)

        site.answer = forgetful
        assert rows(read(ctx)) == [1]
    assert memory["logins"] == 2


def test_a_token_is_renewed_before_it_expires() -> None:
    answer, memory = logging_in(0.2)
    with serving(answer) as site:
        secrets = {"pw": ("x", site.url)}
        settings = login_config(site)
        settings["streams"]["orders"]["paginator"] = {"kind": "page"}

        def slow(request: Request) -> Reply:
            if request.path != "/login":
                time.sleep(0.15)
                if int(request.query["page"]) > 3:
                    return Reply({"items": []})
                return Reply({"items": [{"id": request.query["page"]}]})
            return answer(request)

        site.answer = slow
        assert rows(read(World().context(settings, ports=(site.port,), secrets=secrets))) == [
            "1",
            "2",
            "3",
        ]
    assert memory["logins"] >= 3


def test_wrong_credentials_ask_a_person_and_are_not_repeated() -> None:
    with serving(lambda _: Reply({}, 401)) as site:
        ctx = World().context(login_config(site), ports=(site.port,), secrets={"pw": ("x", None)})
        with pytest.raises(AuthError):
            read(ctx)
        assert site.paths() == ["/login"]


def test_a_secret_goes_only_where_it_was_entered_for() -> None:
    answer, _ = logging_in()
    with serving(answer) as site:
        ctx = World().context(
            login_config(site), ports=(site.port,), secrets={"pw": ("x", "https://old.example:443")}
        )
        with pytest.raises(ConfigError) as refused:
            read(ctx)
        assert refused.value.code == "CON125"
        assert not site.requests


@pytest.mark.parametrize(
    ("auth", "header", "expected"),
    [
        ({"kind": "bearer", "token": "${secret.k}"}, "authorization", "Bearer s3"),
        (
            {"kind": "basic", "user": "u", "password": "${secret.k}"},
            "authorization",
            "Basic dTpzMw==",
        ),
        ({"kind": "api_key", "name": "X-Key", "value": "${secret.k}"}, "x-key", "s3"),
    ],
)
def test_fixed_credentials(auth: dict[str, Any], header: str, expected: str) -> None:
    with serving(lambda _: Reply({"items": []})) as site:
        ctx = World().context(
            {**config(site), "auth": auth}, ports=(site.port,), secrets={"k": ("s3", site.url)}
        )
        read(ctx)
        assert site.requests[0].headers[header] == expected


def test_client_credentials() -> None:
    def answer(request: Request) -> Reply:
        if request.path == "/token":
            assert request.body == b"grant_type=client_credentials&client_id=me&client_secret=s3"
            return Reply({"access_token": "abc", "expires_in": "3600"})
        assert request.headers["authorization"] == "Bearer abc"
        return Reply({"items": [{"id": 7}]})

    auth = {"kind": "oauth2_client_credentials", "token_url": "/token", "client_id": "me",
            "client_secret": "${secret.k}"}  # fmt: skip
    with serving(answer) as site:
        ctx = World().context(
            {**config(site), "auth": auth}, ports=(site.port,), secrets={"k": ("s3", site.url)}
        )
        assert rows(read(ctx)) == [7]


def test_an_unknown_placeholder_is_a_mistake_not_a_text() -> None:
    with serving(lambda _: Reply({"items": []})) as site:
        bad = config(site, request={"path": "/x/${env.HOME}"})
        with pytest.raises(ConfigError) as refused:
            read(World().context(bad, ports=(site.port,)))
        assert refused.value.code == "CON124"


# --- misbehaviour -------------------------------------------------------------------------
def test_500s_are_retried_with_growing_pauses() -> None:
    replies = [Reply({}, 500), Reply({}, 503), Reply({"items": [{"id": 1}]})]
    world = World()
    with serving(lambda _: replies.pop(0)) as site:
        assert rows(read(world.context(config(site), ports=(site.port,)))) == [1]
    assert world.slept == sorted(world.slept)
    assert len(world.slept) == 2


def test_a_server_that_stays_down_is_transient() -> None:
    with serving(lambda _: Reply({}, 502)) as site:
        with pytest.raises(TransientError) as failed:
            read(World().context(config(site), ports=(site.port,)))
        assert failed.value.code == "CON110"
        assert len(site.requests) == 5


@pytest.mark.parametrize("retry_after", ["3", "Mon, 02 Feb 2026 03:04:08 GMT"])
def test_retry_after_is_honoured_as_seconds_and_as_date(retry_after: str) -> None:
    replies = [Reply({}, 429, {"Retry-After": retry_after}), Reply({"items": [{"id": 1}]})]
    world = World()
    with serving(lambda _: replies.pop(0)) as site:
        site.date = "Mon, 02 Feb 2026 03:04:05 GMT"
        assert rows(read(world.context(config(site), ports=(site.port,)))) == [1]
    assert world.slept == [3.0]


def test_a_long_retry_after_is_left_to_the_scheduler() -> None:
    with serving(lambda _: Reply({}, 429, {"Retry-After": "7200"})) as site:
        world = World()
        with pytest.raises(RateLimited) as failed:
            read(world.context(config(site), ports=(site.port,)))
    assert failed.value.retry_after_s == 7200
    assert world.slept == []


def test_an_error_inside_a_200_is_an_error() -> None:
    errors = [{"when": {"body": "errcode != `0`"}, "action": "rate_limited"}]
    with serving(lambda _: Reply({"errcode": 88, "items": []})) as site:
        settings = {**config(site), "errors": errors, "retry": {"max": 0}}
        with pytest.raises(RateLimited):
            read(World().context(settings, ports=(site.port,)))


def test_pages_that_are_too_large_are_made_smaller() -> None:
    def answer(request: Request) -> Reply:
        if int(request.query["size"]) > 30:
            return Reply({}, 413)
        return Reply({"items": [{"id": 1}] if request.query["page"] == "1" else []})

    paginator = {"kind": "page", "size_param": "size", "size": 100}
    errors = [{"when": {"status": [413]}, "action": "reduce_page_size"}]
    with serving(answer) as site:
        settings = {**config(site, paginator=paginator), "errors": errors}
        assert rows(read(World().context(settings, ports=(site.port,)))) == [1]
        assert [r.query["size"] for r in site.requests] == ["100", "50", "25", "25"]


def test_a_slow_drip_meets_the_total_deadline() -> None:
    with serving(lambda _: Reply({"items": [{"id": n} for n in range(50)]}, drip_s=0.05)) as site:
        settings = {**config(site), "timeout": {"total_s": 0.5}, "retry": {"max": 0}}
        started = time.monotonic()
        with pytest.raises(TransientError) as failed:
            read(World().context(settings, ports=(site.port,)))
        assert failed.value.code == "CON106"
        assert time.monotonic() - started < 2


def test_an_answer_that_never_starts_meets_the_deadline() -> None:
    def hang(_: Request) -> Reply:
        time.sleep(1.5)
        return Reply({"items": []})

    with serving(hang) as site:
        settings = {**config(site), "timeout": {"total_s": 0.4}, "retry": {"max": 0}}
        with pytest.raises(TransientError) as failed:
            read(World().context(settings, ports=(site.port,)))
        assert failed.value.code == "CON106"


def test_an_oversized_answer_is_cut_off() -> None:
    with serving(lambda _: Reply(raw=b"[" + b"1," * 400_000 + b"1]")) as site:
        settings = {**config(site), "max_response_mb": 0.1, "retry": {"max": 0}}
        with pytest.raises(TransientError) as failed:
            read(World().context(settings, ports=(site.port,)))
        assert failed.value.code == "CON107"


def test_a_zip_bomb_is_counted_unpacked() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    with serving(lambda _: Reply(raw=bomb, headers={"Content-Encoding": "gzip"})) as site:
        settings = {**config(site), "max_response_mb": 1, "retry": {"max": 0}}
        with pytest.raises(TransientError) as failed:
            read(World().context(settings, ports=(site.port,)))
        assert failed.value.code == "CON107"


def test_a_connection_cut_in_the_middle_is_retried() -> None:
    replies = [Reply({"items": [{"id": 1}]}, cut=True), Reply({"items": [{"id": 1}]})]
    with serving(lambda _: replies.pop(0)) as site:
        assert rows(read(World().context(config(site), ports=(site.port,)))) == [1]


@pytest.mark.parametrize("raw", [b"<html>", b'{"items":[NaN]}', b"[" * 100_000, b"\xff\xfe"])
def test_a_body_that_is_no_json_is_no_empty_page(raw: bytes) -> None:
    with serving(lambda _: Reply(raw=raw)) as site:
        with pytest.raises(TransientError) as failed:
            read(World().context(config(site), ports=(site.port,)))
        assert failed.value.code == "CON115"


def test_a_missing_record_path_is_no_empty_page() -> None:
    with serving(lambda _: Reply({"data": []})) as site:
        with pytest.raises(ConfigError) as refused:
            read(World().context(config(site), ports=(site.port,)))
        assert refused.value.code == "CON116"


def test_what_is_no_object_is_put_aside() -> None:
    with serving(lambda _: Reply({"items": [{"id": 1}, 7, None]})) as site:
        (batch,) = read(World().context(config(site), ports=(site.port,)))
    assert rows([batch]) == [1]
    assert [raw for raw, _, _ in batch.bad] == ["7", "null"]


def test_redirects_stay_within_the_origin() -> None:
    def answer(request: Request) -> Reply:
        if request.path == "/orders":
            return Reply({}, 302, {"Location": "/moved"})
        return Reply({"items": [{"id": 1}]})

    with serving(answer) as site:
        assert rows(read(World().context(config(site), ports=(site.port,)))) == [1]
        site.answer = lambda _: Reply({}, 302, {"Location": "http://127.0.0.1:9/"})
        with pytest.raises(ConfigError) as refused:
            read(World().context(config(site), ports=(site.port, 9)))
        assert refused.value.code == "CON108"


def test_json_lines_and_csv() -> None:
    with serving(lambda _: Reply(raw=b'{"id":1}\nnonsense\n{"id":2}\n')) as site:
        (batch,) = read(World().context(config(site, decode="jsonl"), ports=(site.port,)))
        assert rows([batch]) == [1, 2]
        assert batch.bad[0][0] == "nonsense"
        site.answer = lambda _: Reply(raw="id,名称\n1,泵\n2,阀,多\n".encode("gb18030"))
        ctx = World().context(config(site, decode="csv", encoding="gb18030"), ports=(site.port,))
        (batch,) = read(ctx)
    assert batch.rows == ({"id": "1", "名称": "泵"},)
    assert len(batch.bad) == 1


def test_the_rate_is_kept() -> None:
    world = World()
    with serving(pages([[1], [2], [3], [4]])) as site:
        settings = {
            **config(site, paginator={"kind": "page"}),
            "budget": {"rate_per_s": 2, "burst": 1},
        }
        read(world.context(settings, ports=(site.port,)))
    assert sum(world.slept) > 1.5


def test_a_filter_uses_the_platforms_language() -> None:
    with serving(
        lambda _: Reply({"items": [{"id": 1, "s": "draft"}, {"id": 2, "s": "done"}]})
    ) as site:
        ctx = World().context(
            config(site, filter="s != 'draft'"), ports=(site.port,),
            evaluate=lambda _, row: row["s"] != "draft",
        )  # fmt: skip
        assert rows(read(ctx)) == [2]


# --- test and preview ---------------------------------------------------------------------
def test_a_test_names_the_step_that_fails() -> None:
    with serving(lambda _: Reply({}, 403)) as site:
        assert REST.test(World().context(config(site), ports=())).failed.name == "egress"  # type: ignore[union-attr]
        health = REST.test(World().context(config(site), ports=(site.port,)))
        assert health.failed is not None
        assert health.failed.name == "auth"
        port = site.port
    health = REST.test(World().context(config(site), ports=(port,)))
    assert health.failed is not None
    assert health.failed.name == "tcp"


def test_a_wrong_configuration_is_named_by_its_place() -> None:
    with serving(lambda _: Reply({})) as site:
        health = REST.test(World().context({**config(site), "nonsense": 1}, ports=()))
    assert health.failed is not None
    assert health.failed.code == "CON121"


def test_a_preview_guesses_types_key_and_cursor() -> None:
    found = [
        {"id": n, "updated_at": "2026-01-01T00:00:00Z", "qty": 1.5, "note": None} for n in range(30)
    ]
    with serving(lambda _: Reply({"meta": [1], "data": {"list": found}})) as site:
        settings = config(site)
        del settings["streams"]["orders"]["records"]
        preview = REST.preview(World().context(settings, ports=(site.port,)), "orders", limit=5)
    assert len(preview.rows) == 5
    assert preview.info.key == ("id",)
    assert preview.info.cursor == ("updated_at",)
    assert {f.path: f.type for f in preview.info.fields}["qty"] == "number"
