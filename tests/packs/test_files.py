"""The packs that ship: well formed, canonical, in both languages, and free of findings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder import packs
from builder.check import check
from builder.codec import dumps, encode
from builder.packs import LoadedPack, file_of
from connectors.registry import load_registry

ROOT = Path(__file__).parents[2] / "templates_lib"
NAMES = sorted(path.parent.name for path in ROOT.glob("*/pack.json"))


def load(name: str) -> LoadedPack:
    files = packs.read_folder(ROOT / name)
    assert isinstance(files, dict), files
    loaded = packs.load(files)
    assert isinstance(loaded, LoadedPack), loaded
    return loaded


def test_both_packs_are_there():
    assert {"performance_core", "quality_red_line"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_alone_has_no_findings(name):
    loaded = load(name)
    required = [d for other in loaded.pack.requires for d in load(other).definitions]
    found = check([*required, *loaded.definitions], manifests=load_registry().manifests())
    assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_files_are_what_export_would_write(name):
    for definition in load(name).definitions:
        file = ROOT / name / file_of(definition)
        assert file.read_bytes() == dumps(encode(definition)), file


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_in_both_languages(name):
    for file in (ROOT / name).rglob("*.json"):
        for place, texts in _texts(json.loads(file.read_text("utf-8")), file.name):
            assert texts.keys() == {"zh-CN", "en"}, place
            assert all(text.strip() for text in texts.values()), place
            assert texts["zh-CN"] != texts["en"], place


def _texts(node, place):
    match node:
        case dict() if "zh-CN" in node or "en" in node:
            yield place, node
        case dict():
            for key, part in node.items():
                yield from _texts(part, f"{place}/{key}")
        case list():
            for number, part in enumerate(node):
                yield from _texts(part, f"{place}/{number}")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_goes_without_a_label(name):
    for definition in load(name).definitions:
        assert definition.label.keys() == {"zh-CN", "en"}, definition.name
        for field in getattr(definition, "fields", ()):
            assert field.label.keys() == {"zh-CN", "en"}, (definition.name, field.key)
            for option in field.options:
                assert option.label.keys() == {"zh-CN", "en"}, (field.key, option.id)


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_tells_what_it_is_and_tests_itself(name):
    loaded = load(name)
    assert len(loaded.readme) > 300
    assert loaded.tests
    assert loaded.pack.description.keys() == {"zh-CN", "en"}


def test_the_packs_go_together():
    every = [d for name in NAMES for d in load(name).definitions]
    assert check(every, manifests=load_registry().manifests()) == []
