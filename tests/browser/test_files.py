"""Files and pictures: chosen, sent with progress, shown, removed; too large is said before sending."""

import json
import struct
import zlib

import pytest
from playwright.sync_api import expect

from tests.browser.seats import Place

PACK = "shots"
FORM = f"{PACK}.damage_form"
LIMIT = 20 * 2**20


def labels(chinese, english):
    return {"zh-CN": chinese, "en": english}


FILES = {
    "pack.json": {
        "kind": "pack",
        "key": PACK,
        "version": "1.0.0",
        "label": labels("现场照片", "Shots"),
    },
    "entities/damage.json": {
        "kind": "entity",
        "key": "damage",
        "label": labels("损坏", "Damage"),
        "display": "what",
        "fields": [
            {"key": "what", "type": "text", "label": labels("什么", "What"), "required": True},
            {"key": "photo", "type": "image", "label": labels("照片", "Photo"), "required": True},
            {"key": "report", "type": "file", "label": labels("报告", "Report")},
        ],
    },
    "forms/damage_form.json": {
        "kind": "form",
        "key": "damage_form",
        "label": labels("报损坏", "Report damage"),
        "entity": "damage",
        "layout": [
            {"id": "n1", "field": "what"},
            {"id": "n2", "field": "photo"},
            {"id": "n3", "field": "report"},
        ],
    },
}

pytestmark = pytest.mark.browser


def png(side=8):
    """A real picture, small."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + bytes((200, 60, 20)) * side for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.fixture(scope="module")
def installed(stage):
    """A form with a picture and a file, published as an administrator would."""
    texts = {path: json.dumps(each, ensure_ascii=False) for path, each in FILES.items()}
    stage.admin.post("/definitions/publish", {"files": texts})
    return stage


def picture(name="现场 1.png", content=None):
    return {"name": name, "mimeType": "image/png", "buffer": png() if content is None else content}


PDF = {"name": "report.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 small"}


def test_a_picture_from_the_camera_goes_with_the_form_on_the_phone(installed, sit):
    stage = installed
    seat = sit(Place("phone", "zh-CN")).sign_in_as(stage.as_(stage.administrator("zh-CN")))
    page = seat.page
    seat.go(f"/fill/f/{FORM}")
    photo = page.locator('[data-field="photo"]')
    camera = photo.locator("input[capture=environment]")
    expect(camera).to_have_attribute("accept", "image/png,image/jpeg,image/webp,image/gif")
    expect(photo.get_by_role("button", name="拍照")).to_be_visible()
    expect(photo).to_contain_text("最大 20 MB")

    page.get_by_label("什么").fill("护罩裂了")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("请选择「照片」")
    camera.set_input_files(picture())
    expect(photo).to_contain_text("已上传")
    thumbnail = photo.get_by_role("img", name="打开 现场 1.png")
    expect(thumbnail).to_have_js_property("naturalWidth", 8)
    photo.get_by_role("button", name="移除 现场 1.png").click()
    expect(thumbnail).to_have_count(0)
    camera.set_input_files(picture())
    expect(photo).to_contain_text("已上传")
    assert not seat.is_wider_than_the_screen()
    seat.keep_picture("fill-picture")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", name="已提交")).to_be_visible()

    record = newest(stage)
    assert record["display_values"]["photo"] == "现场 1.png"
    kept = stage.admin.http.get(
        f"{stage.admin.url}/api/v1/files/{record['values']['photo']}", timeout=10
    )
    assert kept.content == png()


def test_files_at_the_desk_show_what_is_wrong_and_how_far_they_are(installed, sit):
    stage = installed
    seat = sit(Place("desk", "en")).sign_in_as(stage.as_(stage.administrator("en")))
    seat.watch.allow(422, "/api/v1/files")
    page = seat.page
    seat.go(f"/records/{PACK}.damage")
    page.get_by_role("button", name="New", exact=True).click()
    photo, report = (page.locator(f'[data-field="{key}"]') for key in ("photo", "report"))
    choose = photo.locator("input[type=file]")
    choose.set_input_files({"name": "a.exe", "mimeType": "image/png", "buffer": b"MZ"})
    expect(photo.get_by_role("alert")).to_contain_text('Files like "a.exe" are not taken')
    choose.set_input_files(picture("big.png", b"\x89PNG\r\n\x1a\n" + bytes(LIMIT)))
    expect(photo.get_by_role("alert")).to_contain_text("20 MB is the most")
    choose.set_input_files(picture("fake.png", b"not a picture"))  # the server looks inside
    expect(photo.get_by_role("alert")).to_contain_text("content")

    slow_down(page)
    choose.set_input_files(picture("slow.png", png() + bytes(4 * 2**20)))
    expect(photo.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("textbox", name="What").fill("Cover")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text('"Photo" is still uploading, please wait').first).to_be_visible()
    photo.get_by_role("button", name="Stop uploading slow.png").click()
    expect(photo.get_by_role("progressbar")).to_have_count(0)
    speed_up(page)

    choose.set_input_files(picture("cover.png"))
    report.locator("input[type=file]").set_input_files(PDF)
    expect(photo).to_contain_text("Uploaded")
    expect(report.get_by_role("link", name="report.pdf")).to_be_visible()
    seat.keep_picture("editor-files")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    record = newest(stage)
    assert record["display_values"] == {"photo": "cover.png", "report": "report.pdf"}
    seat.go(f"/records/{PACK}.damage/{record['uid']}")
    expect(page.get_by_role("dialog").get_by_role("link", name="report.pdf")).to_be_visible()
    seat.keep_picture("record-files")


def newest(stage):
    found = stage.admin.get(f"/entities/{PACK}.damage/records", sort="-created_at")
    return found["items"][0]


def slow_down(page):
    """A network on which an upload takes a while."""
    network = {"offline": False, "latency": 0, "downloadThroughput": -1}
    cdp = page.context.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.send("Network.emulateNetworkConditions", {**network, "uploadThroughput": 256 * 1024})


def speed_up(page):
    network = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    cdp = page.context.new_cdp_session(page)
    cdp.send("Network.emulateNetworkConditions", network)
