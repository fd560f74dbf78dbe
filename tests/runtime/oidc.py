"""A provider process for tests, and a browser's part of the walk through it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from runtime.settings import OidcSettings

PROGRAM = Path(__file__).with_name("oidc_provider.py")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


@dataclass(frozen=True)
class LocalProvider:
    """A running provider."""

    settings: OidcSettings

    def says(self, *, fault="", **claims):
        """What the next token is like."""
        body = json.dumps({"fault": fault, "claims": claims}).encode()
        urllib.request.urlopen(f"{self.settings.issuer}/set", body, timeout=10).read()

    def walk(self, address):
        """Sign in there as a browser does; the parameters it comes back with."""
        try:
            urllib.request.build_opener(_Stay).open(address, timeout=10)
        except urllib.error.HTTPError as answer:
            with answer:
                back = urlsplit(answer.headers["Location"])
        return back.path, {name: values[0] for name, values in parse_qs(back.query).items()}


@contextmanager
def running_provider():
    """A provider on a free port, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(PROGRAM), str(port)])
    issuer = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(issuer, timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield LocalProvider(
            OidcSettings(issuer=issuer, client_id="plumbline", client_secret="s3cret")
        )
    finally:
        process.terminate()
        process.wait(10)
