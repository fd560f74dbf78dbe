"""A small OpenID provider as a process of its own: signs real tokens, and can misbehave.

`python oidc_provider.py PORT` serves until it is ended. What the next token says is set by
`POST /set` with JSON; the client is `plumbline` with the secret `s3cret`.
"""

import base64
import hashlib
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

PORT = int(sys.argv[1])
ISSUER = f"http://127.0.0.1:{PORT}"
KEY = RSAKey.generate_key(2048, {"kid": "k1"}, auto_kid=False)
STRANGE = RSAKey.generate_key(2048, {"kid": "k1"}, auto_kid=False)
ORDINARY = {"sub": "u-1", "preferred_username": "li", "amr": ["pwd"]}
state = {"claims": dict(ORDINARY), "fault": ""}
codes = {}


def discovery():
    issuer = "http://127.0.0.1:1" if state["fault"] == "issuer" else ISSUER
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "jwks_uri": f"{ISSUER}/jwks",
    }


def id_token(asked):
    now = int(time.time())
    claims = {
        "iss": ISSUER, "aud": "plumbline", "iat": now, "exp": now + 300, "nonce": asked["nonce"],
    } | state["claims"]  # fmt: skip
    claims = {name: value for name, value in claims.items() if value is not None}
    if state["fault"] == "alg none":
        parts = ({"alg": "none"}, claims)
        text = (base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts)
        return b".".join([*text, b""]).decode()
    key = STRANGE if state["fault"] == "key" else KEY
    return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if state["fault"] == "down":
            return self.say({}, 503)
        if path == "/.well-known/openid-configuration":
            return self.say(discovery())
        if path == "/jwks":
            return self.say(KeySet([KEY]).as_dict(private=False))
        if path == "/authorize":
            asked = {name: values[0] for name, values in query.items()}
            code = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
            codes[code] = asked
            back = urlencode({"code": code, "state": asked["state"]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{back}")
            self.end_headers()
            return None
        return self.say({"ready": True})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if self.path == "/set":
            sent = json.loads(body)
            state["claims"] = ORDINARY | sent.get("claims", {})
            state["fault"] = sent.get("fault", "")
            return self.say({})
        return self.token({name: values[0] for name, values in parse_qs(body.decode()).items()})

    def token(self, form):
        asked = codes.pop(form.get("code"), None)  # good once
        basic = base64.b64encode(b"plumbline:s3cret").decode()
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        good = (
            asked is not None
            and self.headers["Authorization"] == f"Basic {basic}"
            and asked["code_challenge"] == challenge
            and asked["code_challenge_method"] == "S256"
            and form["redirect_uri"] == asked["redirect_uri"]
        )
        if not good:
            return self.say({"error": "invalid_grant"}, 400)
        return self.say({"access_token": "a", "token_type": "Bearer", "id_token": id_token(asked)})

    def say(self, body, status=200):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
