"""Pages, assets and what is not there."""

import gzip
import re

import pytest
from flask import Flask

from web import problems, static_files


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text('<meta name="csp-nonce" content="__CSP_NONCE__">desk')
    (tmp_path / "fill.html").write_text("phone")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "index-abc.js").write_text("let a = 1")
    (tmp_path / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(b"let a = 1"))
    return tmp_path


@pytest.fixture
def client(folder):
    app = Flask("test", static_folder=None)
    problems.install(app)
    static_files.install(app, folder)
    return app.test_client()


def test_a_page_has_a_fresh_nonce_and_is_not_cached(client):
    seen = set()
    for path in ("/", "/tasks/abc", "/index.html", "/entities/perf.goal"):
        response = client.get(path)
        assert response.status_code == 200, path
        text = response.get_data(as_text=True)
        policy = response.headers["Content-Security-Policy"]
        nonce = re.search(r"'nonce-([^']+)'", policy)[1]
        assert nonce in text
        assert "__CSP_NONCE__" not in text
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert response.headers["Cache-Control"] == "no-cache"
        seen.add(nonce)
    assert len(seen) == 4


def test_the_phone_page(client):
    for path in ("/fill.html", "/fill/perf.goal_form"):
        assert client.get(path).get_data(as_text=True) == "phone"


def test_assets_are_kept_for_a_year_and_packed(client):
    plain = client.get("/assets/index-abc.js")
    assert plain.get_data() == b"let a = 1"
    assert plain.mimetype == "text/javascript"
    assert "immutable" in plain.headers["Cache-Control"]
    packed = client.get("/assets/index-abc.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == b"let a = 1"
    assert client.get("/favicon.svg").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/none.js",
        "/assets/",
        "/assets",
        "/assets/../index.html",
        "/assets/%2e%2e/index.html",
        "/assets/index-abc.js.gz",
        "/none.svg",
        "/api/v1/none",
        "/api",
        "/..%2f..%2fetc%2fpasswd.txt",
        "/manifest.json",
    ],
)
def test_what_is_not_there_is_404(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"


def test_posting_to_an_unknown_address_of_the_api_is_404(client):
    assert client.post("/api/v1/none").status_code == 404


def test_without_a_build_one_sentence_is_shown(tmp_path):
    app = Flask("test", static_folder=None)
    static_files.install(app, tmp_path)
    response = app.test_client().get("/")
    assert response.status_code == 503
    assert "make run" in response.get_data(as_text=True)
