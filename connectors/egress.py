"""The one door to the outside: every connection is checked against the source's allow-list."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any, ClassVar, cast
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3 import exceptions as urllib3_errors
from urllib3.connection import HTTPConnection, HTTPSConnection

from connectors.addresses import (
    Address,
    Target,
    as_address,
    canonical_host,
    forbidden_kind,
    is_metadata,
    target_of,
)
from connectors.errors import ConfigError, ConnectorError, TransientError

Resolve = Callable[[str, int], list[str]]
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 3
CHUNK = 65_536
OPENABLE = frozenset({"loopback", "link_local", "carrier_nat"})
OUTAGES = (requests.exceptions.RequestException, urllib3_errors.HTTPError, OSError)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system says, once."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise TransientError("CON101", host=host) from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Egress:
    """The allow-list of one source: (host or network, port), set by the administrator."""

    allow: tuple[tuple[str, int], ...]
    resolve: Resolve = field(default=resolve)

    @classmethod
    def of(cls, rules: Iterable[tuple[str, int]], *, resolver: Resolve = resolve) -> Egress:
        """A guard over these rules."""
        return cls(tuple((host.strip().lower(), port) for host, port in rules), resolver)

    def check(self, host: str, port: int) -> str:
        """The one address to connect to, or ConfigError. Every address of the host must pass."""
        name = canonical_host(host)
        if not self._listed(name, port):
            raise ConfigError("CON102", host=name, port=str(port))
        literal = as_address(name)
        found = [str(literal)] if literal else self.resolve(name, port)
        addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in found]
        if not addresses:
            raise TransientError("CON101", host=name)
        for address in addresses:
            self._judge(name, port, address)
        # a service that listens on IPv4 only is the common case inside a plant
        return str(min(addresses, key=lambda address: address.version))

    def open_tcp(self, host: str, port: int, *, timeout_s: float) -> socket.socket:
        """A connected socket to a checked address (HTTP, SMTP and opc.tcp alike)."""
        address = self.check(host, port)
        try:
            return socket.create_connection((address, port), timeout=timeout_s)
        except OSError:
            raise TransientError("CON104", host=host, port=str(port)) from None

    def _judge(self, name: str, port: int, address: Address) -> None:
        kind = "metadata" if is_metadata(address) else forbidden_kind(address)
        if kind is None:
            return
        # only a rule that spells this very address (or "localhost") opens a closed one:
        # a name that happens to resolve to it never does
        named = str(address) == name or (name == "localhost" and address.is_loopback)
        if (
            kind in {"loopback", "link_local", "carrier_nat"}
            and named
            and (name, port) in self.allow
        ):
            return
        raise ConfigError("CON103", host=name, kind=kind)

    def _listed(self, name: str, port: int) -> bool:
        address = as_address(name)
        for host, allowed_port in self.allow:
            if allowed_port != port:
                continue
            if host.rstrip(".") == name or (address is not None and _inside(address, host)):
                return True
        return False


def _inside(address: Address, rule: str) -> bool:
    try:
        network = ipaddress.ip_network(rule)
    except ValueError:
        return False
    return address.version == network.version and address in network


def open_tcp_guard(
    egress: Egress, *, host: str, port: int, timeout_s: float = 10.0
) -> socket.socket:
    """A checked connection for protocols that are not HTTP."""
    return egress.open_tcp(host, port, timeout_s=timeout_s)


# --- HTTP ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Limits:
    """Time and size one call may take."""

    connect_s: float = 5.0
    read_s: float = 30.0
    total_s: float = 120.0
    max_bytes: int = 20_000_000


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One complete HTTP response; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


def header_links(value: str) -> dict[str, str]:
    """The URLs of a `Link` header by their relation."""
    links = requests.utils.parse_header_links(value)
    return {link["rel"]: link["url"] for link in links if "rel" in link and "url" in link}


class _Guarded:
    """Mixed into urllib3's connections: connect to the checked address, mind the deadline."""

    client: ClassVar[HttpClient]

    def _new_conn(self) -> socket.socket:
        this = cast("HTTPConnection", self)
        timeout = this.timeout if isinstance(this.timeout, int | float) else 5.0
        return self.client.egress.open_tcp(this.host, int(this.port or 0), timeout_s=timeout)

    def getresponse(self) -> Any:  # noqa: ANN401 - urllib3's own type
        this = cast("HTTPConnection", self)
        self.client.watch(this.sock)
        return super().getresponse()  # type: ignore[misc]


class _GuardedAdapter(HTTPAdapter):
    """Pools whose connections go through the guard; no proxy, no retries of its own."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        super().__init__(pool_connections=4, pool_maxsize=4, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().init_poolmanager(*args, **kwargs)
        plain = type("Plain", (_Guarded, HTTPConnection), {"client": self._client})
        tls = type("Tls", (_Guarded, HTTPSConnection), {"client": self._client})
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": tls}),
        }


class HttpClient:
    """HTTP within one source's guard; one per run, used by one thread."""

    def __init__(self, egress: Egress, *, user_agent: str = "Plumbline/1") -> None:
        self.egress = egress
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update({"User-Agent": user_agent, "Accept": "application/json"})
        adapter = _GuardedAdapter(self)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._deadline = 0.0
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Drop all connections."""
        self._session.close()

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def watch(self, sock: socket.socket | None) -> None:
        """Remember the socket the deadline has to cut."""
        with self._lock:
            self._socket = sock

    def send(self, call: Call, limits: Limits) -> Answer:
        """One answer, complete within the limits; redirects stay within the origin."""
        self._deadline = time.monotonic() + limits.total_s
        cutter = threading.Timer(limits.total_s, self._cut)
        cutter.daemon = True
        cutter.start()
        try:
            return self._follow(call, limits)
        finally:
            cutter.cancel()
            self.watch(None)

    def _follow(self, call: Call, limits: Limits) -> Answer:
        origin = target_of(call.url)
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._once(call, limits)
            if answer.status not in REDIRECTS or "location" not in answer.headers:
                return answer
            url = urljoin(answer.url, answer.headers["location"])
            target = target_of(url)
            if target != origin or call.method not in {"GET", "HEAD"}:
                raise ConfigError("CON108", host=target.host)
            call = Call(call.method, url, call.headers)
        raise ConfigError("CON108", host=origin.host)

    def _once(self, call: Call, limits: Limits) -> Answer:
        target = target_of(call.url)
        # said before anything is sent, so that a refusal is never mistaken for an outage
        self.egress.check(target.host, target.port)
        try:
            response = self._session.request(
                call.method, call.url, params=dict(call.params), headers=dict(call.headers),
                data=call.body, timeout=(limits.connect_s, limits.read_s), stream=True,
                allow_redirects=False,
            )  # fmt: skip
            with response:
                body = self._body(response, limits)
        except ConnectorError:
            raise
        except Exception as error:  # noqa: BLE001 - three libraries raise here; bugs pass
            raise self._translated(error, target, limits) from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, body, str(response.url))

    def _body(self, response: requests.Response, limits: Limits) -> bytes:
        parts: list[bytes] = []
        size = 0
        # read1 gives what is there: a server that drips never fills a large read
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            size += len(chunk)
            if size > limits.max_bytes:
                raise TransientError("CON107", limit=str(limits.max_bytes))
            if time.monotonic() > self._deadline:
                raise TransientError("CON106", seconds=f"{limits.total_s:g}")
            parts.append(chunk)
        return b"".join(parts)

    def _cut(self) -> None:
        with self._lock:
            if self._socket is not None:
                try:
                    # the plain method: SSLSocket.shutdown would race with the reading thread
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
                except OSError:
                    return

    def _translated(self, error: Exception, target: Target, limits: Limits) -> ConnectorError:
        if time.monotonic() >= self._deadline:
            return TransientError("CON106", seconds=f"{limits.total_s:g}")
        if isinstance(error, requests.exceptions.SSLError):
            return ConfigError("CON105", host=target.host)
        if isinstance(error, requests.exceptions.Timeout | urllib3_errors.TimeoutError):
            return TransientError("CON106", seconds=f"{limits.read_s:g}")
        if isinstance(
            error, requests.exceptions.RequestException | urllib3_errors.HTTPError | OSError
        ):
            return TransientError("CON109", host=target.host)
        raise error
