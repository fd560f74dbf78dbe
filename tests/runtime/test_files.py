"""Uploads: what is taken, who may have it back."""

from __future__ import annotations

import pytest

from runtime import files
from runtime.errors import Invalid, NotFound
from runtime.submit import Submitted, submit_form

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
