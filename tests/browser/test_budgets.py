"""How heavy the built client is: what a page loads before its first lazy part, gzipped."""

import gzip
import json
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "web" / "static"


@pytest.fixture(scope="module")
def manifest():
    path = STATIC / "manifest.json"
    if not path.is_file():
        pytest.fail("the client is not built: run `python scripts/build_client.py`")
    return json.loads(path.read_text(encoding="utf-8"))


def files_of(manifest, page):
    """The scripts and styles a page loads at once."""
    found, waiting = [], [page]
    while waiting:
        chunk = manifest[waiting.pop()]
        new = [f for f in (chunk["file"], *chunk.get("css", ())) if f not in found]
        found += new
        if new:
            waiting += chunk.get("imports", ())
    return found


def kilobytes(files):
    return sum(len(gzip.compress((STATIC / f).read_bytes(), 9)) for f in files) / 1024


def test_the_phone_form_is_light(manifest):
    assert kilobytes(files_of(manifest, "fill.html")) <= 110


def test_the_first_screen_of_the_desk_is_not_too_heavy(manifest):
    scripts = [f for f in files_of(manifest, "index.html") if f.endswith(".js")]
    assert kilobytes(scripts) <= 450


def test_the_phone_form_brings_no_ant_design(manifest):
    text = "".join(
        (STATIC / f).read_text(encoding="utf-8") for f in files_of(manifest, "fill.html")
    )
    assert "ant-select" not in text


@pytest.mark.parametrize("page", ["index.html", "fill.html"])
def test_pages_hold_no_inline_script_or_style(page):
    html = (STATIC / page).read_text(encoding="utf-8")
    assert "<style" not in html
    assert all('src="/assets/' in tag.split(">")[0] for tag in html.split("<script")[1:])
