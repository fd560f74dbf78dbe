import io
import stat
import zipfile

import pytest

from builder import packs
from builder.packs import LoadedPack
from tests.builder import samples


def loaded(files=None):
    pack = packs.load(files or samples.files())
    assert isinstance(pack, LoadedPack), pack
    return pack


def test_a_pack_is_read_whole():
    pack = loaded()
    assert pack.pack.name == "perf"
    assert {d.name for d in pack.definitions} >= {"perf", "perf.goal", "perf.behind_plan"}
    assert pack.samples["goal"][0]["name"] == "g1"
    assert pack.tests["tests/behind.json"][0]["case"].startswith("two weeks")
    assert pack.readme.startswith("# Performance")


def test_export_is_deterministic_and_loads_to_the_same_definitions():
    definitions = loaded().definitions
    files = packs.export(definitions)
    assert sorted(loaded(files).definitions, key=lambda d: d.name) == sorted(
        definitions, key=lambda d: d.name
    )
    assert packs.export(loaded(files).definitions) == files
    assert packs.to_zip(files) == packs.to_zip(dict(reversed(files.items())))
    assert packs.read_zip(packs.to_zip(files)) == files


def test_export_of_a_catalog_has_a_folder_per_pack():
    assert "perf/entities/goal.json" in packs.export_all(loaded().definitions)


def test_a_folder_is_read_without_hidden_files(tmp_path):
    for name, content in samples.files().items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("x")
    assert packs.read_folder(tmp_path) == samples.files()
    (tmp_path / "run.py").write_text("x")
    found = packs.read_folder(tmp_path)
    assert [d.code for d in found] == ["BLD303"]
    assert packs.read_folder(tmp_path / "none")[0].code == "BLD310"


def test_a_link_out_of_the_folder_is_left_out(tmp_path):
    (tmp_path / "pack.json").symlink_to("/etc/hostname")
    assert packs.read_folder(tmp_path) == {}


@pytest.mark.parametrize(
    "name",
    [
        "../x.json", "/etc/x.json", "a/../../x.json", "C:x.json", "a\\b.json", "a//x.json",
        "./x.json",
        "a/b/c/d/e.json", "x\x01.json", "entities/goal.json.", "a/ /x.json", "x" * 300 + ".json",
        "\u202ex.json",
    ],
)  # fmt: skip
def test_hostile_paths_are_refused(name):
    assert packs.path_problem(name).code == "BLD302"


@pytest.mark.parametrize("name", ["x.py", "x.svg", "x.html", "x.exe", "entities/goal"])
def test_other_kinds_of_files_are_refused(name):
    assert packs.path_problem(name).code == "BLD303"


def zipped(*members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in members:
            archive.writestr(info, content)
    return buffer.getvalue()


def codes(data):
    found = packs.read_zip(data)
    assert isinstance(found, list), found
    return {d.code for d in found}


def test_hostile_zips_are_refused():
    assert codes(b"no zip") == {"BLD305"}
    assert codes(zipped(("../pack.json", "{}"))) == {"BLD302"}
    link = zipfile.ZipInfo("a.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert codes(zipped((link, "/etc/passwd"))) == {"BLD302"}
    assert codes(zipped(("A.json", "{}"), ("a.json", "{}"))) == {"BLD305"}
    assert codes(zipped(*[(f"entities/a{n}.json", "{}") for n in range(501)])) == {"BLD304"}
    assert codes(zipped(("a.json", b" " * (packs.MAX_BYTES + 1)))) == {"BLD304"}
    assert codes(b"x" * (packs.MAX_BYTES + 1)) == {"BLD304"}


def test_a_damaged_zip_is_a_diagnostic():
    data = bytearray(zipped(("pack.json", samples.files()["pack.json"] * 50)))
    for at in range(30, len(data), 3):
        broken = bytes(data[:at]) + bytes([data[at] ^ 0xFF]) + bytes(data[at + 1 :])
        packs.read_zip(broken)


def test_a_zip_of_the_folder_is_as_good_as_a_zip_of_its_content():
    members = [(f"perf-1.0/{name}", content) for name, content in samples.files().items()]
    assert packs.read_zip(zipped(*members)) == samples.files()


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"pack.json": None}, ("BLD301", "pack.json")),
        ({"pack.json": b"{"}, ("BLD101", "pack.json")),
        (
            {"entities/other.json": samples.files()["entities/goal.json"]},
            ("BLD306", "entities/other.json"),
        ),
        ({"things/x.json": b"{}"}, ("BLD307", "things/x.json")),
        ({"x.json": b"{}"}, ("BLD307", "x.json")),
        ({"samples/goal.json": b"{}"}, ("BLD308", "samples/goal.json")),
        ({"tests/x.json": b"[{}]"}, ("BLD309", "tests/x.json")),
        ({"entities/goal.json": b"[1"}, ("BLD101", "entities/goal.json")),
    ],
)
def test_a_wrong_pack_names_the_file(change, wanted):
    files = samples.files() | change
    found = packs.load({name: content for name, content in files.items() if content is not None})
    assert wanted in [(d.code, d.file) for d in found]
