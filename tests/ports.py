"""Ports that nobody uses."""

import random
import socket
import time

from examples.starting import PORTS


def free_port():
    """A port that is free together with those the demo takes above it.

    Not one of those the system gives to outgoing calls: they come and go.
    """
    while True:
        port = random.Random(time.time_ns()).randrange(12_000, 30_000)
        if all(_is_free(port + offset) for offset in (0, *PORTS.values())):
            return port


def _is_free(port):
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) != 0
