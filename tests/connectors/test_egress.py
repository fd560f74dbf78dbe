"""The egress guard: every spelling of a forbidden place is refused, at connect time too."""

from __future__ import annotations

import socket
import threading

import pytest

from connectors.addresses import target_of
from connectors.egress import Call, Egress, HttpClient, Limits, open_tcp_guard
from connectors.errors import ConfigError, ConnectorError, TransientError

ALLOWED = "erp.factory.test"

# spellings of loopback, metadata and friends; some are only understood by the C library
VECTORS = [
    "http://127.0.0.1/",
    "http://127.0.0.1:80/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0177.0.0.01/",
    "http://127.0.0.1./",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://0.0.0.0/",
    "http://0/",
    "http://[::]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xA9FEA9FE/",
    "http://0251.0376.0251.0376/",
    "http://[::ffff:169.254.169.254]/",
    "http://[fd00:ec2::254]/",
    "http://100.100.100.200/",
    "http://metadata.google.internal/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://100.64.0.1/",
    "http://erp.factory.test@127.0.0.1/",
    "http://user:pw@erp.factory.test/",
    "http://127.0.0.1\\@erp.factory.test/",
    "http://erp.factory.test:80\\@127.0.0.1/",
    "http://127.0.0.1#@erp.factory.test/",
    "http://127.0.0.1?@erp.factory.test/",
    "http://erp.factory.test:0/",
    "http://erp.factory.test:99999/",
    "http://erp.factory.test:81/",
    "http://%31%32%37.0.0.1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://erp.factory.test\t/",
    "http://erp.factory.test\r\nHost: evil/",
    "http:///etc/passwd",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "ftp://erp.factory.test/",
    "http://evil.erp.factory.test/",
    "http://erp.factory.test.evil/",
]


def guard(*rules: tuple[str, int], to: dict[str, list[str]] | None = None) -> Egress:
    table = to or {ALLOWED: ["10.1.2.3"]}
    return Egress.of(
        rules or ((ALLOWED, 80), (ALLOWED, 443)), resolver=lambda h, _: table.get(h, [])
    )


@pytest.mark.parametrize("url", VECTORS)
def test_a_url_that_leads_elsewhere_is_refused(url: str) -> None:
    with HttpClient(guard()) as client, pytest.raises(ConfigError):
        client.send(Call("GET", url), Limits(total_s=2))


def test_the_allowed_host_passes_and_is_one_address() -> None:
    assert guard().check("ERP.Factory.Test.", 80) == "10.1.2.3"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fe80::1", "0.0.0.0", "100.64.1.1",
     "224.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "fd00:ec2::254", "240.0.0.1"],
)  # fmt: skip
def test_a_name_that_resolves_to_a_closed_address_is_refused(address: str) -> None:
    with pytest.raises(ConfigError) as refused:
        guard(to={ALLOWED: [address]}).check(ALLOWED, 80)
    assert refused.value.code == "CON103"


def test_one_closed_address_among_good_ones_is_enough() -> None:
    with pytest.raises(ConfigError):
        guard(to={ALLOWED: ["10.1.2.3", "127.0.0.1"]}).check(ALLOWED, 80)


@pytest.mark.parametrize("address", ["10.0.0.8", "192.168.1.1", "172.16.0.1", "8.8.8.8", "fd12::1"])
def test_private_addresses_are_where_factories_live(address: str) -> None:
    assert guard(to={ALLOWED: [address]}).check(ALLOWED, 80) == address


def test_a_loopback_rule_opens_that_port_only() -> None:
    egress = Egress.of([("127.0.0.1", 4840)])
    assert egress.check("127.0.0.1", 4840) == "127.0.0.1"
    for host, port in (("127.0.0.1", 4841), ("127.0.0.2", 4840), ("localhost", 4840)):
        with pytest.raises(ConfigError):
            egress.check(host, port)


def test_a_network_rule_admits_its_hosts_but_opens_nothing_closed() -> None:
    egress = Egress.of([("10.8.0.0/16", 443), ("127.0.0.0/8", 443), ("0.0.0.0/0", 443)])
    assert egress.check("10.8.3.4", 443) == "10.8.3.4"
    for host in ("127.0.0.1", "169.254.169.254"):
        with pytest.raises(ConfigError):
            egress.check(host, 443)


def test_no_rule_opens_a_metadata_service() -> None:
    for host in ("169.254.169.254", "100.100.100.200", "fd00:ec2::254"):
        with pytest.raises(ConfigError):
            Egress.of([(host, 80)]).check(host, 80)


def test_the_address_checked_is_the_address_connected_to() -> None:
    """A name server that changes its mind between check and connect gains nothing."""
    answers = iter([["10.1.2.3"], ["127.0.0.1"]])
    egress = Egress.of([(ALLOWED, 80)], resolver=lambda *_: next(answers))
    egress.check(ALLOWED, 80)
    with pytest.raises(ConfigError) as refused:
        egress.open_tcp(ALLOWED, 80, timeout_s=1)
    assert refused.value.code == "CON103"


def test_a_guarded_socket_connects() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        egress = Egress.of([("127.0.0.1", port)])
        thread = threading.Thread(target=lambda: server.accept()[0].close())  # noqa: PLW0108
        thread.start()
        open_tcp_guard(egress, host="127.0.0.1", port=port).close()
        thread.join()


def test_nobody_listening_is_an_outage_not_a_mistake() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(TransientError):
        Egress.of([("127.0.0.1", port)]).open_tcp("127.0.0.1", port, timeout_s=1)


def test_errors_do_not_show_what_was_sent() -> None:
    with pytest.raises(ConnectorError) as refused:
        target_of("http://user:hunter2@host/")
    assert "hunter2" not in str(refused.value)
