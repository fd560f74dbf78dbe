"""Judge host names and addresses: what a URL really names, and what may never be reached."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from connectors.errors import ConfigError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
MAX_NAME = 253
PORTS = {"http": 80, "https": 443, "opc.tcp": 4840}

# cloud metadata services: whoever reads them owns the machine, so no rule opens them
METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "168.63.129.16",
        "192.0.0.192", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254",
    )
)  # fmt: skip
CARRIER_NAT = ipaddress.ip_network("100.64.0.0/10")
NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
COMPATIBLE = ipaddress.ip_network("::/96")

_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?")
_NUMERIC_LABEL = re.compile(r"(0x[0-9a-f]*|[0-9]+)")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads: scheme, canonical host (a name or an address) and port."""

    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        """scheme://host:port, the unit of trust."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def target_of(url: str, *, schemes: tuple[str, ...] = ("http", "https")) -> Target:
    """Where that URL leads. Anything two parsers could read differently is refused."""
    if not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise ConfigError("CON120", reason="characters that do not belong in a URL")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigError("CON120", reason="not a URL") from None
    if parts.scheme not in schemes:
        raise ConfigError("CON120", reason=f"a scheme that is not allowed: {parts.scheme[:20]}")
    if "@" in parts.netloc:
        raise ConfigError("CON120", reason="a user name in the URL")
    host = canonical_host(_bare_host(parts.netloc))
    if port is None:
        port = PORTS[parts.scheme]
    if port == 0:
        raise ConfigError("CON120", reason="port 0")
    return Target(parts.scheme, host, port)


def _bare_host(netloc: str) -> str:
    if netloc.startswith("["):
        return netloc[1:].partition("]")[0]
    return netloc.partition(":")[0]


def canonical_host(host: str) -> str:
    """The one spelling of a host; numbers that only `inet_aton` understands are refused."""
    lowered = host.lower()
    literal = as_address(lowered)
    if literal is not None:
        return str(literal)
    if not _NAME.fullmatch(lowered) or len(lowered) > MAX_NAME:
        raise ConfigError("CON120", reason="not a host name")
    # 0x7f.1, 2130706433, 127.1 are addresses to the C library but names to a naive check
    if _NUMERIC_LABEL.fullmatch(lowered.rstrip(".").rpartition(".")[2]):
        raise ConfigError("CON120", reason="an address in an unusual spelling")
    return lowered.rstrip(".")


def as_address(host: str) -> Address | None:
    """The address a text spells in the standard way; zone ids are refused."""
    if "%" in host:
        raise ConfigError("CON120", reason="an address with a zone")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def embedded(address: Address) -> Address:
    """The IPv4 address inside a mapped, 6to4, Teredo, NAT64 or compatible IPv6 address."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    for inner in (address.ipv4_mapped, address.sixtofour, address.teredo and address.teredo[1]):
        if inner:
            return inner
    if address in NAT64[0] or address in NAT64[1]:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in COMPATIBLE and int(address) > 1:
        return ipaddress.IPv4Address(int(address))
    return address


def is_metadata(address: Address) -> bool:
    """Whether it is a metadata service, however it is wrapped."""
    return address in METADATA or embedded(address) in METADATA


def forbidden_kind(address: Address) -> str | None:
    """Why that address is closed unless a rule names it as an address, or None."""
    inner = embedded(address)
    if inner != address and not isinstance(address, ipaddress.IPv4Address):
        return forbidden_kind(inner) or "wrapped"
    for kind, closed in (
        ("metadata", is_metadata(address)),
        ("unspecified", address.is_unspecified or int(address) >> 24 == 0),
        ("loopback", address.is_loopback),
        ("link_local", address.is_link_local),
        ("multicast", address.is_multicast),
        ("carrier_nat", isinstance(address, ipaddress.IPv4Address) and address in CARRIER_NAT),
        ("site_local", isinstance(address, ipaddress.IPv6Address) and address.is_site_local),
        ("reserved", address.is_reserved),
    ):
        if closed:
            return kind
    return None
