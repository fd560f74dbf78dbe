"""Uploads: what is taken, who may have it back."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy

import pytest

from runtime import edit, files
from runtime.context import SYSTEM_ACTOR
from runtime.errors import Invalid, NotFound
from runtime.publish import Proposal, publish
from runtime.submit import Submitted, submit_form
from store import files as stored
from store import view_log
from tests.runtime.conftest import DOCUMENTS, decoded

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def upload(world, actor, name="p.png", content=PNG):
    with world.writing(actor) as ctx:
        return files.upload(ctx, name, content)["uid"]


def test_an_upload_goes_with_its_record(world):
    li, zhao = world.actor("li", "employee"), world.actor("zhao", "employee")
    uid = upload(world, li, "../../etc/图.png")
    with world.reading(li) as ctx:
        found = files.download(ctx, uid)
        assert (found.name, found.media_type, found.content) == ("图.png", "image/png", PNG)
        assert found.is_inline
    boss = world.actor("wang", "boss")
    with world.reading(boss) as ctx, pytest.raises(NotFound):
        files.download(ctx, uid)  # not yet in any record
    values = {"name": "g", "owner": world.uids["li"], "proof": uid}
    with world.writing(li) as ctx:
        assert isinstance(submit_form(ctx, "shop.goal_form", values, key="k"), Submitted)
    with world.reading(boss) as ctx:
        assert files.download(ctx, uid).content == PNG
    with world.reading(zhao) as ctx, pytest.raises(NotFound):
        files.download(ctx, uid)


def test_nobody_takes_the_upload_of_another(world):
    uid = upload(world, world.actor("zhao", "employee"))
    values = {"name": "g", "owner": world.uids["li"], "proof": uid}
    with world.writing(world.actor("li", "employee")) as ctx:
        problems = submit_form(ctx, "shop.goal_form", values, key="k")
    assert [(p.code, p.pointer) for p in problems] == [("RUN105", "/values/proof")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("a.exe", b"MZ", "RUN502"), ("a.svg", b"<svg/>", "RUN502"), ("a.png", b"<html>", "RUN503"),
     ("a.pdf", PNG, "RUN503"), ("a.csv", b"a\0b", "RUN503"), ("noname", PNG, "RUN502"),
     ("a.png", PNG + b"0" * files.MAX_BYTES, "RUN501")],
)  # fmt: skip
def test_what_is_not_taken(world, name, content, code):
    with pytest.raises(Invalid) as refused:
        upload(world, world.actor("li"), name, content)
    assert refused.value.problems[0].code == code


def test_texts_are_saved_not_shown(world):
    li = world.actor("li")
    uid = upload(world, li, "a.csv", "名称,数量\n".encode())
    with world.reading(li) as ctx:
        assert not files.download(ctx, uid).is_inline


def without_proof(documents):
    """The same with a photo in the rows below, and roles that lack the one field or the other."""
    changed = deepcopy(documents)
    by_key = {document["key"]: document for _, document in changed}
    why = {"zh-CN": "证明", "en": "proof"}
    proof = next(f for f in by_key["goal"]["fields"] if f["key"] == "proof")
    proof["privacy"] = {"class": "personal", "purpose": why}
    by_key["goal_step"]["fields"].append({"key": "photo", "type": "image"})
    for key, hidden in (("blind", "proof"), ("flat", "steps")):
        grant = {"entity": "goal", "actions": ["read"], "rows": "all", "hidden_fields": [hidden]}
        changed.append(("role", {"kind": "role", "key": key, "grants": [grant]}))
    return changed


def test_a_file_is_handed_out_where_a_field_shows_it(world):
    publish(world.wiring, Proposal(decoded(without_proof(DOCUMENTS))), actor=SYSTEM_ACTOR)
    first, second, photo = (upload(world, SYSTEM_ACTOR, content=PNG + bytes([n])) for n in range(3))
    with world.writing() as ctx:
        steps = [{"title": "s", "photo": photo}]
        values = {"name": "g", "owner": world.uids["li"], "proof": first, "steps": steps}
        uid = edit.create_record(ctx, "shop.goal", values)
    with world.writing() as ctx:
        edit.change_record(ctx, "shop.goal", uid, {"proof": second}, base_version=1)
        stored.purge_loose(ctx.uow, before=2**62)  # what rows below hold is held

    def gets(role):
        found = set()
        with world.reading(world.actor("zhao", role)) as ctx:
            for each in (first, second, photo):
                with suppress(NotFound):
                    found.add(files.download(ctx, each).content[-1])
        return found

    assert gets("blind") == {2}, "not what a hidden field holds or held"
    assert gets("flat") == {0, 1}
    assert gets("boss") == set()
    with world.reading(world.actor("wang", "boss")) as ctx:
        assert files.download(ctx, photo).content[-1] == 2
    world.wiring.views.flush()
    with world.reading() as ctx:
        seen = view_log.of_records(ctx.uow, "shop.goal", [1], limit=9)
    assert {each.actor for each in seen} == {"zhao", "wang"}, "handing out is looking"
