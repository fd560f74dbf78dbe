"""Connectors are found, checked, and one that is broken disturbs no other."""

from __future__ import annotations

import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import plumbline_connector
from connectors import base, registry
from connectors.base import Secret
from connectors.errors import MESSAGES, ConfigError, TransientError
from connectors.fake.connector import FakeConnector
from connectors.manifests import check_manifest
from connectors.registry import BUILT_IN, load_registry
from connectors.substitution import fill_parameters, names

FOLDER = Path(base.__file__).parent


def test_the_built_in_connectors_are_there() -> None:
    found = load_registry()
    assert not found.broken
    assert set(found.connectors) >= set(BUILT_IN)
    assert found.having("opcua", "subscribe")
    assert not found.having("smtp", "read")
    with pytest.raises(ConfigError) as refused:
        found.require("smtp", "read")
    assert refused.value.code == "CON126"


def test_a_connector_that_can_not_be_imported_disables_only_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "explosive_connector.py").write_text("raise RuntimeError('boom')")
    monkeypatch.syspath_prepend(str(tmp_path))
    point = EntryPoint("explosive", "explosive_connector:X", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda **_: [point])
    found = load_registry()
    assert "boom" in found.broken["explosive"]
    assert set(found.connectors) >= set(BUILT_IN)
    assert "explosive is not available" in caplog.text
    with pytest.raises(ConfigError):
        found.get("explosive")
    sys.modules.pop("explosive_connector", None)


def test_a_connector_of_a_third_party_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "their_connector.py").write_text(
        "import plumbline_connector as p\n"
        "class Theirs(p.Connector):\n"
        "    MANIFEST = {'id': 'theirs', 'version': '1.0.0', 'api': 1, 'kind': 'python',\n"
        "                'name': {'zh-CN': 'x', 'en': 'x'}, 'capabilities': ['test'],\n"
        "                'config_schema': {'type': 'object'}, 'tier': 'none'}\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    point = EntryPoint("theirs", "their_connector:Theirs", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda **_: [point])
    assert load_registry().having("theirs", "test")
    sys.modules.pop("their_connector", None)


def test_a_manifest_of_another_api_is_refused() -> None:
    with pytest.raises(ConfigError):
        check_manifest({**FakeConnector.MANIFEST, "api": 2})


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_a_connector_folder_is_complete(name: str) -> None:
    for file in ("manifest.json", "quality.yaml", "README.md", "README.zh-CN.md", "connector.py"):
        assert (FOLDER / name / file).is_file(), file


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_the_tier_claimed_is_earned(name: str) -> None:
    text = (FOLDER / name / "quality.yaml").read_text("utf-8")
    tier = load_registry().get(name).MANIFEST["tier"]
    order = ["bronze", "silver", "gold"]
    for section in order[: order.index(tier) + 1]:
        rules = re.search(rf"^{section}:\n((?:  .*\n)+)", text, re.MULTILINE)
        assert rules is not None
        assert "todo" not in rules[1], f"{name} claims {tier}"


def test_the_stable_name_offers_the_whole_contract() -> None:
    assert set(plumbline_connector.__all__) == set(base.__all__)
    for name in base.__all__:
        assert getattr(plumbline_connector, name) is getattr(base, name)


def test_every_code_used_has_its_words() -> None:
    used = set()
    for path in FOLDER.rglob("*.py"):
        used |= set(re.findall(r'"(CON\d{3})"', path.read_text("utf-8")))
    assert used <= set(MESSAGES)


def test_an_error_speaks_both_languages() -> None:
    error = TransientError("CON104", host="erp", port="443")
    assert "erp:443" in error.text("en")
    assert "erp:443" in error.text("zh-CN")
    assert "?" in TransientError("CON104").text("en"), "a forgotten argument is no crash"


def test_a_secret_never_shows() -> None:
    secret = Secret("pw", "hunter2", origin="https://a:443")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal("https://a:443") == "hunter2"
    with pytest.raises(ConfigError):
        secret.reveal("https://b:443")


def test_what_is_filled_in_is_not_read_again() -> None:
    config = {"a": "${param.x}", "b": ["${secret.s}", "${param.y}/${param.x}"], "n": 1}
    filled = fill_parameters(config, {"x": "${param.y}", "y": "2"})
    assert filled == {"a": "${param.y}", "b": ["${secret.s}", "2/${param.y}"], "n": 1}
    assert names(config, "secret") == {"s"}
    with pytest.raises(ConfigError):
        fill_parameters(config, {})
