"""What schemathesis needs to know of this API: who signs in where, and how a pack is sent."""

import io
import json
import os
import zipfile

import schemathesis

PROOF = json.loads(os.environ["PLUMBLINE_PROOF"])


@schemathesis.serializer("application/zip")
def zipped(_context, value):
    """Whatever was generated, as the one file of an archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("pack.json", value if isinstance(value, bytes) else json.dumps(value))
    return target.getvalue()


@schemathesis.auth()
class Proof:
    """A key where keys are taken, the session of a person where they are not."""

    def get(self, _case, context):
        asked = context.operation.definition.raw.get("security", [])
        return "key" if any("key" in each for each in asked) else "session"

    def set(self, case, data, _context):
        if data == "key":
            case.headers["Authorization"] = f"Bearer {PROOF['key']}"
        else:
            case.cookies["plumbline_session"] = PROOF["token"]
            case.headers["X-CSRF-Token"] = PROOF["csrf"]
