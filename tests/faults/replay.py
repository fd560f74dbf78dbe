"""A business system that gives two installations the same answers: asked once, then repeated."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

PASSED_ON = ("Authorization", "Content-Type")


class Replay:
    """Stands before a real plant; `begin` starts from the top, the first time recording.

    Answers belong to a turn, so that the same question may have another answer later on.
    """

    def __init__(self, plant):
        self.plant = plant
        self.recording = False
        self.asked = []  # one list of questions for each run
        self._turn = 0
        self._answers = {}
        self.url = ""

    def begin(self):
        self.recording = not self.asked
        self.asked.append([])
        self._turn = 0

    def turn(self, change=None):
        """From now on answers may differ; `change(plant)` is what makes them differ."""
        self._turn += 1
        if change is not None and self.recording:
            change(self.plant)

    def answer(self, method, path, body, headers):
        question = (self._turn, method, path, body)
        self.asked[-1].append(question)
        if question not in self._answers:
            assert self.recording, f"the second installation asks something else: {question}"
            got = requests.request(
                method, self.plant.http + path, data=body, headers=headers, timeout=30
            )
            self._answers[question] = (got.status_code, got.headers["Content-Type"], got.content)
        return self._answers[question]


@contextmanager
def replaying(plant):
    replay = Replay(plant)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            sent = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
            try:
                status, kind, content = replay.answer(self.command, self.path, body, sent)
            except AssertionError as error:
                status, kind, content = 599, "text/plain", str(error).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    replay.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield replay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
