"""The running application for contract tests: `python server.py PORT` says who may sign in."""

import json
import sys
import tempfile
from pathlib import Path

from waitress import create_server

from builder import packs
from runtime import accounts, api_tokens, edit, sign_in
from runtime.context import SYSTEM_ACTOR, Actor
from runtime.packs import install_pack
from runtime.settings import Settings
from runtime.wiring import Wiring
from tests.builder import samples
from web.app_factory import create_app

PASSWORD = "correct horse 9"


def proof(wiring):
    """A key with every scope, and a session, of an administrator."""
    with wiring.writing() as ctx:
        edit.create_record(ctx, "person", {"name": "Li", "code": "li", "active": True})
        accounts.create_account(ctx, "root", PASSWORD, roles=["admin"], language="en")
    with wiring.writing(Actor("user", "root", admin=True)) as ctx:
        key = api_tokens.create(ctx, "contract", api_tokens.scopes_of(ctx), days=1)["key"]
    signed = sign_in.sign_in(wiring, "root", PASSWORD, visitor=sign_in.Visitor("127.0.0.2"))
    return {"key": key, "token": signed.token, "csrf": signed.csrf}


def main(port):
    with tempfile.TemporaryDirectory(prefix="plumbline-contract-") as folder:
        base_url = f"http://127.0.0.1:{port}"
        wiring = Wiring.open(Settings(data_dir=Path(folder), base_url=base_url))
        install_pack(
            wiring,
            packs.load(samples.files()),
            parameters={"plant_url": "http://127.0.0.1:9"},
            actor=SYSTEM_ACTOR,
        )
        api_tokens._per_key.limit = 10**9  # the contract is asked faster than any program may
        said = proof(wiring)
        server = create_server(create_app(wiring), host="127.0.0.1", port=port, threads=8)
        print(json.dumps(said), flush=True)
        server.run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
