"""Uploads go in by form and come out as what they are."""

import io

import pytest

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 50


def send(caller, *parts, form=None):
    data = dict(form or {})
    for number, (name, content) in enumerate(parts):
        data["file" if number == 0 else f"file{number}"] = (io.BytesIO(content), name)
    headers = {"X-CSRF-Token": caller.csrf, "Accept-Language": "en"}
    return caller.http.post(
        "/api/v1/files", data=data, content_type="multipart/form-data", headers=headers
    )


def test_an_image_is_kept_and_shown(li, caller):
    sent = send(li, ("照片 1.png", PNG))
    assert sent.status_code == 201, sent.get_data(as_text=True)
    body = sent.get_json()
    assert (body["name"], body["media_type"], body["size"]) == ("照片 1.png", "image/png", 58)
    got = li.get(f"/files/{body['uid']}")
    assert got.get_data() == PNG
    assert got.mimetype == "image/png"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''%E7%85%A7")
    tag = got.headers["ETag"]
    again = li.get(f"/files/{body['uid']}", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert caller("zhang").get(f"/files/{body['uid']}").status_code == 404


def test_a_text_is_saved_not_shown(li):
    uid = send(li, ("a.csv", b"a,b\n")).get_json()["uid"]
    assert li.get(f"/files/{uid}").headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.svg", b"<svg/>", "RUN502"),
        ("x.html", b"<p>", "RUN502"),
        ("x.png", b"<script>", "RUN503"),
        ("../../x.exe", b"MZ", "RUN502"),
        ("png", PNG, "RUN502"),
    ],
)
def test_other_files_are_refused(li, name, content, code):
    sent = send(li, (name, content))
    assert (sent.status_code, sent.get_json(force=True)["code"]) == (422, code)


def test_one_file_at_a_time_and_only_by_form(li):
    assert send(li, ("a.png", PNG), ("b.png", PNG)).status_code == 422
    assert send(li).status_code == 422
    assert send(li, ("a.png", PNG), form={"path": "/etc/passwd"}).status_code == 422
    faked = li.post("/files", {"files": [{"path": "/etc/passwd"}]})
    assert faked.status_code == 415


def test_a_path_in_the_name_is_dropped(li):
    assert send(li, ("../../secret/a.png", PNG)).get_json()["name"] == "a.png"
